using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A transfer is looked at before it starts, fails for one file, is explained, mended and taken up again.</summary>
public sealed class TransferStory(SharedHub hubs, SharedBrowser browser) : IDisposable
{
    private static int names;

    private readonly TemporaryFolder folder = new();
    private readonly string from = NewName("shelf");
    private readonly string to = NewName("shop");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task One_failing_file_is_seen_explained_and_brought_by_a_retry()
    {
        var hub = await PrepareAsync();
        Directory.CreateDirectory(folder["to/late.txt"]);
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/transfers/new?from={from}:&to={to}:");
        await visitor.SeesAsync("late.txt");
        await visitor.SeesAsync("to copy");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("Evening delivery");
        await visitor.Button("Start").ClickAsync();

        await visitor.SeesAsync(visitor.Heading("Evening delivery"));
        await visitor.SeesAsync("1 file failed");
        await visitor.SeesAsync("the target has a folder of this name");
        await visitor.FindsItAccessibleAsync();
        var manifest = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Link("Save as CSV").ClickAsync());
        manifest.SuggestedFilename.ShouldEndWith(".csv");
        File.ReadAllText(await manifest.PathAsync()).ShouldContain("late.txt,failed");
        await visitor.PictureAsync("transfer-failed-wide-light");
        Directory.Delete(folder["to/late.txt"]);
        var failed = visitor.Page.Url;
        await visitor.Button("Retry what failed").ClickAsync();
        await visitor.Page.WaitForURLAsync(address => address.Split('?')[0] != failed.Split('?')[0]);

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }));
        await visitor.SeesAsync("takes up what failed in");
        File.ReadAllText(folder["to/late.txt"]).ShouldBe("late");
        await visitor.Page.GotoAsync($"/transfers?endpoint={to}&q=evening");
        await visitor.SeesAsync(visitor.Link("Evening delivery"));
        await visitor.FindsItAccessibleAsync();
    }

    [Fact]
    public async Task A_chain_is_saved_as_a_template_seen_as_a_graph_and_run()
    {
        var hub = await PrepareAsync();
        var name = NewName("delivery");
        await using var visitor = await browser.OpenAsync(hub.Address, dark: true);
        await visitor.SignInAsync();
        await hub.Http.PostJsonAsync("/api/transfer-templates", new { name, from = from + ":", pattern = "*.txt", to = new[] { to + ":day", to + ":copy" } });

        await visitor.Page.GotoAsync("/templates");
        await visitor.SeesAsync(visitor.Link(name));
        await visitor.FindsItAccessibleAsync();
        await visitor.Link(name).ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByLabel("The way of the files").GetByText("copy *.txt"));
        await visitor.SeesAsync("What would happen on the first link");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("template-chain-wide-dark");
        await visitor.Button("Run it now").ClickAsync();

        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }));
        File.Exists(folder["to/copy/late.txt"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_template_is_made_on_its_page_with_what_it_would_do_and_changed()
    {
        var hub = await PrepareAsync();
        var name = NewName("made");
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync("/templates/new");
        await Assertions.Expect(visitor.Button("Save the template")).ToBeDisabledAsync();
        await ChooseAsync(visitor, "From: endpoint", from);
        await ChooseAsync(visitor, "To: endpoint", to);
        await Assertions.Expect(visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true })).ToHaveValueAsync($"{from} to {to}");
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(name);
        await visitor.Page.GetByLabel("To: path").FillAsync("{year}/{basename}-kept.{extension}");
        await visitor.Page.GetByLabel("Pattern").FillAsync("late.*");
        await visitor.SeesAsync("late-kept.txt");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("template-new-narrow-light");
        await visitor.Button("Save the template").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(name));
        await visitor.Page.GetByLabel("What it is for").FillAsync("Keeps what came late.");
        await visitor.Button("Save as a new version").ClickAsync();

        await visitor.SeesAsync("Version 2 is saved.");
        var saved = await hub.Http.GetJsonAsync($"/api/transfer-templates/{name}");
        (saved.GetProperty("pattern").GetString(), saved.GetProperty("description").GetString()).ShouldBe(("late.*", "Keeps what came late."));
        saved.GetProperty("to")[0].GetString().ShouldBe(to + ":{year}/{basename}-kept.{extension}");
    }

    [Fact]
    public async Task A_template_is_started_by_files_that_arrive_and_by_a_call()
    {
        var hub = await PrepareAsync();
        var name = NewName("arrivals");
        await hub.Http.PostJsonAsync("/api/transfer-templates", new { name, from = from + ":", pattern = "*.txt", to = to + ":" });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/templates/{name}");

        await visitor.Button("Let it start by itself").ClickAsync();
        await visitor.Page.GetByText("When it is called", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("template-webhook-wide-light");
        await visitor.Button("Start it so").ClickAsync();
        await visitor.SeesAsync($"/{name}");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^Take it away: When it is called") }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Take it away" }).ClickAsync();
        await visitor.SeesAsync("That does not start it any more.");
        await visitor.Button("Let it start by itself").ClickAsync();
        await visitor.Page.GetByText("When files arrive", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await visitor.Page.GetByLabel("Leave alone what is there now").UncheckAsync();
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("template-arrival-wide-light");
        await visitor.Button("Start it so").ClickAsync();
        await visitor.SeesAsync($"When files arrive: {from}: *.txt");

        // What moved by itself is where a person looks for it, and says what started it.
        await visitor.Page.GotoAsync($"/transfers?q={name}");
        var row = visitor.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = name });
        await visitor.SeesAsync(row.GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }));
        await visitor.SeesAsync(row.GetByText("files that arrived"));
        File.Exists(folder["to/late.txt"]).ShouldBeTrue();
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("transfers-by-trigger-wide-light");
        await row.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = name }).ClickAsync();
        await visitor.SeesAsync("late.txt");
        await visitor.SeesAsync($"of the template {name}");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("transfer-by-trigger-wide-light");
        await visitor.Link($"files that arrived: {from}: *.txt").ClickAsync();
        await visitor.Link("Show the execution").ClickAsync();
        await visitor.Link("Its files").ClickAsync();
        await visitor.SeesAsync("late.txt");

        // Its folder goes with this story, and others share the hub.
        var trigger = (await hub.Http.GetJsonAsync($"/api/triggers?plan={name}")).GetProperty("items")[0].GetProperty("id").GetString();
        using var removed = await hub.Http.DeleteAsync($"/api/triggers/{trigger}", TestContext.Current.CancellationToken);
        removed.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_typed_is_asked_about_also_when_one_skipped_to_the_content()
    {
        var hub = await PrepareAsync();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync("/transfers");
        await visitor.Link("New transfer").First.ClickAsync();
        var name = visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true });
        await name.FillAsync("Not saved yet");

        await visitor.Link("Skip to the content").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        await visitor.Page.EvaluateAsync("history.back()");

        await visitor.SeesAsync("Leave without saving?");
        await visitor.Button("Stay here").ClickAsync();
        await Assertions.Expect(name).ToHaveValueAsync("Not saved yet");
    }

    [Fact]
    public async Task A_viewer_sees_transfers_and_cannot_start_any()
    {
        var hub = await PrepareAsync();
        var viewer = NewName("onlooker");
        await hub.Http.PostJsonAsync("/api/users", new { name = viewer, password = "only for looking" });
        await hub.Http.PostJsonAsync("/api/members", new { user = viewer, role = "viewer" });
        var transfer = await hub.Http.PostJsonAsync("/api/transfers?wait=60s", new { from = from + ":", to = to + ":seen" });
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true);
        await visitor.SignInFirstAsync(viewer, "only for looking", "my own for looking");

        await visitor.Page.GotoAsync($"/transfers/{transfer.GetProperty("id").GetString()}");
        await visitor.SeesAsync("late.txt");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        (await visitor.Button("Start one like it").CountAsync()).ShouldBe(0);
        await visitor.Page.GotoAsync("/transfers/new");
        await visitor.SeesAsync("not start them");
        foreach (var (path, words) in new[] { ("/logs", "for administrators"), ("/audit", "for owners"), ("/settings", "What was told"), ("/people", "Members of the workspace"), ("/credentials", "Values are shown to nobody") })
        {
            await visitor.Page.GotoAsync(path);
            await visitor.SeesAsync(words);
            await visitor.FindsItAccessibleAsync();
            await visitor.FindsItInWidthAsync();
        }

        (await visitor.Button("Add a credential").CountAsync()).ShouldBe(0);
    }

    private async Task<HubProgram> PrepareAsync()
    {
        var hub = (await hubs.GetAsync()).Program;
        folder.WriteFile("from/early.txt", "early");
        folder.WriteFile("from/late.txt", "late");
        Directory.CreateDirectory(folder["to"]);
        foreach (var (name, path) in new[] { (from, "from"), (to, "to") })
            await hub.Http.PostJsonAsync("/api/endpoints", new { name, kind = "local", settings = new { path = folder[path] } });
        return hub;
    }

    private static async Task ChooseAsync(Visitor visitor, string label, string choice)
    {
        await visitor.Page.GetByLabel(label).First.FillAsync(choice);
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = choice, Exact = true }).ClickAsync();
    }

    private static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref names)}";
}
