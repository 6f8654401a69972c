using System.Net.Http.Json;
using Gantry.Hub.Specs.Executions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>The hub's program is killed as a schedule comes due, and started again: the occurrence is there once.</summary>
public sealed class TriggerCrashSpecs(TestPostgres postgres)
{
    [Theory]
    [InlineData("tick.taken")]
    [InlineData("event.before")]
    [InlineData("event.after")]
    public async Task A_hub_killed_at_a_tick_starts_the_occurrence_once(string fault)
    {
        var folder = Directory.CreateTempSubdirectory("gantry-crash-");
        var database = await postgres.CreateDatabaseAsync();
        await using var ledger = await LedgerServer.StartAsync();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger.Arrived = () => started.TrySetResult();
        await using (var hub = await HubProcess.StartAsync(folder.FullName, database, fault))
        {
            var plan = new
            {
                name = "tick",
                on = new[] { new { schedule = new { every = "1d" } } },
                steps = new[] { new { use = "http.request", with = new { url = ledger.Url + "/tick", method = "POST" }, repeatable = true } },
            };
            using var saved = await hub.Client!.PostAsJsonAsync("/api/plans", plan);
            saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
            await TestPostgres.ExecuteAsync(database, "update gantry.triggers set next_at = now(); select pg_notify('gantry_triggers', '')");
            await hub.EndedAsync();
        }

        // What the dead hub held is held for some seconds more.
        await TestPostgres.ExecuteAsync(database, "update gantry.triggers set held_until = null");
        await using (var hub = await HubProcess.StartAsync(folder.FullName, database, null))
        {
            await started.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            (await AskAsync<long>(database, "select count(*) from gantry.executions")).ShouldBe(1);
            (await AskAsync<string>(database, "select string_agg(status, ' ') from gantry.events")).ShouldBe("accepted");
            (await AskAsync<bool>(database, "select next_at > now() from gantry.triggers")).ShouldBeTrue();
        }

        ledger.Requests.Select(request => request.Key).Distinct().ShouldHaveSingleItem();
        folder.Delete(recursive: true);
    }

    private static async Task<T> AskAsync<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
