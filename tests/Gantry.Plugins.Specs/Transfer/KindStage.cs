using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Endpoints.S3;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Places of each kind by its name, at real servers, and short ways to fill, run and look at them.</summary>
internal sealed class KindStage(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<IAsyncDisposable> opened = [];

    /// <summary>Of each way to speak with a server one.</summary>
    public static TheoryData<string> Kinds => ["local", "sftp", "s3", "vsftpd", "pyftpdlib", "smb", "rclone"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<IEndpoint> OpenAsync(string kind, string name) => (await NewAsync(kind, name)).Open();

    /// <summary>An empty place, which may be opened several times, and where it is on this machine; null when it is no folder.</summary>
    public async Task<(Func<IEndpoint> Open, string? Path)> NewAsync(string kind, string name)
    {
        var (open, path) = kind switch
        {
            "sftp" => await NewAtSshAsync(),
            "vsftpd" => await NewAtFtpAsync(FtpMake.Vsftpd),
            "pyftpdlib" => await NewAtFtpAsync(FtpMake.Pyftpdlib),
            "smb" => await NewShareAsync(),
            "rclone" => NewRemote(name),
            "s3" => await NewBucketAsync(),
            _ => (() => new LocalKind().Open(new LocalKind().Parse(folder.Folder(name))!, S3Server.Context()), folder.Folder(name)),
        };
        return (Open, path);

        IEndpoint Open()
        {
            var endpoint = open();
            opened.Add(endpoint);
            return endpoint;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in opened)
        {
            await endpoint.DisposeAsync();
        }

        folder.Dispose();
    }

    public static Task<TransferResult> RunAsync(
        IEndpoint source, IEndpoint target, TransferMode mode = TransferMode.Copy, Func<TransferRequest, TransferRequest>? change = null, CancellationToken? token = null)
    {
        var request = new TransferRequest { Sources = [new TransferSource { Endpoint = source }], Target = new TransferTarget { Endpoint = target }, Mode = mode };
        return new TransferRunner(change?.Invoke(request) ?? request).RunAsync(token ?? Token);
    }

    public static async Task PutAsync(IEndpoint endpoint, string path, string text, DateTimeOffset time)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (!endpoint.Capabilities.FoldersAreImplied)
        {
            await endpoint.CreateFolderAsync(EndpointPath.ParentOf(path), Token);
        }

        using var content = new MemoryStream(bytes);
        await endpoint.WriteAsync(
            path,
            content,
            new WriteOptions { PartialName = PartialName.Of("x", null, null, Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)), Length = bytes.Length, ModifiedAt = time },
            Token);
    }

    public static async Task<IReadOnlyList<string>> TreeAsync(IEndpoint endpoint, string folder = "")
    {
        List<string> files = [];
        await foreach (var entry in endpoint.ListAsync(folder, Token))
        {
            var path = EndpointPath.Join(folder, entry.Name);
            if (entry.Kind == EntryKind.Folder)
            {
                files.AddRange(await TreeAsync(endpoint, path));
                continue;
            }

            await using var stream = await endpoint.OpenReadAsync(path, 0, entry.Size, Token);
            using var reader = new StreamReader(stream);
            files.Add($"{path}={await reader.ReadToEndAsync(Token)}");
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private async Task<(Func<IEndpoint> Open, string? Path)> NewAtFtpAsync(FtpMake make)
    {
        var place = await ftp.GetAsync(make);
        var (path, atServer) = place.NewFolder();
        return (() => place.Open(atServer), path);
    }

    private async Task<(Func<IEndpoint> Open, string? Path)> NewAtSshAsync()
    {
        var server = await ssh.GetAsync();
        var path = server.NewFolder();
        return (() => new SftpKind().Open(server.Settings(path), server.Context()), path);
    }

    private async Task<(Func<IEndpoint> Open, string? Path)> NewShareAsync()
    {
        var server = await samba.GetAsync();
        var name = server.NewFolder();
        return (() => new SmbKind().Open(server.Settings($"share/{name}"), server.Context()), Path.Combine(server.PathOf("share"), name));
    }

    private async Task<(Func<IEndpoint> Open, string? Path)> NewBucketAsync()
    {
        var settings = await (await s3.FauxqsAsync()).NewBucketAsync();
        return (() => new S3Kind().Open(settings, S3Server.Context()), null);
    }

    private (Func<IEndpoint> Open, string? Path) NewRemote(string name)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        folder.WriteFile("rclone.conf", $"[{name}]\ntype = alias\nremote = {folder.Folder(name)}\n");
        RcloneKind kind = new();
        return (
            () => kind.Open(kind.Parse($"rclone:{name}:")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] }),
            folder[name]);
    }
}
