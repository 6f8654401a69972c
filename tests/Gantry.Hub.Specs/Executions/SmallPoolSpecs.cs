using System.Net.Http.Json;
using Gantry.TestServers;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>A hub whose connection string allows two connections: nothing that holds one waits for another.</summary>
public sealed class SmallPoolSpecs(TestPostgres postgres)
{
    [Fact]
    public async Task A_hub_with_two_connections_runs_plans_with_branches_calls_and_waits_and_is_watched_meanwhile()
    {
        using TemporaryFolder folder = new();
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { MaxPoolSize = 2 }.ConnectionString;
        await using var hub = await HubProcess.StartAsync(folder.Path, database, null);
        using (var saved = await hub.Client!.PutAsJsonAsync("/api/plans/called", new { steps = new object[] { new { wait = "20ms" }, Echo } }))
            saved.EnsureSuccessStatusCode();
        var plan = new
        {
            steps = new object[]
            {
                new { parallel = new object[] { new object[] { Echo, new { wait = "1200ms" } }, new object[] { new { call = new { plan = "called" } } }, new object[] { Echo } } },
                new { each = new[] { 1, 2, 3 }, parallel = 3, steps = new object[] { new { call = new { plan = "called" } } } },
            },
        };

        var ends = await Task.WhenAll(Enumerable.Range(0, 30).Select(async number =>
        {
            using var accepted = await hub.PostAsync("/api/execute", new { plan }, $"key-{number}");
            var id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
            return (await hub.EventsAsync(id))[^1];
        }));

        ends.ShouldAllBe(end => end.Contains("\"succeeded\"", StringComparison.Ordinal));
    }

    private static object Echo => new { use = "logic.transform", with = new { value = 1 } };
}
