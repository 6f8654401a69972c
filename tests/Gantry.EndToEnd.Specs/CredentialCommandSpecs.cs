using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>"gantry credential …" as it is typed, without a hub.</summary>
public sealed class CredentialCommandSpecs : IDisposable
{
    private const string Site = """
        # The site, as the older tool had it
        name: sample-website   # its name
        hostinger:
          host: ftp.sample-website.com
          username: ${HOSTINGER_FTP_USERNAME}  # from the environment
          password: 'p4ss: ''word'''
        openai: { api_key: sk-123, model: "gpt" }
        smtp:
          host: smtp.example.org
          user: "m\u0061il"
          password: |-
            two
            lines
        pages: [a, b]

        """;

    private const string Migrated = """
        # The site, as the older tool had it
        name: sample-website   # its name
        hostinger:
          host: ftp.sample-website.com
          username: ${cred:SAMPLE_WEBSITE_FTP_USERNAME}  # from the environment
          password: '${cred:SAMPLE_WEBSITE_FTP_PASSWORD}'
        openai: { api_key: "${cred:SAMPLE_WEBSITE_OPENAI_API_KEY}", model: "gpt" }
        smtp:
          host: smtp.example.org
          user: "${cred:SAMPLE_WEBSITE_SMTP_USERNAME}"
          password: ${cred:SAMPLE_WEBSITE_SMTP_PASSWORD}
        pages: [a, b]

        """;

    private const string Terminal = """
        import json, os, pty, select, sys
        asked = json.load(sys.stdin)
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(asked["variables"])
            os.chdir(asked["folder"])
            os.execv(asked["words"][0], asked["words"])
        said = b""
        answers = list(asked["answers"])
        while True:
            try:
                read = os.read(terminal, 4096)
            except OSError:
                break
            if not read:
                break
            said += read
            if answers and said.endswith(b": "):
                os.write(terminal, answers.pop(0).encode() + b"\r")
        print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()]))
        """;

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string?> variables;

