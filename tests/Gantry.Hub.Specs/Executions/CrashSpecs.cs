using System.Net;
using Gantry.TestServers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>
/// The hub's program is killed as it passes a state transition, started again, and held to its promise: the execution ends, a step on
/// record as complete is not run again, and each effect was asked for by one key.
/// </summary>
public sealed class CrashSpecs(TestPostgres postgres)
{
    [Theory]
    [InlineData("accept.before")]
    [InlineData("accept.after")]
    [InlineData("start.after")]
    [InlineData("call")]
    [InlineData("end.before:2")]
    [InlineData("end.after:3")]
    [InlineData("final.before")]
    [InlineData("final.after")]
    [InlineData("call", "claim.after")]
    public Task A_hub_killed_anywhere_keeps_its_promise(params string[] faults) => KillAsync(faults);

    [Theory]
    [InlineData("start.before")]
    [InlineData("start.before:2")]
    [InlineData("end.after:2")]
    [InlineData("start.after", "recovery.before")]
    [InlineData("call", "recovery.after")]
    [InlineData("end.after:2", "claim.before")]
    [InlineData("call", "end.after", "final.before")]
    public Task A_hub_killed_at_rarer_moments_and_while_it_recovers_keeps_its_promise(params string[] faults)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");
        return KillAsync(faults);
    }

    [Fact]
    public async Task A_hub_killed_while_a_step_waits_for_its_next_attempt_makes_that_attempt_and_no_other()
    {
        using TemporaryFolder folder = new();
        var database = await postgres.CreateDatabaseAsync();
        await using var ledger = await LedgerServer.StartAsync();
        ledger.Refusals = 1;
        var body = new
        {
            plan = new
            {
                steps = new object[]
                {
                    new
                    {
                        use = "http.request",
                        with = new { url = ledger.Url + "/first", method = "POST" },
                        repeatable = true,
                        retry = new { attempts = 3, delay = "3s", jitter = false },
                    },
                },
            },
        };
        await using (var hub = await HubProcess.StartAsync(folder.Path, database, null))
        {
            using var accepted = await hub.PostAsync("/api/execute", body, "once");
            var id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
            await hub.EventAsync(id, data => data.Contains("\"failed\"", StringComparison.Ordinal));
            hub.Kill();
        }

        await using var last = await HubProcess.StartAsync(folder.Path, database, null);
        using var answer = await last.PostAsync("/api/execute?wait=60s", body, "once");

        (await answer.ShouldNotBeNull().ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
        ledger.Requests.Count.ShouldBe(2);
        ledger.Requests.Select(request => request.Key).Distinct().ShouldHaveSingleItem();
        (await AskAsync<string>(database, "select string_agg(attempt || status, ' ' order by attempt) from gantry.execution_steps")).ShouldBe("1failed 2succeeded");
        (await AskAsync<bool>(database, "select max(started_at) - min(ended_at) >= interval '2 seconds' from gantry.execution_steps")).ShouldBeTrue();
    }

    private async Task KillAsync(string[] faults)
    {
        using TemporaryFolder folder = new();
        var database = await postgres.CreateDatabaseAsync();
        await using var ledger = await LedgerServer.StartAsync();
        var body = new
        {
            plan = new
            {
                steps = new object[]
                {
                    new { use = "logic.transform", with = new { value = 1 } },
                    new { use = "http.request", with = new { url = ledger.Url + "/first", method = "POST" }, repeatable = true },
                    new { use = "http.request", with = new { url = ledger.Url + "/second", method = "POST" }, repeatable = true },
                    new { use = "logic.transform", with = new { value = "${steps.1.output}" } },
                },
            },
        };
        Dictionary<string, int> settled = [];

        foreach (var fault in faults)
        {
            await using var hub = await HubProcess.StartAsync(folder.Path, database, fault == "call" ? null : fault);
            ledger.Arrived = fault == "call" ? hub.Kill : null;
            using var lost = await hub.PostAsync("/api/execute?wait=60s", body, "once");
            await hub.EndedAsync();
            foreach (var effect in await CompleteAsync(database))
                settled.TryAdd(effect, ledger.CountOf(effect));
        }

        ledger.Arrived = null;
        await using var last = await HubProcess.StartAsync(folder.Path, database, null);
        using var answer = await last.PostAsync("/api/execute?wait=60s", body, "once");

        answer.ShouldNotBeNull().StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
        (await AskAsync<long>(database, "select count(*) from gantry.executions")).ShouldBe(1);
        (await AskAsync<long>(database, "select count(*) from gantry.audit_log where action = 'execution.started'")).ShouldBe(1);
        ledger.Requests.Select(request => request.Key).Distinct().Count().ShouldBe(2);
        ledger.Requests.Count.ShouldBeLessThanOrEqualTo(2 + faults.Length);
        foreach (var (effect, count) in settled)
            ledger.CountOf(effect).ShouldBe(count);
    }

    /// <summary>The effects whose steps are on record as complete.</summary>
    private static async Task<string[]> CompleteAsync(string database) => await AskAsync<string[]>(database, """
        select coalesce(array_agg(case step_path when '1' then 'first' else 'second' end), '{}')
        from gantry.execution_steps where status = 'succeeded' and step_path in ('1', '2')
        """);

    private static async Task<T> AskAsync<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
