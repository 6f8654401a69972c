using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Operations;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
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

    [Fact]
    public async Task What_is_now_is_told_without_any_hours()
    {
        var seen = await (await hub.Admin.GetAsync("/api/overview?hours=0")).ReadJsonAsync();

        seen.GetProperty("hours").GetArrayLength().ShouldBe(0);
        seen.GetProperty("approvals").ValueKind.ShouldBe(JsonValueKind.Number);
    }

    [Fact]
    public async Task An_hour_that_is_over_is_counted_once_and_only_when_nothing_of_it_is_open()
    {
        using var owner = await hub.CreateStrangerAsync();
        var now = hub.Server.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var middle = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 30, 0, TimeSpan.Zero);
        var (open, over) = (middle.AddHours(-3), middle.AddHours(-5));
        await RecordAsync(owner, open, "waiting");
        await RecordAsync(owner, over, "succeeded");
        (await TotalsAsync(owner)).ShouldBe((2, 1));

        // It ends, and a second one is put into each hour, which nothing but this test does.
        await TestPostgres.ExecuteAsync(hub.ConnectionString, "update gantry.executions set status = 'succeeded', ended_at = now(), is_parked = false where status = 'waiting' and created_at < now() - interval '2 hours'");
        await RecordAsync(owner, open.AddTicks(10_000), "succeeded");
        await RecordAsync(owner, over.AddTicks(10_000), "succeeded");

        (await TotalsAsync(owner)).ShouldBe((3, 0));
    }

    [Fact]
    public void Only_what_cannot_change_any_more_is_kept_and_only_as_long_as_it_may_be_asked_for()
    {
        SettledHours settled = new();
        var (here, there, at) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));
        var hour = new OverviewHour { At = at, Total = 2, Failed = 1, Cancelled = 0, Open = 0, Files = 3, Bytes = 4 };

        // Until then something may still be accepted whose id says that it was before.
        settled.Keep(here, [hour], at.AddHours(1));
        settled.Find(here, at).ShouldBeNull();
        settled.Keep(here, [hour with { Open = 1 }], at.AddHours(2));
        settled.Find(here, at).ShouldBeNull();
        settled.Keep(here, [hour], at.AddHours(2));
        settled.Find(here, at).ShouldBe(hour);
        settled.Find(there, at).ShouldBeNull();
        var later = at.AddHours(OverviewRoutes.HoursMax + 2);
        settled.Keep(here, [hour with { At = later.AddHours(-2) }], later);
        settled.Find(here, at).ShouldBeNull();
    }

    [Theory]
    [InlineData("-1")]
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

    /// <summary>All of the last day, and how many of it are open.</summary>
    private static async Task<(int Total, int Open)> TotalsAsync(HttpClient client)
    {
        var hours = (await (await client.GetAsync("/api/overview")).ReadJsonAsync()).GetProperty("hours").EnumerateArray().ToList();
        return (hours.Sum(hour => hour.GetProperty("total").GetInt32()), hours.Sum(hour => hour.GetProperty("open").GetInt32()));
    }

    private async Task RecordAsync(HttpClient owner, DateTimeOffset at, string status)
    {
        var me = await (await owner.GetAsync("/api/me")).ReadJsonAsync();
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, is_parked, created_at, ended_at)
            values ('{{Guid.CreateVersion7(at)}}', '{{me.GetProperty("workspaces")[0].GetProperty("id").GetString()}}', '{{me.GetProperty("id").GetString()}}', '{}', '{}', '{{status}}', {{status == "waiting"}},
              '{{at:O}}', {{(status == "waiting" ? "null" : "now()")}})
            """);
    }

    private async Task UntilWaitingAsync(string id)
    {
        while ((await (await hub.Admin.GetAsync($"/api/executions/{id}")).ReadJsonAsync()).GetProperty("status").GetString() != "waiting")
            await Task.Yield();
    }
}
