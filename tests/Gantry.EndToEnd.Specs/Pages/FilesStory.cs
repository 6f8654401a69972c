using Gantry.EndToEnd.Specs.Programs;
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

        // What is missing is told at its field, wherever that is. The server is not known yet: its fingerprint is shown, and accepted.
        await visitor.Page.GotoAsync("/endpoints?new=sftp");
        await visitor.Button("Save endpoint").ClickAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Host", Exact = true })).ToBeFocusedAsync();
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
    public async Task Files_are_dropped_from_the_desktop_into_a_folder_and_asked_about_when_they_are_there()
    {
        using var folder = new TemporaryFolder();
        var hub = (await hubs.GetAsync()).Program;
        var name = $"story-drop-{Interlocked.Increment(ref names)}";
        await hub.Http.PostJsonAsync("/api/endpoints", new { name, address = folder.Path });
        Directory.CreateDirectory(folder["sub"]);
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/files?left={name}:");
        var files = Files(visitor, $"{name}:");
        await visitor.SeesAsync(files.GetByText("sub"));

        await DropAsync(visitor, files, "given.txt", "from the desktop");
        await visitor.SeesAsync(files.GetByText("given.txt"));
        await DropAsync(visitor, files, "given.txt", "another");
        await visitor.SeesAsync("Replace 'given.txt'?");
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Keep it").ClickAsync();
        await DropAsync(visitor, files.GetByText("sub"), "inner.txt", "below");
        await files.GetByText("sub").DblClickAsync();
        await visitor.SeesAsync(Files(visitor, $"{name}:sub").GetByText("inner.txt"));

        (await File.ReadAllTextAsync(folder["given.txt"])).ShouldBe("from the desktop");
        (await File.ReadAllTextAsync(folder["sub/inner.txt"])).ShouldBe("below");
    }

    [Fact]
    public async Task Folders_and_links_are_walked_through_by_the_keyboard()
    {
        using var folder = new TemporaryFolder();
        var hub = (await hubs.GetAsync()).Program;
        var name = $"story-walk-{Interlocked.Increment(ref names)}";
        await hub.Http.PostJsonAsync("/api/endpoints", new { name, address = folder.Path });
        foreach (var path in (string[])["first", "second/inner"]) Directory.CreateDirectory(folder[path]);
        await File.WriteAllTextAsync(folder["second/inner/one.txt"], "found");
        Directory.CreateSymbolicLink(folder["www.example.org"], "second");
        File.CreateSymbolicLink(folder["xlink"], "second/inner/one.txt");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/files?left={name}:");
        var keyboard = visitor.Page.Keyboard;
        await visitor.SeesAsync(Files(visitor, $"{name}:").GetByText("second"));
        await Files(visitor, $"{name}:").FocusAsync();

        foreach (var key in (string[])["Home", "ArrowDown", "Enter"]) await keyboard.PressAsync(key);
        await Assertions.Expect(Files(visitor, $"{name}:second")).ToBeFocusedAsync();
        await visitor.SeesAsync(Files(visitor, $"{name}:second").GetByText("inner"));
        await keyboard.PressAsync("Backspace");
        await Assertions.Expect(Files(visitor, $"{name}:")).ToBeFocusedAsync();
        await Assertions.Expect(Files(visitor, $"{name}:").Locator("[data-cursor]")).ToContainTextAsync("second");
        foreach (var key in (string[])["ArrowDown", "Enter"]) await keyboard.PressAsync(key);
        await visitor.SeesAsync(Files(visitor, $"{name}:www.example.org").GetByText("inner"));
        await keyboard.PressAsync("Backspace");
        foreach (var key in (string[])["End", "Enter"]) await keyboard.PressAsync(key);

        await visitor.SeesAsync(visitor.Page.GetByLabel("Content of xlink").GetByText("found"));
    }

    [Fact]
    public async Task What_is_there_already_is_asked_about_before_a_copy_replaces_it()
    {
        using var folder = new TemporaryFolder();
        var hub = (await hubs.GetAsync()).Program;
        var number = Interlocked.Increment(ref names);
        var (from, to) = ($"story-ours-{number}", $"story-theirs-{number}");
        foreach (var (name, content) in new[] { (from, "ours, and longer"), (to, "theirs") })
        {
            Directory.CreateDirectory(folder[name]);
            await File.WriteAllTextAsync(folder[$"{name}/one.txt"], content);
            await hub.Http.PostJsonAsync("/api/endpoints", new { name, address = folder[name] });
        }

        await File.WriteAllTextAsync(folder[$"{from}/two.txt"], "only here");
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: false, dark: true);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/files?left={from}:&right={to}:");
        await visitor.SeesAsync(Files(visitor, $"{from}:").GetByText("one.txt"));
        await Files(visitor, $"{from}:").FocusAsync();

        foreach (var key in (string[])["Home", "Shift+End", "Control+Enter"]) await visitor.Page.Keyboard.PressAsync(key);
        await visitor.SeesAsync("Replace 'one.txt'?");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("files-replace-wide-dark");
        await visitor.Button("Only what is not there").ClickAsync();
        await visitor.SeesAsync(Files(visitor, $"{to}:").GetByText("two.txt"));
        (await File.ReadAllTextAsync(folder[$"{to}/one.txt"])).ShouldBe("theirs");
        await Files(visitor, $"{from}:").GetByText("one.txt").DragToAsync(Files(visitor, $"{to}:"));
        await visitor.Button("Replace").ClickAsync();
        await visitor.SeesAsync(Files(visitor, $"{to}:").GetByText("16 B"));

        (await File.ReadAllTextAsync(folder[$"{to}/one.txt"])).ShouldBe("ours, and longer");
    }

    [Fact]
    public async Task A_bucket_is_browsed_like_a_folder_and_brought_here()
    {
        await using var s3 = await S3Server.StartFauxqsAsync();
        using var folder = new TemporaryFolder();
        var hub = (await hubs.GetAsync()).Program;
        var number = Interlocked.Increment(ref names);
        var (bucket, here, key) = ($"story-bucket-{number}", $"story-here-{number}", $"STORY_S3_{number}");
        var settings = new Dictionary<string, string>((await s3.NewBucketAsync()).Values, StringComparer.Ordinal) { ["secret_key"] = $"${{cred:{key}}}" };
        foreach (var path in (string[])["invoices/2026/one.txt", "invoices/2026/two.txt", "readme.txt"])
            await s3.Client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = settings["bucket"], Key = path, ContentBody = path });
        await hub.Http.PostJsonAsync("/api/credentials", new { name = key, value = S3Server.SecretKey });
        await hub.Http.PostJsonAsync("/api/endpoints", new { name = bucket, kind = "s3", settings });
        await hub.Http.PostJsonAsync("/api/endpoints", new { name = here, address = folder.Path });
        await using var visitor = await browser.OpenAsync(hub.Address, dark: true);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync($"/files?left={bucket}:&right={here}:");
        await visitor.SeesAsync(Files(visitor, $"{bucket}:").GetByText("readme.txt"));
        await Files(visitor, $"{bucket}:").GetByText("invoices").DblClickAsync();
        await Files(visitor, $"{bucket}:invoices").GetByText("2026").DblClickAsync();
        await visitor.SeesAsync(Files(visitor, $"{bucket}:invoices/2026").GetByText("two.txt"));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("files-bucket-wide-dark");
        await Files(visitor, $"{bucket}:invoices/2026").GetByText("one.txt").DragToAsync(Files(visitor, $"{here}:"));

        await visitor.SeesAsync(Files(visitor, $"{here}:").GetByText("one.txt"));
        (await File.ReadAllTextAsync(folder["one.txt"])).ShouldBe("invoices/2026/one.txt");
    }

    [Fact]
    public async Task Of_very_many_places_few_are_in_the_page_and_each_is_found()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.EnterAsync(hub, "very-many-places");
        var places = Enumerable.Range(100, 200).Select(number => new { name = $"site-{number}", kind = "sftp", address = $"sftp://deploy@site-{number}.example.org/", settings = new { }, limits = new { }, created_at = DateTimeOffset.UnixEpoch, updated_at = DateTimeOffset.UnixEpoch });
        await visitor.Page.RouteAsync("**/api/endpoints?limit=500", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = System.Text.Json.JsonSerializer.Serialize(new { items = places, next = (string?)null }) }));
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync("/endpoints");
        var cards = visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Test", Exact = true });

        await visitor.SeesAsync(visitor.Link("site-100"));
        (await cards.CountAsync()).ShouldBeLessThan(100);
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new System.Text.RegularExpressions.Regex("^[0-9]+ more$") }).ScrollIntoViewIfNeededAsync();
        await visitor.SeesAsync(visitor.Link("site-150"));
        await visitor.Page.GetByLabel("Search endpoints").FillAsync("site-299");

        await Assertions.Expect(cards).ToHaveCountAsync(1);
        await visitor.SeesAsync(visitor.Link("site-299"));
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

    /// <summary>As a browser tells it when a file is let go above this.</summary>
    private static async Task DropAsync(Visitor visitor, ILocator above, string name, string content)
    {
        var data = await visitor.Page.EvaluateHandleAsync("([name, content]) => { const data = new DataTransfer(); data.items.add(new File([content], name, { type: 'text/plain' })); return data; }", new[] { name, content });
        foreach (var type in (string[])["dragover", "drop"])
            await above.DispatchEventAsync(type, new { dataTransfer = data });
    }

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
