using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>An execution is seen in the list, followed, approved, cancelled, and run again from where it failed.</summary>
public sealed class ExecutionStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task What_failed_is_found_understood_and_run_again_from_the_step_that_failed()
    {
        var (hub, plan) = await SaveAsync("broken", """
            steps:
              - id: greet
                use: logic.transform
                with: { value: "Hello" }
              - id: publish
                use: transfer.copy
                with: { from: "nowhere-at-all:in", to: "demo:out" }
            """);
        await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/executions?status=failed&plan={plan}");
        await visitor.Link(plan).ClickAsync();
        await visitor.SeesAsync("The step 'publish' failed");
        await visitor.SeesAsync("nowhere-at-all");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("execution-failed-wide-light");
        await visitor.Page.GetByText("Show the step").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Step publish"));
        foreach (var endpoint in new[] { "nowhere-at-all", "demo" })
            (await visitor.Link(endpoint).First.GetAttributeAsync("href")).ShouldBe("/endpoints/" + endpoint);
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" }).ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Log).GetByText("greet").First);
        await visitor.FindsItAccessibleAsync();

        var before = visitor.Page.Url;
        await visitor.Button("Run again").ClickAsync();
        await visitor.SeesAsync("From the step that failed; what was done before is taken over");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Run again" }).ClickAsync();
        await visitor.Page.WaitForURLAsync(address => address.Split('?')[0] != before.Split('?')[0]);

        await visitor.SeesAsync("The step 'publish' failed");
        await visitor.SeesAsync("again after");
    }

    [Fact]
    public async Task A_step_that_waits_for_a_person_is_approved_and_its_plan_goes_on()
    {
        var (hub, plan) = await SaveAsync("asking", """
            steps:
              - id: ask
                approve: { ask: "Shall the shop be closed?" }
              - id: after
                use: logic.transform
                with: { value: "closed" }
            """);
        await hub.Http.PostJsonAsync("/api/execute", new { plan });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.SeesAsync(visitor.Link("Shall the shop be closed?"));
        await visitor.PictureAsync("overview-approval-wide-light");
        await visitor.Link("Shall the shop be closed?").First.ClickAsync();
        await visitor.SeesAsync(visitor.Button("Reject"));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("execution-approval-wide-light");
        await visitor.Page.GetByLabel("Comment").FillAsync("Stocktaking.");
        await visitor.Button("Approve").ClickAsync();

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }).First);
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "ask" }).First.ClickAsync();
        await visitor.SeesAsync("Stocktaking.");
    }

    [Fact]
    public async Task What_waits_is_cancelled_after_asking()
    {
        var (hub, plan) = await SaveAsync("waiting", """
            steps:
              - id: pause
                wait: 1h
            """);
        var started = await hub.Http.PostJsonAsync("/api/execute", new { plan });
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true, dark: true);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/executions/{started.GetProperty("id").GetString()}");
        await visitor.SeesAsync("It waits");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("execution-waiting-narrow-dark");
        await visitor.Button("Cancel").ClickAsync();
        await visitor.SeesAsync("What was done already stays done");
        await visitor.Button("Cancel it").ClickAsync();

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Cancelled", new LocatorGetByTextOptions { Exact = true }).First);
    }

    [Fact]
    public async Task A_viewer_sees_everything_and_is_offered_nothing_that_the_hub_would_refuse()
    {
        var hub = (await hubs.GetAsync()).Program;
        var viewer = NewName("viewer");
        await hub.Http.PostJsonAsync("/api/users", new { name = viewer, password = "only for looking" });
        await hub.Http.PostJsonAsync("/api/members", new { user = viewer, role = "viewer" });
        var ended = await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan = "demo" });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInFirstAsync(viewer, "only for looking", "my own for looking");

        await visitor.Page.GotoAsync($"/executions/{ended.GetProperty("id").GetString()}");

        await visitor.SeesAsync(visitor.Heading("demo"));
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "copy" }));
        (await visitor.Button("Run again").CountAsync()).ShouldBe(0);
    }

    private static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref names)}";

    /// <summary>A new plan of these steps.</summary>
    private async Task<(HubProgram Hub, string Plan)> SaveAsync(string prefix, string steps)
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName(prefix);
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {plan}\n{steps}" });
        return (hub, plan);
    }
}
