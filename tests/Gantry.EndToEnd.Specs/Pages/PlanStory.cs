using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A plan is written as text, seen and changed as a graph, mended, run, cancelled and run again; what it was is compared and restored.</summary>
public sealed class PlanStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task A_plan_is_written_mended_run_cancelled_and_run_again_from_a_step()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("written");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync("/plans");
        await visitor.Link("New plan").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step hello" }));

        await WriteAsync(visitor, $$"""
            name: {{plan}}
            inputs: { site: { type: string, default: example.org } }
            steps:
              - id: greet   # says hello
                use: logic.transfrom
                with: { value: "Hello ${input.site}" }
              - id: pause
                wait: 1h
              - if: ${input.site == 'example.org'}
                then:
                  - { id: known, use: logic.transform, with: { value: known } }
                else:
                  - stop: { status: failed, message: unknown }

            """);
        await visitor.SeesAsync("1 thing to mend");
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step greet logic.transfrom 1 wrong" }));
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step known" }));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("plan-flagged-wide-light");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Line 5" }).ClickAsync();
        await visitor.Page.Keyboard.PressAsync("Shift+End");
        await visitor.Page.Keyboard.InsertTextAsync("logic.transform");
        await visitor.SeesAsync("Nothing is wrong with the plan.");

        await visitor.Button("Save the plan").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(plan));
        await visitor.Button("Run").ClickAsync();
        await visitor.SeesAsync(visitor.Heading($"Run {plan}"));
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Run it").ClickAsync();
        await visitor.SeesAsync("It waits");
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Log" }).ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Log).GetByText("greet"));
        await visitor.Button("Cancel").ClickAsync();
        await visitor.Button("Cancel it").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Cancelled", new LocatorGetByTextOptions { Exact = true }));

        var before = visitor.Page.Url;
        await visitor.Button("Run again").ClickAsync();
        await visitor.Page.GetByText("From a step; what was done before is taken over").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Run again" }).ClickAsync();
        await visitor.Page.WaitForURLAsync(address => address.Split('?')[0] != before.Split('?')[0]);
        await visitor.SeesAsync("again after");
    }

    [Fact]
    public async Task A_change_in_the_graph_is_one_of_the_text_and_leaves_its_comments()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("drawn");
        var text = $$"""
            # Kept by the shop
            name: {{plan}}
            steps:
              # What is there
              - id: first   # and first
                use: logic.transform
                with:
                  value:   'quoted'   # so

            """;
        await hub.Http.PostJsonAsync("/api/plans", new { plan = text });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/plans/{plan}");

        // Whoever goes about in the text sees in the graph where they are, and keeps the room for the text.
        var first = visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step first" });
        await visitor.Page.GetByText("use: logic.transform").ClickAsync();
        await Assertions.Expect(first).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(visitor.Page.GetByLabel("The step first")).ToHaveCountAsync(0);
        await first.ClickAsync();
        await visitor.Page.GetByLabel("Timeout").Or(visitor.Page.GetByText("Time limit, retries and failures")).First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Timeout" }).FillAsync("30s");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("plan-step-wide-light");
        await visitor.Button("Add a step").ClickAsync();
        await visitor.Page.GetByLabel("Search actions").FillAsync("transform");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step transform" }));
        await visitor.Button("Insert a reference into Value").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = "steps.first.output" }).First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Test" }).ClickAsync();
        await visitor.Page.GetByLabel("Output of first").FillAsync("\"pinned\"");
        await visitor.Button("Test the step").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByLabel("What came of the test").GetByText("Succeeded"));
        await visitor.Button("Pin this output").ClickAsync();
        await visitor.Button("Take out the pin of transform").ClickAsync();
        await Assertions.Expect(visitor.Button("Take out the pin of transform")).ToHaveCountAsync(0);
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync("Saved as version 2.");

        var saved = (await hub.Http.GetJsonAsync($"/api/plans/{plan}")).GetProperty("source").GetString()!;
        saved.ShouldBe($$"""
            {{text.TrimEnd()}}
                timeout: 30s
              - id: transform
                use: logic.transform
                with:
                  value: ${steps.first.output}

            """);
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Versions" }).ClickAsync();
        await visitor.SeesAsync("Step transform was added.");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("plan-versions-wide-light");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Version 1" }).ClickAsync();
        await visitor.Button("Restore version 1").ClickAsync();
        await visitor.Button("Restore it").ClickAsync();
        await visitor.SeesAsync("Version 1 is the newest again, as version 3.");
    }

    [Fact]
    public async Task What_is_not_saved_is_kept_and_what_somebody_else_saved_is_not_overwritten()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("shared");
        await hub.Http.PostJsonAsync("/api/plans", new { plan = Text(plan, "saved") });
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true, dark: true);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/plans/{plan}");
        await WriteAsync(visitor, Text(plan, "mine"));
        await visitor.SeesAsync("Not saved");

        await visitor.Page.ReloadAsync();
        await visitor.SeesAsync("These are changes that were not saved");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("plan-draft-narrow-dark");
        using (var other = await hub.Http.PutAsync($"/api/plans/{plan}", HubRequests.Json(new { plan = Text(plan, "theirs") }))) other.EnsureSuccessStatusCode();
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync("Version 2 was saved meanwhile");
        (await hub.Http.GetJsonAsync($"/api/plans/{plan}")).GetProperty("source").GetString()!.ShouldContain("theirs");
        await visitor.Button("Compare").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Cell, new PageGetByRoleOptions { Name = "theirs" }));
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Button("Go on with mine").ClickAsync();
        await visitor.Button("Save").ClickAsync();

        await visitor.SeesAsync("Saved as version 3.");
        (await hub.Http.GetJsonAsync($"/api/plans/{plan}")).GetProperty("source").GetString()!.ShouldContain("mine");
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Versions" }).ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Cell, new PageGetByRoleOptions { Name = "theirs" }));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("plan-versions-narrow-dark");
    }

    [Fact]
    public async Task A_step_is_dragged_to_another_place_with_all_that_belongs_to_it()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("dragged");
        var head = $"name: {plan}\nsteps:\n";
        var first = "  - id: first # goes last\n    use: logic.transform\n    with: { value: 1 }\n";
        var second = "  - if: ${1 == 1}\n    then:\n      - { id: inner, use: logic.transform, with: { value: 2 } }\n";
        await hub.Http.PostJsonAsync("/api/plans", new { plan = head + first + second });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/plans/{plan}?view=graph");

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step first" }).DragToAsync(visitor.Button("Add a step here").Last);
        await Assertions.Expect(visitor.Button("Save")).ToBeEnabledAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.SeesAsync("Saved as version 2.");

        (await hub.Http.GetJsonAsync($"/api/plans/{plan}")).GetProperty("source").GetString().ShouldBe(head + second + first);
    }

    [Fact]
    public async Task Whoever_leaves_with_changes_is_asked_whether_to_keep_or_discard_them()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = NewName("left");
        await hub.Http.PostJsonAsync("/api/plans", new { plan = Text(plan, "saved") });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/plans/{plan}");
        await WriteAsync(visitor, Text(plan, "mine"));
        await visitor.SeesAsync("Not saved");

        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Versions" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Edit" }).ClickAsync();
        await visitor.Link("Plans").First.ClickAsync();
        await visitor.SeesAsync("Leave with changes that are not saved?");
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Stay here").ClickAsync();
        visitor.Page.Url.ShouldContain($"/plans/{plan}");
        await visitor.Link("Plans").First.ClickAsync();
        await visitor.Button("Keep the draft").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Table).GetByText("Not saved"));
        await visitor.Link(plan).ClickAsync();
        await visitor.SeesAsync("These are changes that were not saved");
        await visitor.Link("Plans").First.ClickAsync();
        await visitor.Button("Discard them").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Plans"));

        await Assertions.Expect(visitor.Page.GetByText("Not saved")).ToHaveCountAsync(0);
        await visitor.Link(plan).ClickAsync();
        await visitor.SeesAsync(visitor.Heading(plan));
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "The plan as YAML" }).GetByText("saved"));
        await Assertions.Expect(visitor.Button("Save")).ToBeDisabledAsync();
    }

    private static string Text(string name, string value) => $"name: {name}\nsteps:\n  - id: one\n    use: logic.transform\n    with: {{ value: {value} }}\n";

    private static async Task WriteAsync(Visitor visitor, string text)
    {
        var editor = visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "The plan as YAML" });
        await editor.ClickAsync();
        await visitor.Page.Keyboard.PressAsync("Control+a");
        await visitor.Page.Keyboard.InsertTextAsync(text);
    }

    private static string NewName(string prefix) => $"{prefix}-plan-{Interlocked.Increment(ref names)}";
}
