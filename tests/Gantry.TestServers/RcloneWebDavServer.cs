using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A folder of this machine behind WebDAV on 127.0.0.1, served by rclone.</summary>
public sealed class RcloneWebDavServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/rclone";

    private readonly TemporaryFolder folder;
    private readonly Process process;
    private int folders;

    private RcloneWebDavServer(TemporaryFolder folder, Process process, string url) => (this.folder, this.process, Url) = (folder, process, url);

    /// <summary>Without a '/' at its end.</summary>
    public string Url { get; }

    /// <summary>What it serves, on this machine.</summary>
    public string Path => folder.Path;

    public static Task<RcloneWebDavServer> StartAsync() => StartAsync([], "http://");

    /// <summary>With TLS, and a certificate that nobody vouches for but itself.</summary>
    public static async Task<(RcloneWebDavServer Server, TestCertificate Certificate)> StartSecuredAsync(TemporaryFolder own)
    {
        var certificate = TestCertificate.Make(own);
        return (await StartAsync(["--cert", certificate.File, "--key", certificate.KeyFile], "https://"), certificate);
    }

    private static async Task<RcloneWebDavServer> StartAsync(string[] arguments, string scheme)
    {
        SshServer.SkipOrFail(File.Exists(Program), "rclone is not installed (apt-get install rclone).");
        TemporaryFolder folder = new();
        var process = Process.Start(new ProcessStartInfo(Program, ["serve", "webdav", "--addr", "127.0.0.1:0", "--config", "/notfound", "--dir-cache-time", "0", .. arguments, folder.Path])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(scheme, StringComparison.Ordinal) is >= 0 and var start)
            {
                // What it says further is of no use, and may not fill the pipe.
                _ = process.StandardError.ReadToEndAsync();
                return new(folder, process, line[start..].Trim(' ', ']', '[', '/'));
            }
        }

        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
        throw new InvalidOperationException("rclone serves no WebDAV: it ended without saying where.");
    }

    /// <summary>An empty folder: its path at the server.</summary>
    public string NewFolder()
    {
        var name = Interlocked.Increment(ref folders).ToString(CultureInfo.InvariantCulture);
        folder.Folder(name);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }
}
