using System.Text;
using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>What will run is seen in the calendar, paused and run by hand; an event that is dead is found, understood and replayed; an action is tried.</summary>
public sealed class TriggerStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task A_dead_event_is_found_and_replayed()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("hooked");
        await SaveAsync(hub, plan, "site: string", $"[ {{ webhook: {{ path: {plan}, open: true }} }} ]");
        using (var call = await hub.Http.PostAsync($"/api/webhook/{plan}", new StringContent("{\"other\":1}", Encoding.UTF8, "application/json"))) await call.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await SaveAsync(hub, plan, "site: string", "[]");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        // The attempt that finds its trigger gone is made ten seconds later.
        await visitor.Page.GotoAsync($"/events?status=dead&plan={plan}");
        await visitor.Link($"POST {plan}").Or(visitor.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link)).First.ClickAsync();
        await visitor.SeesAsync("it is not tried again by itself");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("event-dead-wide-light");
        await SaveAsync(hub, plan, "site: { type: string, default: example.org }", $"[ {{ webhook: {{ path: {plan}, open: true }} }} ]");
        await visitor.Button("Replay").ClickAsync();
        await visitor.SeesAsync("It started an execution.");
        await visitor.Link("Show the execution").ClickAsync();

        await visitor.SeesAsync(visitor.Heading(plan));
    }

    [Fact]
    public async Task What_does_not_start_its_plan_is_listed_with_the_reason_and_the_way_to_mend_it()
    {
        var hub = (await hubs.GetAsync()).Program;
        var (plan, leaver) = (NewName("left"), NewName("leaver"));
        await hub.Http.PostJsonAsync("/api/users", new { name = leaver, password = "only for a while" });
        var member = await hub.Http.PostJsonAsync("/api/members", new { user = leaver, role = "editor" });
        using (var first = await hub.SignInAsync(leaver, "only for a while"))
        using (var chosen = await first.PostAsync("/api/me/password", HubRequests.Json(new { current_password = "only for a while", new_password = "my own for a while" }))) chosen.EnsureSuccessStatusCode();
        using (var theirs = await hub.SignInAsync(leaver, "my own for a while"))
            await SaveAsync(theirs, plan, "", $"[ {{ webhook: {{ path: {plan}, open: true }} }}, {{ schedule: {{ cron: \"30 6 * * *\" }} }} ]");
        using (var change = await hub.Http.PatchAsync($"/api/members/{member.GetProperty("user_id").GetString()}", HubRequests.Json(new { role = "viewer" }))) change.EnsureSuccessStatusCode();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Late or broken" }).ClickAsync();
        var broken = visitor.Page.GetByRole(AriaRole.List, new PageGetByRoleOptions { Name = "Triggers that do not work" }).GetByRole(AriaRole.Listitem).Filter(new LocatorFilterOptions { HasText = plan });
        await Assertions.Expect(broken).ToHaveCountAsync(2);
        await visitor.SeesAsync(broken.Filter(new LocatorFilterOptions { HasText = $"Webhook: POST {plan}" }).GetByText("may not start executions in this workspace any more"));
        await visitor.SeesAsync(broken.GetByText("Every day at 06:30 (UTC)"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("triggers-broken-wide-light");
        await broken.First.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(broken).ToHaveCountAsync(1);
        await broken.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Open the plan" }).ClickAsync();

        await visitor.SeesAsync(visitor.Heading(plan));
        await SaveAsync(hub, plan, "", "[]");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_schedule_is_seen_in_the_calendar_paused_and_run(bool narrow, bool dark)
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("nightly");
        await SaveAsync(hub, plan, "", "[ { schedule: { cron: \"30 6 * * *\", zone: Europe/Berlin } } ]");
        await using var visitor = await browser.OpenAsync(hub.Address, narrow, dark);
        var look = $"{(narrow ? "narrow" : "wide")}-{(dark ? "dark" : "light")}";
        await visitor.SignInAsync();

        foreach (var span in new[] { "week", "month", "day" })
        {
            await visitor.Page.GotoAsync($"/schedules?span={span}&q={plan}");
            if (span == "day") await visitor.Button("The next day").ClickAsync();
            await visitor.SeesAsync(visitor.Link(plan));
            await visitor.SeesAsync("06:30");
            await visitor.FindsItAccessibleAsync();
            await visitor.FindsItInWidthAsync();
            await visitor.PictureAsync($"schedules-{span}-{look}");
        }

        await visitor.Page.GotoAsync($"/schedules?view=list&q={plan}");
        await visitor.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = plan }).ClickAsync();
        await visitor.SeesAsync("Next times");
        await Assertions.Expect(visitor.Page.GetByText("Every day at 06:30 (Europe/Berlin)")).ToHaveCountAsync(2);
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync($"schedules-list-{look}");
        await visitor.Button("Pause").ClickAsync();
        await visitor.SeesAsync("None while it is paused.");
        await visitor.Button("Resume").ClickAsync();
        await visitor.Button("Run now").ClickAsync();

        await visitor.SeesAsync(visitor.Heading(plan));
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }));
        await visitor.Page.GotoAsync($"/events?plan={plan}");
        await visitor.SeesAsync(visitor.Link("Every day at 06:30 (Europe/Berlin), by hand"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_provider_is_found_and_an_action_tried(bool narrow, bool dark)
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address, narrow, dark);
        var look = $"{(narrow ? "narrow" : "wide")}-{(dark ? "dark" : "light")}";
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync("/providers");
        await visitor.SeesAsync(visitor.Heading("Communication"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync($"providers-{look}");
        await visitor.Page.GetByLabel("Search providers and actions").FillAsync("builds values");
        await Assertions.Expect(visitor.Heading("Communication")).ToHaveCountAsync(0);
        await visitor.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Logic" }).First.ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Try it"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync($"provider-{look}");
        await visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Value" }).FillAsync("{\"a\": 1}");
        await visitor.Button("Perform it").ClickAsync();

        await visitor.SeesAsync(visitor.Page.GetByLabel("What came of it").GetByText("Succeeded"));
    }

    private static Task SaveAsync(HubProgram hub, string name, string inputs, string on) => SaveAsync(hub.Http, name, inputs, on);

    private static async Task SaveAsync(HttpClient http, string name, string inputs, string on)
    {
        var plan = $"name: {name}\ninputs: {{ {inputs} }}\non: {on}\nsteps: [ {{ use: logic.transform, with: {{ value: done }} }} ]\n";
        using var answer = await http.PutAsync($"/api/plans/{name}", HubRequests.Json(new { plan }));
        answer.EnsureSuccessStatusCode();
    }

    private static string NewName(string prefix) => $"{prefix}-story-{Interlocked.Increment(ref names)}";
}
