using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Database;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Two hubs, each the program in a process of its own, on one database.</summary>
public sealed class TwoHubSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo[] folders = [Directory.CreateTempSubdirectory("gantry-hub-a-"), Directory.CreateTempSubdirectory("gantry-hub-b-")];
    private string database = "";
    private LedgerServer ledger = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        // What a PostgreSQL as it is installed lets in: both hubs have to fit.
        await TestPostgres.ExecuteAsync(database, $"alter database {new NpgsqlConnectionStringBuilder(database).Database} connection limit 97");
        ledger = await LedgerServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        foreach (var folder in folders) folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Two_hubs_that_share_the_work_do_each_execution_once()
    {
        await using var first = await HubProcess.StartAsync(folders[0].FullName, database, null);
        await using var second = await HubProcess.StartAsync(folders[1].FullName, database, null);

        // Each start is sent to both hubs under one key: whoever comes second is answered with the first one's execution.
        var answers = await Task.WhenAll(
            from number in Enumerable.Range(0, 40)
            from hub in (HubProcess[])[first, second]
            select hub.PostAsync("/api/execute?wait=60s", PlanFor($"effect-{number}"), $"key-{number}"));

        foreach (var answer in answers)
        {
            answer.ShouldNotBeNull().StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
        }

        ledger.Requests.Select(request => request.Effect).ShouldBeUnique();
        ledger.Requests.Count.ShouldBe(40);
        (await AskAsync<long>("select count(*) from gantry.executions where status = 'succeeded'")).ShouldBe(40);
    }

    [Fact]
    public async Task A_hub_that_was_stopped_and_goes_on_later_records_nothing_more()
    {
        await using var stopped = await HubProcess.StartAsync(folders[0].FullName, database, null);
        await using var other = await HubProcess.StartAsync(folders[1].FullName, database, null);
        var called = new TaskCompletionSource();
        ledger.Arrived = () =>
        {
            ledger.Arrived = null;
            Posix.Signal(stopped.Id, Posix.SigStop).ShouldBeTrue();
            called.SetResult();
        };
        using var accepted = await stopped.PostAsync("/api/execute", PlanFor("first", "second"), "once");
        var id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
        await called.Task;

        await TestPostgres.ExecuteAsync(database,
            $"update gantry.execution_hubs set lease_until = now() - interval '1 second' where id = (select hub_id from gantry.executions where id = '{id}')");
        var end = await other.EventsAsync(id);
        var before = await RowsAsync(id);
        Posix.Signal(stopped.Id, Posix.SigContinue).ShouldBeTrue();
        await stopped.LoggedAsync("is no longer this hub's");

        JsonElement.Parse(end[^1]).GetProperty("status").GetString().ShouldBe("succeeded");
        (await RowsAsync(id)).ShouldBe(before);
        ledger.CountOf("first").ShouldBe(2);
        ledger.CountOf("second").ShouldBe(1);
        ledger.Requests.Where(request => request.Effect == "first").Select(request => request.Key).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("250ms")]
    [InlineData("4s")]
    public async Task An_execution_that_waits_on_a_hub_that_was_stopped_goes_on_elsewhere_and_once(string wait)
    {
        await using var stopped = await HubProcess.StartAsync(folders[0].FullName, database, null);
        await using var other = await HubProcess.StartAsync(folders[1].FullName, database, null);
        var plan = new
        {
            plan = new
            {
                steps = new object[]
                {
                    Post("first"),
                    new { parallel = new object[] { new object[] { new { wait }, Post("second") }, new object[] { new { approve = new { ask = "Go?" } }, Post("third") } } },
                },
            },
        };
        using var accepted = await stopped.PostAsync("/api/execute", plan, "once");
        var id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
        await stopped.EventAsync(id, data => data.Contains("\"approve\"", StringComparison.Ordinal) && data.Contains("\"waiting\"", StringComparison.Ordinal));
        Posix.Signal(stopped.Id, Posix.SigStop).ShouldBeTrue();

        await TestPostgres.ExecuteAsync(database, "update gantry.execution_hubs set lease_until = now() - interval '1 second'");
        using (var approved = await other.Client!.PostAsJsonAsync($"/api/executions/{id}/approve", new { approve = true }))
            approved.EnsureSuccessStatusCode();
        var end = await other.EventsAsync(id);
        var before = await RowsAsync(id);
        Posix.Signal(stopped.Id, Posix.SigContinue).ShouldBeTrue();
        using var after = await stopped.PostAsync("/api/execute?wait=60s", PlanFor("later"), "later");

        JsonElement.Parse(end[^1]).GetProperty("status").GetString().ShouldBe("succeeded");
        (await after.ShouldNotBeNull().ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
        (await RowsAsync(id)).ShouldBe(before);
        ledger.Requests.Where(request => request.Effect != "later").Select(request => request.Key).Distinct().Count().ShouldBe(3);
        ledger.CountOf("third").ShouldBe(1);
        ledger.Doubled.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_hubs_give_the_places_of_a_key_one_after_the_other()
    {
        await using var first = await HubProcess.StartAsync(folders[0].FullName, database, null);
        await using var second = await HubProcess.StartAsync(folders[1].FullName, database, null);
        var plan = new
        {
            plan = new
            {
                name = "keyed",
                concurrency = new { key = "k", limit = 1 },
                steps = new[] { new { use = "http.request", with = new { url = $"{ledger.Url}/keyed", method = "POST" }, repeatable = true } },
            },
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => (number % 2 == 0 ? first : second).PostAsync("/api/execute?wait=60s", plan, $"key-{number}")));

        foreach (var answer in answers)
            (await answer.ShouldNotBeNull().ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
        ledger.Requests.Count.ShouldBe(30);
        (await AskAsync<long>("""
            select count(*) from gantry.executions a join gantry.executions b on a.id < b.id and tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)
            """)).ShouldBe(0);
    }

    private object PlanFor(params string[] effects) => new
    {
        plan = new
        {
            steps = effects.Select(Post),
        },
    };

    private object Post(string effect) => new { use = "http.request", with = new { url = $"{ledger.Url}/{effect}", method = "POST" }, repeatable = true };

    /// <summary>All that is on record of an execution, as it was last written.</summary>
    private Task<string> RowsAsync(string id) => AskAsync<string>($"""
        select (select e.xmin || e::text from gantry.executions e where id = '{id}')
          || (select string_agg(s.xmin || s::text, ' ' order by step_path, attempt) from gantry.execution_steps s where execution_id = '{id}')
          || (select string_agg(l::text, ' ' order by seq) from gantry.execution_logs l where execution_id = '{id}')
        """);

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
