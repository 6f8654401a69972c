using Gantry.EndToEnd.Specs.Programs;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Somebody who has read "In the browser" in the README, and nothing else: every step begins with a click on a word that stands there.</summary>
public sealed class NewcomerStory(SharedHub hubs, SharedBrowser browser)
{
    [Fact]
    public async Task Whoever_has_read_the_readme_connects_moves_schedules_and_finds_why_it_failed()
    {
        await using var ssh = await SshServer.StartAsync();
        using var home = new TemporaryFolder();
        await using var ftp = await FtpServer.StartPyftpdlibAsync("a password of the server", LoginTls.None, home.Path);
        var source = ssh.NewFolder();
        Directory.CreateDirectory(Path.Combine(source, "album"));
        await File.WriteAllTextAsync(Path.Combine(source, "album", "one.txt"), "the first", TestContext.Current.CancellationToken);
        var (shop, hosting) = ("newcomer-shop", "newcomer-hosting");
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        // 1. Connect two places.
        await GoAsync(visitor, "Endpoints");
        await visitor.Button("New endpoint").First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "SFTP" }).ClickAsync();
        foreach (var (label, value) in new[] { ("Host", "127.0.0.1"), ("Port", $"{ssh.Port}"), ("Path", source), ("User", SshServer.User), ("Key file", ssh.KeyFile), ("Name", shop) })
            await FillAsync(visitor, label, value);
        await visitor.Button("Test").ClickAsync();
        await visitor.Button("It is the same: accept this key").ClickAsync();
        await visitor.SeesAsync("It works: files can be listed, written, renamed and deleted.");
        await visitor.Button("Save endpoint").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(shop));
        await GoAsync(visitor, "Endpoints");
        await visitor.Button("New endpoint").First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^FTP ") }).ClickAsync();
        foreach (var (label, value) in new[] { ("Host", "127.0.0.1"), ("Port", $"{ftp.Port}"), ("User", "user"), ("Name", hosting) })
            await FillAsync(visitor, label, value);
        await visitor.Button("New credential for password").ClickAsync();
        await visitor.Page.GetByLabel("Value", new PageGetByLabelOptions { Exact = true }).FillAsync("a password of the server");
        await visitor.Button("Store and use it").ClickAsync();
        await Assertions.Expect(visitor.Button("New credential for password")).ToBeVisibleAsync();
        await visitor.Button("Test").ClickAsync();
        await visitor.SeesAsync("It works: files can be listed, written, renamed and deleted.");
        await visitor.Button("Save endpoint").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(hosting));

        // 2. Move a folder.
        await GoAsync(visitor, "Files");
        await ChooseAsync(visitor, "Endpoint in the left pane", shop);
        await ChooseAsync(visitor, "Endpoint in the right pane", hosting);
        await Files(visitor, $"{shop}:").GetByText("album").DragToAsync(Files(visitor, $"{hosting}:"));
        await visitor.SeesAsync(Files(visitor, $"{hosting}:").GetByText("album"));
        await visitor.Link("Watch it").ClickAsync();
        await visitor.SeesAsync("Succeeded");

        // 3. Let it happen by itself.
        await visitor.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Save as a template" }).ClickAsync();
        await visitor.SeesAsync("one.txt");
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("newcomer-album");
        await visitor.Button("Save the template").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("newcomer-album"));
        await visitor.Button("Let it start by itself").ClickAsync();
        await visitor.Page.GetByLabel("How often").First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = "From Monday to Friday at 06:00" }).ClickAsync();
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("template-schedule-wide-light");
        await visitor.Button("Start it so").ClickAsync();
        await visitor.SeesAsync("It starts by itself from now on.");
        await File.WriteAllTextAsync(Path.Combine(source, "album", "two.txt"), "the second", TestContext.Current.CancellationToken);
        await visitor.Button("Run it now").ClickAsync();
        await visitor.SeesAsync("Succeeded");
        (await File.ReadAllTextAsync(Path.Combine(home.Path, "album", "two.txt"), TestContext.Current.CancellationToken)).ShouldBe("the second");

        // 4. See what is wrong: the password is gone, and with it what needs it.
        var reference = (await hub.Http.GetJsonAsync($"/api/endpoints/{hosting}")).GetProperty("settings").GetProperty("password").GetString()!;
        var credential = reference["${cred:".Length..^1];
        await GoAsync(visitor, "Credentials");
        await visitor.Page.GetByRole(AriaRole.Row, new PageGetByRoleOptions { NameRegex = new(System.Text.RegularExpressions.Regex.Escape(credential)) }).First.ClickAsync();
        await visitor.Button("Delete …").ClickAsync();
        await visitor.SeesAsync("This names it, and fails from then on:");
        await visitor.Page.GetByLabel($"Type {credential} to go on").FillAsync(credential);
        await visitor.Button("Delete credential").ClickAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await GoAsync(visitor, "Schedules");
        await visitor.Page.GetByText("List", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "newcomer-album" }).ClickAsync();
        await visitor.Button("Run now").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/executions/**");
        await GoAsync(visitor, "Overview");
        await visitor.Link("All failed").ClickAsync();
        await visitor.Link("newcomer-album").First.ClickAsync();
        await visitor.SeesAsync($"There is no credential '{credential}'");
        await visitor.SeesAsync(visitor.Link("To the credentials"));
        await visitor.PictureAsync("newcomer-failed-wide-light");
    }

    private static Task GoAsync(Visitor visitor, string word) =>
        visitor.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = word, Exact = true }).First.ClickAsync();

    private static Task FillAsync(Visitor visitor, string label, string value) =>
        visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = label, Exact = true }).FillAsync(value);

    private static async Task ChooseAsync(Visitor visitor, string label, string choice)
    {
        await visitor.Page.GetByLabel(label).First.FillAsync(choice);
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = choice, Exact = true }).ClickAsync();
    }

    private static ILocator Files(Visitor visitor, string place) => visitor.Page.GetByRole(AriaRole.Grid, new PageGetByRoleOptions { Name = $"Files in {place}", Exact = true });
}
