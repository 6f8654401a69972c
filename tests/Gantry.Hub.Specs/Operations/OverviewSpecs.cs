using System.Net;
using System.Net.Http.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

/// <summary>The numbers of a workspace at a glance: each is what its list has.</summary>
public sealed class OverviewSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task What_ended_runs_and_waits_is_counted_in_ones_own_workspace_only()
    {
        using var stranger = await hub.CreateStrangerAsync();
        await RunAsync("use: logic.transform, with: { value: 1 }");
        await RunAsync("stop: { status: failed, message: no }");
        await StartAsync("wait: 1h");
        var asked = await StartAsync("approve: { ask: Go on }");
        await UntilWaitingAsync(asked);
        using TemporaryFolder folder = new();
        folder.WriteFile("from/new", "12345");
        folder.WriteFile("from/same", "123");
        folder.WriteFile("to/same", "123");
        File.SetLastWriteTimeUtc(folder["to/same"], File.GetLastWriteTimeUtc(folder["from/same"]));
        await hub.SaveFoldersAsync(("moved", folder.Path));
        using var moved = await hub.Admin.PostAsJsonAsync("/api/transfers?wait=60s", new { from = "moved:from", to = "moved:to" });

        var seen = await (await hub.Admin.GetAsync("/api/overview")).ReadJsonAsync();
        var strange = await (await stranger.GetAsync("/api/overview?hours=2")).ReadJsonAsync();

        var hours = seen.GetProperty("hours").EnumerateArray().ToList();
        hours.Count.ShouldBe(24);
        hours.Sum(hour => hour.GetProperty("total").GetInt32()).ShouldBe(5);
        hours.Sum(hour => hour.GetProperty("failed").GetInt32()).ShouldBe(1);
        hours.Sum(hour => hour.GetProperty("open").GetInt32()).ShouldBe(2);
        // What was there already is not moved.
        (hours.Sum(hour => hour.GetProperty("files").GetInt64()), hours.Sum(hour => hour.GetProperty("bytes").GetInt64())).ShouldBe((1, 5));
        seen.GetProperty("approvals").GetInt32().ShouldBe(1);
        strange.GetProperty("hours").GetArrayLength().ShouldBe(2);
        strange.GetProperty("hours").EnumerateArray().Sum(hour => hour.GetProperty("total").GetInt32()).ShouldBe(0);
        strange.GetProperty("approvals").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("169")]
    public async Task Only_so_many_hours_are_counted(string hours)
    {
        using var answer = await hub.Admin.GetAsync($"/api/overview?hours={hours}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain("168");
    }

    private Task<string> RunAsync(string step) => PostAsync("/api/execute?wait=60s", step);

    private Task<string> StartAsync(string step) => PostAsync("/api/execute", step);

    private async Task<string> PostAsync(string path, string step)
    {
        using var answer = await hub.Admin.PostAsJsonAsync(path, new { plan = $"steps:\n  - {{ {step} }}\n" });
        answer.EnsureSuccessStatusCode();
        return (await answer.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task UntilWaitingAsync(string id)
    {
        while ((await (await hub.Admin.GetAsync($"/api/executions/{id}")).ReadJsonAsync()).GetProperty("status").GetString() != "waiting")
            await Task.Yield();
    }
}
