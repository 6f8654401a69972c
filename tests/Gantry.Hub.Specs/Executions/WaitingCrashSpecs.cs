using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>The hub's program is killed around waits, loops, calls and approvals; and at random, again and again, under load.</summary>
public sealed class WaitingCrashSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gantry-crash-");
    private string database = "";
    private LedgerServer ledger = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        ledger = await LedgerServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ledger.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public Task A_hub_killed_around_waits_calls_and_approvals_keeps_its_promise() =>
        KillAsync("park.after", "wake.after", "child.after", "called.before", "signal.after");

    [Theory]
    [InlineData("park.before", "wake.before", "child.before", "called.after", "signal.before")]
    [InlineData("park.after:2", "claim.after:2", "final.before", "final.after:2")]
    [InlineData("end.before:3", "start.after:4", "park.before:2", "end.after:6")]
    public Task A_hub_killed_at_rarer_moments_around_waits_keeps_its_promise(params string[] faults)
    {
        SkipUnlessSlow();
        return KillAsync(faults);
    }

    [Fact]
    public Task Executions_of_a_hub_that_is_killed_at_random_under_load_end_right() => KillAtRandomAsync(executions: 12, kills: 2);

    [Fact]
    public Task Executions_of_a_hub_that_is_killed_twenty_times_at_random_under_load_end_right()
    {
        SkipUnlessSlow();
        return KillAtRandomAsync(executions: 60, kills: 20);
    }

    private static void SkipUnlessSlow() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");

    private async Task KillAsync(params string[] faults)
    {
        foreach (var fault in faults)
        {
            await using var hub = await HubProcess.StartAsync(folder.FullName, database, fault);
            await Task.WhenAny(DriveAsync(hub, "once"), hub.EndedAsync());
        }

        await using var last = await HubProcess.StartAsync(folder.FullName, database, null);
        var ended = await DriveAsync(last, "once");

        ended.ShouldNotBeNull().ShouldContain("\"succeeded\"");
        ledger.Doubled.ShouldBeEmpty();
        ledger.Requests.Select(request => request.Effect).Distinct().Order().ShouldBe(["once-called", "once-first", "once-item-1", "once-item-2", "once-last"]);
        (await AskAsync<long>("select count(*) from gantry.executions where status = 'succeeded'")).ShouldBe(2);
        (await AskAsync<long>("select count(*) from gantry.executions")).ShouldBe(2);
        (await AskAsync<long>("select count(*) from gantry.execution_waits")).ShouldBe(0);
        (await AskAsync<long>("select count(*) from gantry.audit_log where action = 'execution.approved'")).ShouldBe(1);
    }

    private async Task KillAtRandomAsync(int executions, int kills)
    {
        var random = new Random(20);
        for (var kill = 0; kill < kills; kill++)
        {
            await using var hub = await HubProcess.StartAsync(folder.FullName, database, null);
            var effects = random.Next(1, 3 * executions);
            var seen = new TaskCompletionSource();
            ledger.Arrived = () =>
            {
                if (Interlocked.Decrement(ref effects) == 0)
                    seen.TrySetResult();
            };
            var driven = Task.WhenAll(Enumerable.Range(0, executions).Select(number => DriveAsync(hub, $"e{number}")));
            await Task.WhenAny(seen.Task, driven);
            hub.Kill();
            await driven;
        }

        ledger.Arrived = null;
        await using var last = await HubProcess.StartAsync(folder.FullName, database, null);
        var ends = await Task.WhenAll(Enumerable.Range(0, executions).Select(number => DriveAsync(last, $"e{number}")));

        ends.ShouldAllBe(end => end!.Contains("\"succeeded\"", StringComparison.Ordinal));
        ledger.Doubled.ShouldBeEmpty();
        ledger.Requests.Select(request => request.Key).Distinct().Count().ShouldBe(5 * executions);
        (await AskAsync<long>("select count(*) from gantry.executions where status <> 'succeeded'")).ShouldBe(0);
        (await AskAsync<long>("select count(*) from gantry.executions")).ShouldBe(2 * executions);
    }

    /// <summary>Starts it, or finds it, says yes when it asks, and answers its last event; null when the hub went away before that.</summary>
    private async Task<string?> DriveAsync(HubProcess hub, string key)
    {
        try
        {
            if (hub.Client is not { } client)
                return null;
            using (var saved = await client.PutAsJsonAsync("/api/plans/called", new { inputs = new { effect = "string" }, steps = new[] { Post("${input.effect}") } }))
                saved.EnsureSuccessStatusCode();
            using var accepted = await hub.PostAsync("/api/execute", new { plan = PlanFor(key) }, key);
            if (accepted is null)
                return null;
            accepted.IsSuccessStatusCode.ShouldBeTrue(await accepted.Content.ReadAsStringAsync());
            var id = (await accepted.ReadJsonAsync()).GetProperty("id").GetString()!;
            await using var stream = await client.GetStreamAsync($"/api/executions/{id}/events");
            var last = "";
            await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            {
                last = item.Data;
                var told = JsonElement.Parse(item.Data);
                if (told.TryGetProperty("use", out var use) && use.ValueEquals("approve") && told.GetProperty("status").ValueEquals("waiting"))
                    (await client.PostAsJsonAsync($"/api/executions/{id}/approve", new { approve = true })).Dispose();
            }

            return last;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private object PlanFor(string key) => new
    {
        steps = new object[]
        {
            Post($"{key}-first"),
            new { wait = "1500ms" },
            new { each = new[] { 1, 2 }, steps = new[] { Post(key + "-item-${item}") } },
            new { call = new { plan = "called", with = new { effect = $"{key}-called" } } },
            new { approve = new { ask = "Go on?" } },
            Post($"{key}-last"),
        },
    };

    private object Post(string effect) => new { use = "http.request", with = new { url = $"{ledger.Url}/{effect}", method = "POST" }, repeatable = true };

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
