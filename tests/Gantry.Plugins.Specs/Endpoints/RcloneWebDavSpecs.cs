using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract on rclone's WebDAV client, which keeps no times; the server is another rclone.</summary>
public sealed class RcloneWebDavContractSpecs(SharedWebDavServer shared) : EndpointContract
{
    private const int FilesMany = 10;
    private readonly TemporaryFolder folder = new();

    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    /// <summary>Rclone asks a WebDAV server at most a hundred times a second, and ten times about a file: each of a thousand takes a tenth of a second.</summary>
    protected override int Many(int count) => Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? count : FilesMany;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var server = await shared.GetAsync();
        var endpoint = RcloneWebDavSpecs.Open(folder, server.Url, server.NewFolder());

        // What it can do is known once it was asked.
        await ((IConnects)endpoint).Connecting;
        return endpoint;
    }
}

/// <summary>An upload that the system behind rclone refuses is a failure, and never a file that arrived.</summary>
public sealed class RcloneWebDavSpecs(SharedWebDavServer shared) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(507, 4_000, EndpointError.NoSpace)]
    [InlineData(507, 3_000_000, EndpointError.NoSpace)]
    [InlineData(403, 4_000, EndpointError.PermissionDenied)]
    [InlineData(500, 4_000, EndpointError.Other)]
    public async Task An_upload_that_is_refused_at_its_end_is_not_counted_as_moved(int status, int size, EndpointError error)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        await using var server = await WebDavServer.StartRefusingAsync(status);
        folder.WriteFile("from/file", new string('x', size));
        await using var target = Open(folder, server.Url.ToString());
        var request = new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = new LocalEndpoint(folder["from"], allowedRoots: null) }],
            Target = new TransferTarget { Endpoint = target },
            Mode = TransferMode.Move,
            Retries = 0,
        };

        var result = await new TransferRunner(request).RunAsync(Token);

        (result.IsSuccess, result.Copied).ShouldBe((false, 0));
        server.Uploads.ShouldBeGreaterThan(0);
        File.Exists(folder["from/file"]).ShouldBeTrue();
        var failure = await Should.ThrowAsync<EndpointException>(() => target.WriteAsync(
            "file", new MemoryStream(new byte[size]), new WriteOptions { PartialName = PartialName.Of("file", size, null, "refused1"), Length = size }, Token).AsTask());
        failure.Error.ShouldBe(error, failure.Message);
    }

    /// <summary>Rclone 1.60 asks for "/./a:b" in place of "/a:b".</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_name_with_a_colon_at_the_top_of_a_remote_is_refused_and_others_are_not()
    {
        var server = await shared.GetAsync();
        await using var endpoint = Open(folder, server.Url);
        var top = server.NewFolder();

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.CreateFolderAsync("a:b", Token));
        await endpoint.CreateFolderAsync($"{top}/a:b", Token);

        failure.IsTransient.ShouldBeFalse();
        Directory.Exists(Path.Combine(server.Path, "a:b")).ShouldBeFalse();
        Directory.Exists(Path.Combine(server.Path, top, "a:b")).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_is_trusted_by_the_authority_that_a_setting_names_and_by_no_other()
    {
        var (server, certificate) = await RcloneWebDavServer.StartSecuredAsync(folder);
        await using var owned = server;
        await File.WriteAllTextAsync(Path.Combine(server.Path, "file"), "x", Token);
        EndpointContext own = new() { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = "" };
        var kind = new RcloneKind();
        var settings = kind.Parse($"rclone::webdav,url='{server.Url}',vendor=other:")!;

        await using var trusting = kind.Open(settings.With("ca_file", certificate.File), own);
        await using var stranger = kind.Open(settings, own);
        var hub = Should.Throw<EndpointException>(() => kind.Open(settings.With("ca_file", certificate.File), own with { LocalRoots = [] }));

        (await trusting.FindAsync("file", Token))!.Size.ShouldBe(1);
        var failure = await Should.ThrowAsync<EndpointException>(async () => await stranger.FindAsync("file", Token));
        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, false), failure.Message);
        failure.Message.ShouldContain("ca_file");
        hub.Error.ShouldBe(EndpointError.BadSetting);
    }

    public void Dispose() => folder.Dispose();

    internal static IEndpoint Open(TemporaryFolder folder, string url, string path = "")
    {
        folder.WriteFile("rclone.conf", $"[dav]\ntype = webdav\nurl = {url}\nvendor = other\n");
        var kind = new RcloneKind();
        return kind.Open(kind.Parse($"rclone:dav:{path}")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] });
    }
}
