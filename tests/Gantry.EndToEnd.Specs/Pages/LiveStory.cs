using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>What happens is seen as it happens, and whoever reads, types or leaves meanwhile is not disturbed.</summary>
public sealed class LiveStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task What_begins_and_ends_is_seen_in_the_list_without_asking_for_it_again()
    {
        var (hub, plan) = await SaveAsync("  - wait: 1h\n");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        var asked = 0;
        visitor.Page.Request += (_, request) => asked += request.Url.Contains("/api/executions?", StringComparison.Ordinal) && request.Url.Contains(plan, StringComparison.Ordinal) ? 1 : 0;
        await visitor.Page.GotoAsync($"/executions?plan={plan}&status=waiting");
        await visitor.SeesAsync("Nothing fits these filters");

        var first = await StartAsync(hub, plan);
        await Assertions.Expect(visitor.Link(plan)).ToHaveCountAsync(1);
        await StartAsync(hub, plan);
        await Assertions.Expect(visitor.Link(plan)).ToHaveCountAsync(2);
        await hub.Http.PostJsonAsync($"/api/executions/{first}/cancel", new { });
        await Assertions.Expect(visitor.Link(plan)).ToHaveCountAsync(1);

        asked.ShouldBe(1);
        await visitor.FindsItAccessibleAsync();
    }

    [Fact]
    public async Task Whoever_has_scrolled_reads_on_while_new_ones_come_above()
    {
        var (hub, plan) = await SaveAsync("  - use: logic.transform\n    with: { value: done }\n");
        for (var i = 0; i < 40; i++) await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/executions?plan={plan}");
        var table = visitor.Page.GetByRole(AriaRole.Table);
        await visitor.SeesAsync(visitor.Link(plan));
        await table.EvaluateAsync("table => { table.scrollTop = 440; }");
        var row = table.Locator("[role=row][data-index='12']");
        await Assertions.Expect(row).ToBeVisibleAsync();
        var address = await row.Locator("a").GetAttributeAsync("href");
        var top = await table.EvaluateAsync<double>("table => table.querySelector(\"[data-index='12']\").getBoundingClientRect().y - table.getBoundingClientRect().y");

        for (var i = 0; i < 3; i++) await StartAsync(hub, plan);
        await Assertions.Expect(table.Locator($"[role=row][data-index='15'] a[href='{address}']")).ToBeVisibleAsync();

        // Where it stands in the list is settled a frame after it is there; the list itself may be moved by what comes above it.
        await visitor.Page.WaitForFunctionAsync(
            """
            top => {
              const table = document.querySelector('[role=table]');
              return Math.abs(table.querySelector("[data-index='15']").getBoundingClientRect().y - table.getBoundingClientRect().y - top) <= 3;
            }
            """,
            top);
    }

    [Fact]
    public async Task Whoever_types_a_search_and_leaves_at_once_stays_where_they_went()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync("/transfers");
        await visitor.SeesAsync(visitor.Heading("Transfers"));
        await visitor.Page.Clock.InstallAsync();
        var released = new TaskCompletionSource();
        await visitor.Page.RouteAsync("**/assets/**", async route =>
        {
            await released.Task;
            await route.ContinueAsync();
        });

        await visitor.Page.GetByLabel("Search names and places").PressSequentiallyAsync("evening");
        await visitor.Page.Locator("nav").GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Audit" }).ClickAsync();
        await visitor.Page.WaitForURLAsync("**/audit");
        await visitor.Page.Clock.FastForwardAsync(1_000);
        released.SetResult();

        await visitor.SeesAsync(visitor.Heading("Audit"));
        visitor.Page.Url.ShouldEndWith("/audit");
    }

    [Fact]
    public async Task Of_a_long_log_only_what_is_in_sight_is_in_the_page()
    {
        var (hub, plan) = await SaveAsync("  - each: ${input.items}\n    steps: [ { use: logic.transform, with: { value: part } } ]\n", "items: list");
        var started = await hub.Http.PostJsonAsync("/api/execute?wait=120s", new { plan, inputs = new { items = Enumerable.Range(0, 2_500) } });
        var id = started.GetProperty("id").GetString();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/executions/{id}?tab=log");
        var log = visitor.Page.GetByRole(AriaRole.Log);
        await Assertions.Expect(visitor.Page.GetByText(new System.Text.RegularExpressions.Regex("^2,5[0-9]{2} lines"))).ToBeVisibleAsync();

        await visitor.SeesAsync(log.Locator("time").Nth(4));
        (await log.Locator("time").CountAsync()).ShouldBeLessThan(120);
        await log.EvaluateAsync("log => { log.scrollTop = 0; }");
        await visitor.SeesAsync(visitor.Button("To the end"));
        await visitor.SeesAsync(log.Locator("time").Nth(4));
        (await log.Locator("time").CountAsync()).ShouldBeLessThan(120);
    }

    private static async Task<string> StartAsync(HubProgram hub, string plan) => (await hub.Http.PostJsonAsync("/api/execute", new { plan })).GetProperty("id").GetString()!;

    private async Task<(HubProgram Hub, string Plan)> SaveAsync(string steps, string inputs = "")
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = $"live-{Interlocked.Increment(ref names)}";
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {plan}\ninputs: {{ {inputs} }}\nsteps:\n{steps}" });
        return (hub, plan);
    }
}
