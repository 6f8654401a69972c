using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract on rclone's WebDAV client, which keeps no times; the server is another rclone.</summary>
public sealed class RcloneWebDavContractSpecs : EndpointContract
{
    private readonly TemporaryFolder folder = new();
    private Process? server;

    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (server is not null)
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
            server.Dispose();
        }

        folder.Dispose();
    }

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        // Each file is several requests of rclone's, one after the other: the thousands of the contract take minutes.
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "The whole contract over WebDAV takes minutes: ./test --slow.");
        const string Program = "/usr/bin/rclone";
        SshServer.SkipOrFail(File.Exists(Program), "rclone is not installed (apt-get install rclone).");
        server = Process.Start(new ProcessStartInfo(Program)
        {
            ArgumentList = { "serve", "webdav", "--addr", "127.0.0.1:0", "--config", "/notfound", folder.Folder("files") },
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        string? url = null;
        while (url is null && await server.StandardError.ReadLineAsync(Token) is { } line)
        {
            var start = line.IndexOf("http://", StringComparison.Ordinal);
            url = start < 0 ? null : line[start..].Trim(' ', ']', '[', '/');
        }

        _ = server.StandardError.ReadToEndAsync(CancellationToken.None);
        var endpoint = RcloneWebDavSpecs.Open(folder, url!);

        // What it can do is known once it was asked.
        await ((IConnects)endpoint).Connecting;
        return endpoint;
    }
}

/// <summary>An upload that the system behind rclone refuses is a failure, and never a file that arrived.</summary>
public sealed class RcloneWebDavSpecs : IDisposable
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

    public void Dispose() => folder.Dispose();

    internal static IEndpoint Open(TemporaryFolder folder, string url)
    {
        folder.WriteFile("rclone.conf", $"[dav]\ntype = webdav\nurl = {url}\nvendor = other\n");
        var kind = new RcloneKind();
        return kind.Open(kind.Parse("rclone:dav:")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] });
    }
}
