using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>What was typed stays whatever happens meanwhile, what would be lost is asked about first, and the address says what is shown.</summary>
public sealed class CareStory(SharedHub hubs, SharedBrowser browser) : IDisposable
{
    private static int names;

    private readonly TemporaryFolder folder = new();
    private readonly string name = $"care-{Interlocked.Increment(ref names)}";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_save_whose_answer_is_cut_off_keeps_what_was_typed_and_promises_nothing()
    {
        var hub = await PrepareAsync("copy");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/templates/{name}");
        var purpose = visitor.Page.GetByLabel("What it is for");
        await purpose.FillAsync("Typed with care.");
        await visitor.Page.RouteAsync("**/api/transfer-templates/*", route => route.Request.Method == "PUT" ? route.AbortAsync("connectionreset") : route.ContinueAsync());

        await visitor.Button("Save as a new version").ClickAsync();
        await visitor.SeesAsync("nobody knows here whether this was done");
        await Assertions.Expect(purpose).ToHaveValueAsync("Typed with care.");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.UnrouteAsync("**/api/transfer-templates/*");
        await visitor.Button("Save as a new version").ClickAsync();

        await visitor.SeesAsync("Version 2 is saved.");
    }

    [Fact]
    public async Task What_another_saves_meanwhile_takes_nothing_away_that_was_typed()
    {
        var hub = await PrepareAsync("copy");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/templates/{name}");
        var purpose = visitor.Page.GetByLabel("What it is for");
        await purpose.FillAsync("Mine.");

        await SaveAsync(hub, "copy", "Theirs.");
        // It is asked for again when one comes back to the window.
        await visitor.Page.WaitForFunctionAsync("() => { window.dispatchEvent(new Event('visibilitychange')); return document.body.innerText.includes('Version 2 was saved meanwhile'); }");
        await Assertions.Expect(purpose).ToHaveValueAsync("Mine.");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("template-meanwhile-wide-light");
        await visitor.Button("Save as a new version").ClickAsync();
        await visitor.SeesAsync("Version 3 is saved.");
        await SaveAsync(hub, "copy", "Theirs again.");
        await visitor.Page.WaitForFunctionAsync("() => { window.dispatchEvent(new Event('visibilitychange')); return document.body.innerText.includes('Version 4'); }");

        // Where nothing was typed, what is newest is shown.
        await Assertions.Expect(purpose).ToHaveValueAsync("Theirs again.");
    }

    [Fact]
    public async Task What_starts_a_template_is_taken_away_after_asking_and_a_refusal_is_read()
    {
        var hub = await PrepareAsync("copy");
        await hub.Http.PostJsonAsync($"/api/plans/{name}/triggers", new { webhook = new { path = name, open = true } });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/templates/{name}");
        var held = new TaskCompletionSource();
        await visitor.Page.RouteAsync("**/api/triggers/*", async route =>
        {
            if (route.Request.Method != "DELETE")
            {
                await route.ContinueAsync();
                return;
            }

            await held.Task;
            await route.FulfillAsync(new RouteFulfillOptions { Status = 500, ContentType = "application/problem+json", Body = """{"title":"Not now","detail":"The moon is in the way."}""" });
        });

        await visitor.Button($"Take it away: When it is called: POST {name}").ClickAsync();
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        await visitor.SeesAsync(dialog.GetByText("is refused from then on"));
        await visitor.FindsItAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Take it away" }).ClickAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        held.SetResult();
        await visitor.SeesAsync(dialog.GetByText("The moon is in the way."));
        await visitor.Page.UnrouteAsync("**/api/triggers/*");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Take it away" }).ClickAsync();

        await visitor.SeesAsync("Only people, by 'Run it now'.");
        (await hub.Http.GetJsonAsync($"/api/triggers?plan={name}")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_template_that_deletes_runs_after_asking_and_its_runs_are_found_by_a_shared_address()
    {
        var hub = await PrepareAsync("sync");
        folder.WriteFile("to/extra.txt", "extra");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/templates?q={name}");
        await visitor.Button($"Run '{name}' now").ClickAsync();
        await visitor.SeesAsync("is deleted there, for good");
        await visitor.FindsItAccessibleAsync();
        File.Exists(folder["to/extra.txt"]).ShouldBeTrue();
        await visitor.Button("Run it").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }));
        File.Exists(folder["to/extra.txt"]).ShouldBeFalse();

