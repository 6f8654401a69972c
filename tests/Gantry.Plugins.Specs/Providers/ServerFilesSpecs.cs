using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Files of a server that is named by its host, to it and from it.</summary>
public sealed class ServerFilesSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ProviderStage stage = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ftp")]
    [InlineData("sftp")]
    public async Task Files_go_to_a_server_and_come_back(string kind)
    {
        await using var server = await ServerAsync(kind);
        folder.WriteFile("out/a b.txt", "a");
        folder.WriteFile("out/deep/c#?.txt", "cc");

        var sent = await server.RunAsync("upload", new { from = folder["out"], path = server.Path("in") });
        var one = await server.RunAsync("upload", new { from = folder["out/a b.txt"], path = server.Path("in/renamed.txt") });
        var listed = await server.RunAsync("list", new { path = server.Path("in"), recursive = true });
        var fetched = await server.RunAsync("download", new { path = server.Path("in"), to = folder["back"], include = new[] { "*.txt" } });
        var again = await server.RunAsync("download", new { path = server.Path("in/deep/c#?.txt"), to = folder["single.txt"] });

        foreach (var outcome in new[] { sent, one, listed, fetched, again })
        {
            outcome.Error.ShouldBeNull();
        }

        sent.Output!.Value.GetProperty("copied").GetInt32().ShouldBe(2);
        listed.Output!.Value.GetProperty("files").EnumerateArray().Where(file => file.GetProperty("kind").GetString() == "file").Select(file => file.GetProperty("path").GetString())
            .Order(StringComparer.Ordinal).ShouldBe(["a b.txt", "deep/c#?.txt", "renamed.txt"]);
        File.ReadAllText(folder["back/deep/c#?.txt"]).ShouldBe("cc");
        File.ReadAllText(folder["back/renamed.txt"]).ShouldBe("a");
        File.ReadAllText(folder["single.txt"]).ShouldBe("cc");
    }

    [Fact]
    public async Task A_path_without_a_slash_is_below_the_login_s_folder()
    {
        await using var server = await ServerAsync("ftp");
        folder.WriteFile("a.txt", "a");

        (await server.RunAsync("upload", new { from = folder["a.txt"], path = "at-home.txt" })).Error.ShouldBeNull();

        var listed = await server.RunAsync("list", new { });
        listed.Output!.Value.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()).ShouldContain("at-home.txt");
    }

    [Theory]
    [InlineData("""{"path":"../x","to":"/tmp/x"}""", "'..'")]
    [InlineData("""{"path":"/x","to":"/tmp/x","host":"a b"}""", "host")]
    [InlineData("""{"path":"/x","to":"/tmp/x","mode":"other"}""", "mode")]
    public async Task What_is_no_place_on_a_server_is_refused(string parameters, string message)
    {
        await using var server = await ServerAsync("ftp");
        var text = "";
        try
        {
            text = (await server.RunAsync("download", JsonElement.Parse(parameters))).Error!.Message;
        }
        catch (InvalidOperationException findings)
        {
            text = findings.Message;
        }

        text.ShouldContain(message);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_without_being_told()
    {
        await using var server = await ServerAsync("ftp");
        stage.Secrets["LOGIN"] = "wrong-secret-word";

        var outcome = await server.RunAsync("list", new { });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
        outcome.Error.Message.ShouldNotContain("wrong-secret-word");
    }

    private async Task<Peer> ServerAsync(string kind)
    {
        stage.Secrets["LOGIN"] = "p4ss-word";
        if (kind == "ftp")
        {
            var server = await FtpServer.StartPyftpdlibAsync("p4ss-word", LoginTls.None, folder.Folder("served"));
            stage.Endpoints = new Opener(new EndpointContext { Secrets = stage.Resolver });
            return new Peer(stage, kind, "/", new { host = "127.0.0.1", port = server.Port, user = "user", password = "${cred:LOGIN}" }, server);
        }

        var ssh = await SshServer.StartAsync();
        stage.Endpoints = new Opener(ssh.Context(stage.Resolver));
        return new Peer(stage, kind, folder.Folder("served") + "/", new { host = "127.0.0.1", port = ssh.Port, user = SshServer.User, key_file = ssh.KeyFile }, ssh);
    }

    private sealed class Peer(ProviderStage stage, string kind, string root, object login, IAsyncDisposable server) : IAsyncDisposable
    {
        public string Path(string path) => root + path;

        public Task<PlanOutcome> RunAsync(string action, object parameters) =>
            stage.RunAsync($"{kind}.{action}", ProviderStage.Parameters(login, parameters), cancellationToken: TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }

    private sealed class Opener(EndpointContext context) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            ValueTask.FromResult(AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, context));

        public ValueTask<IEndpoint> OpenAsync(EndpointSettings settings, CancellationToken cancellationToken) => ValueTask.FromResult(AllPlugins.Endpoints.Open(settings, context));
    }
}
