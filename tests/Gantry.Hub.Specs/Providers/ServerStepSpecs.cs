using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Providers;

/// <summary>A hub whose administrator allowed one program.</summary>
public sealed class ProgramHub(TestPostgres postgres) : IAsyncLifetime
{
    public HubFixture Hub { get; } = new(postgres) { Variables = { ["GANTRY_PROGRAMS_ALLOW"] = "/usr/bin/printf" } };

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

/// <summary>Steps of plans that a running hub performs at other servers and programs, with credentials of its vault.</summary>
public sealed class ServerStepSpecs(ProgramHub programs) : IClassFixture<ProgramHub>, IDisposable
{
    private readonly HubFixture hub = programs.Hub;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_command_is_run_on_a_server_with_a_key_of_the_vault_and_a_secret_it_repeats_is_hidden()
    {
        await using var server = await SshServer.StartAsync();
        var (key, word) = (await StoreAsync(await File.ReadAllTextAsync(server.KeyFile)), await StoreAsync("p4ss-word-of-the-step"));
        object With(object command, string? hostKey = null) => new { host = "127.0.0.1", port = server.Port, user = SshServer.User, key = $"${{cred:{key}}}", host_key = hostKey ?? server.HostKey, command };

        var ran = await RunAsync("ssh.exec", With(new[] { "printf", "[%s]", "a b", "$(id)" }));
        var told = await RunAsync("ssh.exec", new { host = "127.0.0.1", port = server.Port, user = SshServer.User, key = $"${{cred:{key}}}", host_key = server.HostKey, command = "cat; exit 3", input = $"${{cred:{word}}}" });
        var other = await RunAsync("ssh.exec", With("true", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"));

        ran.GetProperty("output").GetProperty("stdout").GetString().ShouldBe("[a b][$(id)]", ran.GetRawText());
        told.GetProperty("status").GetString().ShouldBe("failed");
        told.GetRawText().ShouldNotContain("p4ss-word-of-the-step");
        other.GetProperty("status").GetString().ShouldBe("failed");
        other.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("key");
    }

    [Fact]
    public async Task Files_go_from_a_saved_endpoint_to_a_server_and_back()
    {
        await using var ssh = await SshServer.StartAsync();
        await using var ftp = await FtpServer.StartPyftpdlibAsync("p4ss-word", LoginTls.None, folder.Folder("served"));
        var (key, word) = (await StoreAsync(await File.ReadAllTextAsync(ssh.KeyFile)), await StoreAsync("p4ss-word"));
        var place = HubFixture.NewName("place");
        await hub.SaveFoldersAsync((place, folder.Folder("here")));
        folder.WriteFile("here/out/a b.txt", "content");

        foreach (var (kind, root, login) in new (string, string, Dictionary<string, object>)[]
        {
            ("sftp", ssh.NewFolder(), new() { ["host"] = "127.0.0.1", ["port"] = ssh.Port, ["user"] = SshServer.User, ["key"] = $"${{cred:{key}}}", ["host_key"] = ssh.HostKey }),
            ("ftp", "", new() { ["host"] = "127.0.0.1", ["port"] = ftp.Port, ["user"] = "user", ["password"] = $"${{cred:{word}}}" }),
        })
        {
            var sent = await RunAsync($"{kind}.upload", new Dictionary<string, object>(login) { ["from"] = $"{place}:out", ["path"] = $"{root}/in" });
            var listed = await RunAsync($"{kind}.list", new Dictionary<string, object>(login) { ["path"] = $"{root}/in" });
            var fetched = await RunAsync($"{kind}.download", new Dictionary<string, object>(login) { ["path"] = $"{root}/in", ["to"] = $"{place}:back-{kind}" });

            sent.GetProperty("output").GetProperty("copied").GetInt32().ShouldBe(1, sent.GetRawText());
            listed.GetProperty("output").GetProperty("files")[0].GetProperty("path").GetString().ShouldBe("a b.txt");
            fetched.GetProperty("status").GetString().ShouldBe("succeeded", fetched.GetRawText());
            (await File.ReadAllTextAsync(folder[$"here/back-{kind}/a b.txt"])).ShouldBe("content");
        }
    }

    [Theory]
    [InlineData("/usr/bin/printf", "succeeded", "[a b; $(id)]")]
    [InlineData("/usr/bin/env", "failed", "GANTRY_PROGRAMS_ALLOW")]
    [InlineData("/usr/bin/../bin/printf", "failed", "may not be run")]
    [InlineData("printf", "failed", "absolute path")]
    [InlineData("/usr/bin/printf\u0000", "failed", "")]
    public async Task Only_programs_that_the_administrator_allowed_are_run(string program, string status, string part)
    {
        var ran = await RunAsync("command.run", new { program, arguments = new[] { "[%s]", "a b; $(id)" } });

        ran.GetProperty("status").GetString().ShouldBe(status, ran.GetRawText());
        JsonElement.Parse(ran.GetRawText()).ToString().ShouldContain(part);
    }

    [Fact]
    public async Task A_hub_is_a_server_of_the_Model_Context_Protocol_to_a_step_with_an_API_key()
    {
        var plan = HubFixture.NewName("greets");
        using (var saved = await hub.Admin.PostAsJsonAsync("/api/plans", new { name = plan, inputs = new { who = "string" }, steps = new[] { new { use = "logic.transform", with = new { value = "Hello ${input.who}" } } } }))
            saved.EnsureSuccessStatusCode();
        var secret = await KeyAsync("write");
        var readOnly = await KeyAsync("read");
        var url = hub.Server.Address.TrimEnd('/') + "/api/mcp";
        Task<JsonElement> CallAsync(string key) => RunAsync("mcp.call_tool", new { url, bearer = $"${{cred:{key}}}", tool = $"plan__{plan}", input = new { who = "Ada" } });

        var tools = await RunAsync("mcp.list_tools", new { url, bearer = $"${{cred:{await StoreAsync(secret)}}}" });
        var called = await CallAsync(await StoreAsync(secret));
        var refused = await CallAsync(await StoreAsync(readOnly));
        var stranger = await CallAsync(await StoreAsync(secret[..^4] + "AAAA"));

        tools.GetProperty("status").GetString().ShouldBe("succeeded", tools.GetRawText());
        called.GetRawText().ShouldContain("Hello Ada");
        refused.GetProperty("status").GetString().ShouldBe("failed", refused.GetRawText());
        stranger.GetProperty("status").GetString().ShouldBe("failed", stranger.GetRawText());
        foreach (var shown in (JsonElement[])[tools, called, refused, stranger]) shown.GetRawText().ShouldNotContain(secret[^20..]);
    }

    private async Task<string> KeyAsync(string scope)
    {
        using var made = await hub.Admin.PostAsJsonAsync("/api/api-keys", new { name = HubFixture.NewName("mcp"), scopes = new[] { scope } });
        made.EnsureSuccessStatusCode();
        return (await made.ReadJsonAsync()).GetProperty("key").GetString()!;
    }

    /// <summary>The name under which it is stored.</summary>
    private async Task<string> StoreAsync(string value)
    {
        var name = HubFixture.NewName("SECRET").Replace('-', '_');
        using var stored = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value, scope = "workspace" });
        stored.StatusCode.ShouldBe(HttpStatusCode.Created, await stored.Content.ReadAsStringAsync());
        return name;
    }

    private async Task<JsonElement> RunAsync(string use, object with)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new { plan = new { steps = new[] { new { use, with } } } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }
}