        await visitor.Page.GotoAsync($"/transfers?template={name}");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await visitor.FindsItAccessibleAsync();
        await visitor.Button($"Only those of the template {name}: show all").ClickAsync();
        await visitor.Page.WaitForURLAsync(address => !address.Contains("template", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chart_that_is_read_as_a_table_is_one_in_another_window_as_well()
    {
        var hub = await PrepareAsync("copy");
        await hub.Http.PostJsonAsync($"/api/transfer-templates/{name}/run?wait=60s", new { });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Button("As a table").First.ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "Hour" }));
        await visitor.FindsItAccessibleAsync();
        var other = await visitor.Page.Context.NewPageAsync();
        await other.GotoAsync(visitor.Page.Url);

        await Assertions.Expect(other.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "Hour" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_where_it_would_stand()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        static Task RefuseAsync(IRoute route) =>
            route.FulfillAsync(new RouteFulfillOptions { Status = 500, ContentType = "application/problem+json", Body = """{"title":"Not now","detail":"The moon is in the way."}""" });
        var refused = visitor.Page.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = "The moon is in the way." });
        await visitor.Page.RouteAsync("**/api/executions?*", RefuseAsync);

        await visitor.Page.GotoAsync("/");
        await Assertions.Expect(refused).ToHaveCountAsync(2);
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.UnrouteAsync("**/api/executions?*");
        // The overview asks again by itself.
        await Assertions.Expect(refused).ToHaveCountAsync(0);
        await visitor.Page.RouteAsync("**/api/providers/transfer/actions", RefuseAsync);
        await visitor.Page.RouteAsync("**/api/endpoints?*", RefuseAsync);
        await visitor.Page.GotoAsync("/transfers/new");

        await Assertions.Expect(refused).ToHaveCountAsync(2);
        await visitor.FindsItAccessibleAsync();
    }

    [Fact]
    public async Task An_address_with_a_step_far_down_shows_its_row()
    {
        var hub = (await hubs.GetAsync()).Program;
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {name}\ninputs: {{ items: list }}\nsteps:\n  - each: ${{input.items}}\n    steps: [ {{ use: logic.transform, with: {{ value: part }} }} ]\n" });
        var started = await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan = name, inputs = new { items = Enumerable.Range(0, 200) } });
        var id = started.GetProperty("id").GetString();
        var path = (await hub.Http.GetJsonAsync($"/api/executions/{id}")).GetProperty("steps").EnumerateArray().Last().GetProperty("step").GetString();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/executions/{id}?step={Uri.EscapeDataString($"\"{path}\"")}");

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Timeline of steps" }).Locator("[aria-pressed=true]")).ToBeInViewportAsync();
    }

    private async Task<HubProgram> PrepareAsync(string mode)
    {
        var hub = (await hubs.GetAsync()).Program;
        folder.WriteFile("from/a.txt", "a");
        Directory.CreateDirectory(folder["to"]);
        foreach (var place in (string[])["from", "to"])
            await hub.Http.PostJsonAsync("/api/endpoints", new { name = $"{name}-{place}", kind = "local", settings = new { path = folder[place] } });
        await SaveAsync(hub, mode, "");
        return hub;
    }

    private async Task SaveAsync(HubProgram hub, string mode, string description)
    {
        using var saved = await hub.Http.PutAsync($"/api/transfer-templates/{name}", HubRequests.Json(new { mode, from = $"{name}-from:", to = $"{name}-to:", description }));
        saved.EnsureSuccessStatusCode();
    }
}