    public CredentialCommandSpecs() => variables = new(StringComparer.Ordinal)
    {
        ["XDG_CONFIG_HOME"] = folder["config"],
        ["HOSTINGER_FTP_USERNAME"] = "bob",
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_credential_is_stored_shown_listed_and_removed()
    {
        var added = await RunAsync("credential", "add", "--website", "sample-website", "--type", "FTP_PASSWORD", "--value", "s3 cret");
        var shown = await RunAsync("credential", "get", "SAMPLE_WEBSITE_FTP_PASSWORD");
        var value = await RunAsync("cred", "get", "SAMPLE_WEBSITE_FTP_PASSWORD", "--show");
        var listed = await RunAsync("cred", "list", "--website", "sample-website", "--json");
        var near = await RunAsync("cred", "get", "SAMPLE_WEBSITE_FTP_PASWORD", "--show");
        var unsure = await RunAsync("cred", "remove", "--website", "sample-website");
        var removed = await RunAsync("cred", "remove", "--website", "sample-website", "--force");

        added.Status.ShouldBe(0, added.ToString());
        added.Output.ShouldBe($"Stored 'SAMPLE_WEBSITE_FTP_PASSWORD' in the file '{folder[".env.encrypted"]}'. It is written ${{cred:SAMPLE_WEBSITE_FTP_PASSWORD}}.\n");
        shown.Output.ShouldContain("website: sample-website");
        (added.ToString() + shown).ShouldNotContain("s3 cret");
        value.Output.ShouldBe("s3 cret\n");
        JsonElement.Parse(listed.Output)[0].GetProperty("type").GetString().ShouldBe("FTP_PASSWORD");
        near.ToString().ShouldBe($"status 1\n\ngantry: There is no credential 'SAMPLE_WEBSITE_FTP_PASWORD' in the file '{folder[".env.encrypted"]}'. Did you mean 'SAMPLE_WEBSITE_FTP_PASSWORD'?\n");
        unsure.Status.ShouldBe(2);
        removed.Status.ShouldBe(0, removed.ToString());
        (await RunAsync("cred", "list", "--json")).Output.ShouldBe("[]\n");
    }

    [Theory]
    [InlineData("multi\nline\n", "multi\nline")]
    [InlineData("no end", "no end")]
    [InlineData("  both  \r\n", "  both  ")]
    public async Task A_value_is_read_from_standard_input(string input, string value)
    {
        (await RunWithAsync(input, "cred", "add", "KEY", "--value", "-")).Status.ShouldBe(0);

        (await RunAsync("cred", "get", "KEY", "--show")).Output.ShouldBe(value + "\n");
    }

    [Fact]
    public async Task The_older_spellings_work()
    {
        (await RunAsync("--credential", "add", "--website", "w", "--type", "t", "--value", "v")).Status.ShouldBe(0);
        (await RunAsync("--credential", "list", "--website", "w", "--show-values")).Output.ShouldContain("W_T");
        (await RunAsync("--credential-backend", "env", "--backend-config", "prefix=X_")).Status.ShouldBe(0);

        (await File.ReadAllTextAsync(folder["gantry.yaml"], TestContext.Current.CancellationToken)).ShouldBe("credential_manager:\n  backend: env\n  backend_config:\n    env:\n      prefix: X_\n");
        (await RunAsync("--help")).Output.ShouldNotContain("--credential");
    }

    [Fact]
    public async Task The_configured_store_is_used_and_the_rest_of_its_file_kept()
    {
        folder.WriteFile("gantry.yaml", "# Mine\ncredential_manager:\n  backend: \"env\" # for now\n  backend_config:\n    env: { prefix: \"MY_\" }\n\n# The rest\nother: [1, 2]\n");
        variables["MY_TOKEN"] = "from the environment";

        var found = await RunAsync("cred", "get", "TOKEN", "--show");
        var refused = await RunAsync("cred", "add", "A=b");
        var chosen = await RunAsync("cred", "backend", "file", "--config", "path=keys/x.enc");
        var once = await RunAsync("cred", "get", "TOKEN", "--show", "--backend", "env");
        var unknown = await RunAsync("cred", "backend", "fil");

        found.Output.ShouldBe("from the environment\n");
        refused.Status.ShouldBe(1);
        refused.Errors.ShouldContain("Set the variable MY_A");
        chosen.Status.ShouldBe(0, chosen.ToString());
        once.Output.ShouldBe("from the environment\n");
        unknown.ToString().ShouldContain("Did you mean 'file'?");
        (await File.ReadAllTextAsync(folder["gantry.yaml"], TestContext.Current.CancellationToken)).ShouldBe(
            "# Mine\ncredential_manager:\n  backend: file\n  backend_config:\n    env:\n      prefix: MY_\n    file:\n      path: \"keys/x.enc\"\n\n# The rest\nother: [1, 2]\n");
    }

    [Fact]
    public async Task A_terminal_is_asked_twice_and_shows_nothing()
    {
        var (status, said) = await AtTerminalAsync(["s3cret", "s3cret"], "cred", "add", "KEY", "--interactive");
        var (differing, _) = await AtTerminalAsync(["one", "two"], "cred", "add", "OTHER");

        status.ShouldBe(0, said);
        said.ShouldContain("Value of KEY: ");
        said.ShouldNotContain("s3cret");
        differing.ShouldBe(1);
        (await RunAsync("cred", "get", "KEY", "--show")).Output.ShouldBe("s3cret\n");
        (await RunAsync("cred", "list")).Output.ShouldNotContain("OTHER");
        (await RunAsync("cred", "add", "KEY", "--interactive")).Errors.ShouldContain("standard input is no terminal");
    }

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "\uFEFF")]
    public async Task A_website_file_is_migrated_without_touching_anything_else(string newline, string start)
    {
        var original = start + Site.ReplaceLineEndings(newline);
        folder.WriteFile("site.yaml", original);

        var rehearsed = await RunAsync("cred", "migrate", "site.yaml", "--dry-run");
        var afterRehearsal = await File.ReadAllTextAsync(folder["site.yaml"], TestContext.Current.CancellationToken);
        var migrated = await RunAsync("cred", "migrate", "site.yaml");
        var again = await RunAsync("cred", "migrate", "site.yaml");

        rehearsed.Output.ShouldContain("+  password: '${cred:SAMPLE_WEBSITE_FTP_PASSWORD}'");
        rehearsed.Output.ShouldNotContain("p4ss");
        System.Text.Encoding.UTF8.GetBytes(start + Migrated.ReplaceLineEndings(newline)).ShouldBe(await File.ReadAllBytesAsync(folder["site.yaml"], TestContext.Current.CancellationToken), migrated.ToString());
        (await File.ReadAllBytesAsync(folder["site.yaml.bak"], TestContext.Current.CancellationToken)).ShouldBe(System.Text.Encoding.UTF8.GetBytes(original));
        File.GetUnixFileMode(folder["site.yaml.bak"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        again.Output.ShouldContain("nothing to migrate");
        afterRehearsal.ShouldBe(original.TrimStart('\uFEFF'));
        await HasMigratedValuesAsync();
    }

    [Fact]
    public async Task A_migration_that_cannot_be_whole_changes_nothing()
    {
        variables.Remove("HOSTINGER_FTP_USERNAME");
        folder.WriteFile("site.yaml", Site);
        folder.WriteFile("aliased.yaml", "a: &x { password: p4ss }\nb: *x\n");

        var unset = await RunAsync("cred", "migrate", "site.yaml");
        var rehearsed = await RunAsync("cred", "migrate", "site.yaml", "--dry-run");
        var aliased = await RunAsync("cred", "migrate", "aliased.yaml");
        variables["HOSTINGER_FTP_USERNAME"] = "bob";
        await RunAsync("cred", "add", "SAMPLE_WEBSITE_FTP_PASSWORD=other");
        var conflicting = await RunAsync("cred", "migrate", "site.yaml");

        unset.ToString().ShouldContain("HOSTINGER_FTP_USERNAME");
        rehearsed.Status.ShouldBe(0, rehearsed.ToString());
        rehearsed.Output.ShouldContain("+  username: ${cred:SAMPLE_WEBSITE_FTP_USERNAME}");
        aliased.Errors.ShouldContain("aliased.yaml:1:4: ");
        conflicting.Errors.ShouldContain("have another value already: SAMPLE_WEBSITE_FTP_PASSWORD");
        (await File.ReadAllTextAsync(folder["site.yaml"], TestContext.Current.CancellationToken)).ShouldBe(Site);
        (await RunAsync("cred", "list", "--json")).Output.ShouldNotContain("OPENAI");
        File.Exists(folder["site.yaml.bak"]).ShouldBeFalse();
    }

    /// <summary>It is killed at each change it makes in the folder, one after the other.</summary>
    [Fact]
    public async Task A_migration_that_is_killed_anywhere_loses_nothing()
    {
        for (var change = 1; change <= 9; change++)
        {
            folder.WriteFile("site.yaml", Site);
            File.Delete(folder[".env.encrypted"]);
            await KillAtAsync(change, "cred", "migrate", "site.yaml");

            var text = await File.ReadAllTextAsync(folder["site.yaml"], TestContext.Current.CancellationToken);
            text.ShouldBeOneOf(Site, Migrated);
            var ended = await RunAsync("cred", "migrate", "site.yaml");
            ended.Status.ShouldBe(0, ended.ToString());
            (await File.ReadAllTextAsync(folder["site.yaml"], TestContext.Current.CancellationToken)).ShouldBe(Migrated);
            await HasMigratedValuesAsync();
        }
    }

    [Fact]
    public async Task Programs_that_store_at_the_same_time_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => RunAsync("cred", "add", $"NAME_{number}=value")));

        var listed = JsonElement.Parse((await RunAsync("cred", "list", "--json")).Output);
        listed.GetArrayLength().ShouldBe(6);
    }

    [Fact]
    public async Task Files_are_imported_whole_or_not_and_exported_encrypted()
    {
        folder.WriteFile(".env", "# c\nexport A='1 2'\nB=\"x\\ny\"\n");
        folder.WriteFile("more.json", """{"C": "3", "D": 4}""");
        folder.WriteFile("bad.json", """{"E": "5", "F": [6]}""");
        folder.WriteFile("clash.json", """{"G": "7", "A": "8"}""");

        var dotenv = await RunAsync("cred", "import", ".env");
        var json = await RunAsync("cred", "import", "more.json");
        var bad = await RunAsync("cred", "import", "bad.json");
        var clash = await RunAsync("cred", "import", "clash.json");
        var exported = await RunAsync("cred", "export", "--encrypted", "copy.enc", "--key-file", "copy.key");
        var plain = await RunAsync("cred", "export");
        var back = await RunAsync("cred", "import", "copy.enc", "--key-file", "copy.key", "--backend-config", "path=second.enc");

        (dotenv.Status, json.Status, exported.Status, back.Status).ShouldBe((0, 0, 0, 0), $"{dotenv}{json}{exported}{back}");
        bad.Errors.ShouldContain("bad.json:1:17: ");
        clash.Errors.ShouldContain("already: A. Nothing was stored");
        plain.Status.ShouldBe(2);
        var values = JsonElement.Parse((await RunAsync("cred", "list", "--json", "--show-values", "--backend-config", "path=second.enc")).Output);
        values.EnumerateArray().Select(entry => $"{entry.GetProperty("name")}={entry.GetProperty("value")}").ShouldBe(["A=1 2", "B=x\ny", "C=3", "D=4"]);
    }

    [Fact]
    public async Task Rotating_seals_with_a_new_key_and_everything_stays_readable()
    {
        await RunAsync("cred", "add", "A=b");
        var before = await File.ReadAllTextAsync(folder["config/gantry/credentials.key"], TestContext.Current.CancellationToken);

        (await RunAsync("cred", "rotate")).Status.ShouldBe(0);

        (await File.ReadAllTextAsync(folder["config/gantry/credentials.key"], TestContext.Current.CancellationToken)).ShouldEndWith("\n" + before);
        (await RunAsync("cred", "get", "A", "--show")).Output.ShouldBe("b\n");
    }

    [Fact]
    public async Task A_login_is_tried_with_a_websites_credentials()
    {
        await using var server = await FtpServer.StartPyftpdlibAsync("p4ss", Engine.Endpoints.LoginTls.Explicit);
        await RunAsync("cred", "add", "--website", "shop", "--type", "FTP_PASSWORD", "--value", "p4ss");
        var port = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] test = ["cred", "test", "--website", "shop", "--host", "127.0.0.1", "--port", port, "--ca-file", server.CertificateFile];

        var nobody = await RunAsync(test);
        await RunAsync("cred", "add", "--website", "shop", "--type", "FTP_USERNAME", "--value", "user");
        var good = await RunAsync(test);
        await RunAsync("cred", "add", "--website", "shop", "--type", "FTP_PASSWORD", "--value", "wr0ng");
        var wrong = await RunAsync([.. test, "--json"]);
        var missing = await RunAsync("cred", "test", "--website", "other", "--host", "127.0.0.1");

        nobody.Errors.ShouldContain("There is no SHOP_FTP_USERNAME");
        good.ToString().ShouldBe("status 0\nSigned in to 127.0.0.1 as 'user' by ftp.\n\n");
        wrong.Status.ShouldBe(3);
        JsonElement.Parse(wrong.Output).GetProperty("reason").GetString().ShouldBe("login_refused");
        wrong.ToString().ShouldNotContain("wr0ng");
        missing.ToString().ShouldContain("There is no credential 'OTHER_FTP_PASSWORD'");
    }

    [Fact]
    public async Task A_login_by_SSH_is_tried_with_a_key()
    {
        await using var server = await SshServer.StartAsync();
        await RunWithAsync(await File.ReadAllTextAsync(server.KeyFile, TestContext.Current.CancellationToken), "cred", "add", "--website", "shop", "--type", "SFTP_KEY", "--value", "-");
        await RunAsync("cred", "add", "--website", "shop", "--type", "SFTP_USERNAME", "--value", SshServer.User);

        var stranger = await RunAsync("cred", "test", "--website", "shop", "--host", "127.0.0.1", "--port", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--json");

        // The program's own known_hosts do not know the server: it is reached, and not trusted.
        stranger.Status.ShouldBe(3, stranger.ToString());
        JsonElement.Parse(stranger.Output).GetProperty("reason").GetString().ShouldBe("host_key");
    }

    [Fact]
    public async Task A_plan_and_a_copy_find_their_credentials_in_the_store_or_do_not_begin()
    {
        await RunAsync("cred", "add", "TOKEN=t0ken");
        folder.WriteFile("plan.yaml", """
            steps:
              - use: transfer.list
                with: {from: .}
              - use: http.get
                with:
                  url: http://127.0.0.1:1/
                  headers: {Authorization: "Bearer ${cred:TOKN}"}
            """);

        var run = await RunAsync("run", "plan.yaml");
        var copy = await RunAsync("copy", "nothing", "sftp://127.0.0.1:1/x", "--set", "password=${cred:TOKN}");

        run.Status.ShouldBe(1);
        run.ToString().ShouldContain("There is no credential 'TOKN' (plan.yaml:7:32). Did you mean 'TOKEN'?");
        run.ToString().ShouldNotContain("succeeded");
        copy.ToString().ShouldContain("There is no credential 'TOKN' (the setting 'password' of 'sftp://127.0.0.1:1/x'). Did you mean 'TOKEN'?");
    }

    private async Task HasMigratedValuesAsync()
    {
        var values = JsonElement.Parse((await RunAsync("cred", "list", "--json", "--show-values")).Output);
        values.EnumerateArray().Select(entry => $"{entry.GetProperty("name")}={entry.GetProperty("value")}").ShouldBe(
        [
            "SAMPLE_WEBSITE_FTP_PASSWORD=p4ss: 'word'", "SAMPLE_WEBSITE_FTP_USERNAME=bob", "SAMPLE_WEBSITE_OPENAI_API_KEY=sk-123",
            "SAMPLE_WEBSITE_SMTP_PASSWORD=two\nlines", "SAMPLE_WEBSITE_SMTP_USERNAME=mail",
        ]);
    }

    private async Task KillAtAsync(int change, params string[] arguments)
    {
        using SemaphoreSlim changed = new(0);
        using FileSystemWatcher watcher = new(folder.Path) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
        watcher.Created += (_, _) => changed.Release();
        watcher.Changed += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        using var process = Start(arguments);
        var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        for (var seen = 0; seen < change && !ended.IsCompleted; seen++)
        {
            await Task.WhenAny(ended, changed.WaitAsync(TestContext.Current.CancellationToken));
        }

        process.Kill();
        await ended;
    }

    private async Task<(int Status, string Said)> AtTerminalAsync(string[] answers, params string[] arguments)
    {
        var answer = await PythonPeer.AskAsync(Terminal, new { words = GantryProgram.CommandLine(arguments), variables, folder = folder.Path, answers });
        return (answer[0].GetInt32(), answer[1].GetString()!);
    }

    private Task<Ended> RunAsync(params string[] arguments) => RunWithAsync(null, arguments);

    private async Task<Ended> RunWithAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        return new(process.ExitCode, await output, await errors);
    }

    private System.Diagnostics.Process Start(string[] arguments)
    {
        var words = GantryProgram.CommandLine(arguments);
        return GantryProgram.Start(words[0], variables, [.. words.Skip(1)], folder.Path);
    }
}
