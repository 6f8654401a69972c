using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Two servers are connected by the form, and a folder goes from one to the other.</summary>
public sealed class FilesStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task Two_servers_are_connected_and_a_folder_is_dragged_across()
    {
        await using var ssh = await SshServer.StartAsync();
        using var home = new TemporaryFolder();
        await using var ftp = await FtpServer.StartPyftpdlibAsync("a password of the server", LoginTls.None, home.Path);
        var source = ssh.NewFolder();
        Directory.CreateDirectory(Path.Combine(source, "album"));
        await File.WriteAllTextAsync(Path.Combine(source, "album", "one.txt"), "the first");
        await File.WriteAllTextAsync(Path.Combine(source, "page.html"), "<script>document.title = 'run'</script>");
        var number = Interlocked.Increment(ref names);
        var (from, to) = ($"story-ssh-{number}", $"story-ftp-{number}");
        await using var visitor = await browser.OpenAsync((await hubs.GetAsync()).Program.Address);
        await visitor.SignInAsync();

        // The server is not known yet: its fingerprint is shown, and accepted.
        await visitor.Page.GotoAsync("/endpoints?new=sftp");
        await FillAsync(visitor, "Host", "127.0.0.1");
        await FillAsync(visitor, "Port", $"{ssh.Port}");
        await FillAsync(visitor, "Path", source);
        await FillAsync(visitor, "User", SshServer.User);
        await FillAsync(visitor, "Key file", ssh.KeyFile);
        await FillAsync(visitor, "Name", from);
        await visitor.Button("Test").ClickAsync();
        await visitor.SeesAsync("This server is not known yet");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("endpoint-host-key");
        await visitor.Button("It is the same: accept this key").ClickAsync();
        await visitor.SeesAsync("It works: files can be listed, written, renamed and deleted.");
        await visitor.Button("Save endpoint").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(from));

        // A wrong password is told as what it is; the right one is stored in place.
        await visitor.Page.GotoAsync("/endpoints?new=ftp");
        await FillAsync(visitor, "Host", "127.0.0.1");
        await FillAsync(visitor, "Port", $"{ftp.Port}");
        await FillAsync(visitor, "User", "user");
        await FillAsync(visitor, "Name", to);
        await StoreAsync(visitor, "wrong");
        await visitor.Button("Test").ClickAsync();
        await visitor.SeesAsync("The server refuses the login");
        await StoreAsync(visitor, "a password of the server");
        await visitor.Button("Test").ClickAsync();
        await visitor.SeesAsync("It works: files can be listed, written, renamed and deleted.");
        await visitor.Button("Save endpoint").ClickAsync();
        await visitor.SeesAsync(visitor.Heading(to));

        // What a browser could run is shown as text.
        await visitor.Page.GotoAsync($"/files?left={from}:&right={to}:");
        var (left, right) = (Files(visitor, $"{from}:"), Files(visitor, $"{to}:"));
        await left.GetByText("page.html").DblClickAsync();
        await visitor.SeesAsync("<script>document.title = 'run'</script>");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await left.GetByText("album").DragToAsync(right);
        await visitor.SeesAsync(visitor.Link("Watch it"));
        await visitor.SeesAsync(right.GetByText("album"));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("files");
        await right.GetByText("album").DblClickAsync();
        await visitor.SeesAsync(Files(visitor, $"{to}:album").GetByText("one.txt"));
        (await File.ReadAllTextAsync(Path.Combine(home.Path, "album", "one.txt"))).ShouldBe("the first");
    }

    [Fact]
    public async Task Files_are_uploaded_renamed_and_deleted_by_the_keyboard()
    {
        using var folder = new TemporaryFolder();
        var hub = (await hubs.GetAsync()).Program;
        var name = $"story-keys-{Interlocked.Increment(ref names)}";
        using (var saved = await hub.Http.PostAsync("/api/endpoints", System.Net.Http.Json.JsonContent.Create(new { name, address = folder.Path })))
            saved.EnsureSuccessStatusCode();
        Directory.CreateDirectory(Path.Combine(folder.Path, "sub"));
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true, dark: true);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/files?left={name}:");
        var files = Files(visitor, $"{name}:");

        var chooser = await visitor.Page.RunAndWaitForFileChooserAsync(() => visitor.Button("Upload files").ClickAsync());
        await chooser.SetFilesAsync(new FilePayload { Name = "given.txt", MimeType = "text/plain", Buffer = "from here"u8.ToArray() });
        await visitor.SeesAsync(files.GetByText("given.txt"));
        await files.FocusAsync();
        foreach (var key in (string[])["End", "F2"])
            await visitor.Page.Keyboard.PressAsync(key);
        await visitor.Page.GetByLabel("New name").FillAsync("renamed.txt");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SeesAsync(files.GetByText("renamed.txt"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("files-narrow-dark");
        (await File.ReadAllTextAsync(Path.Combine(folder.Path, "renamed.txt"))).ShouldBe("from here");

        await files.FocusAsync();
        foreach (var key in (string[])["Home", "Shift+End", "Delete"])
            await visitor.Page.Keyboard.PressAsync(key);
        await visitor.Button("Delete 1 folder and 1 file").ClickAsync();
        await visitor.SeesAsync("This folder is empty");

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bandwidth_is_painted_by_keys_and_kept()
    {
        var hub = (await hubs.GetAsync()).Program;
        var name = $"story-limits-{Interlocked.Increment(ref names)}";
        using (var saved = await hub.Http.PostAsync("/api/endpoints", System.Net.Http.Json.JsonContent.Create(new { name, address = "sftp://user@server.example/in" })))
            saved.EnsureSuccessStatusCode();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/endpoints/{name}?tab=limits");

        await visitor.Page.GetByRole(AriaRole.Gridcell, new PageGetByRoleOptions { Name = "Monday 00:00–01:00: no limit" }).FocusAsync();
        foreach (var key in (string[])["ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Space"])
            await visitor.Page.Keyboard.PressAsync(key);
        await visitor.SeesAsync("As text: mon-01:00,5M mon-03:00,off tue-01:00,5M tue-03:00,off");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("endpoint-limits");
        await visitor.Button("Save limits").ClickAsync();
        await visitor.SeesAsync($"The limits of '{name}' hold from now on, for what runs as well.");

        (await hub.Http.GetStringAsync($"/api/endpoints/{name}")).ShouldContain("mon-01:00,5M mon-03:00,off tue-01:00,5M tue-03:00,off");
        await visitor.Page.GotoAsync("/endpoints");
        await visitor.SeesAsync(visitor.Link(name));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("endpoints");
    }

    private static ILocator Files(Visitor visitor, string place) => visitor.Page.GetByRole(AriaRole.Grid, new PageGetByRoleOptions { Name = $"Files in {place}", Exact = true });

    private static Task FillAsync(Visitor visitor, string label, string value) =>
        visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = label, Exact = true }).FillAsync(value);

    private static async Task StoreAsync(Visitor visitor, string password)
    {
        await visitor.Button("New credential for password").ClickAsync();
        await visitor.Page.GetByLabel("Value", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        await visitor.Button("Store and use it").ClickAsync();
        await Assertions.Expect(visitor.Button("New credential for password")).ToBeVisibleAsync();
    }
}
