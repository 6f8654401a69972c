using System.Diagnostics;
using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>
/// The contract through ssh to an SSH server of another maker (golang.org/x/crypto/ssh and github.com/pkg/sftp, in rclone): with a password, and without OpenSSH's order,
/// limits and renaming.
/// </summary>
public sealed class OtherSftpServerContractSpecs(SharedOtherSftpServer shared) : EndpointContract, IClassFixture<SharedOtherSftpServer>
{
    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    protected override bool IsExact => false;

    protected override bool KeepsLinks => false;

    protected override bool GoesOn => false;

    [Fact]
    public async Task The_whole_server_is_a_place_like_any_of_its_folders()
    {
        await using var whole = (await shared.GetAsync()).Open("/");

        await whole.WriteAsync("at the top", new MemoryStream("text"u8.ToArray()), Options(4), Token);

        (await whole.ListAsync("", Token).ToListAsync(Token)).ShouldContain(entry => entry.Name == "at the top" && entry.Size == 4);
        await whole.DeleteFileAsync("at the top", Token);
        (await whole.FindAsync("at the top", Token)).ShouldBeNull();
    }

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var server = await shared.GetAsync();
        return server.Open("/" + server.NextFolder());
    }
}

public sealed class SharedOtherSftpServer() : SharedServer<OtherSftpServer>(OtherSftpServer.StartAsync);

/// <summary>Rclone as an SSH server on 127.0.0.1, of a folder that has empty folders.</summary>
public sealed class OtherSftpServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/rclone";
    private const string Password = "other pässword";

    // They are there before it starts: it remembers what a folder has, and need not be told to forget.
    private const int Folders = 1_000;

    private readonly TemporaryFolder folder = new();
    private readonly int port = LocalPort.Free();
    private Process? server;
    private int given;

    private OtherSftpServer()
    {
    }

    public static async Task<OtherSftpServer> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program) && File.Exists("/usr/bin/ssh"), "rclone and ssh are not installed (apt-get install rclone openssh-client).");
        OtherSftpServer started = new();
        await started.RunAsync();
        return started;
    }

    /// <summary>The name of one that nobody has used.</summary>
    public string NextFolder() => Interlocked.Increment(ref given).ToString(CultureInfo.InvariantCulture);

    public IEndpoint Open(string path) => new SftpKind().Open(
        new EndpointSettings
        {
            Kind = "sftp",
            Values = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = "127.0.0.1",
                ["port"] = port.ToString(CultureInfo.InvariantCulture),
                ["user"] = "someone",
                ["password"] = "${cred:OTHER}",
                ["path"] = path,
                ["host_key"] = string.Join(' ', File.ReadAllText(folder["host.pub"]).Split(' ').Take(2)),
            },
        },
        new EndpointContext { Secrets = new GivenSecrets(name => name == "OTHER" ? Password : null), SshConfigFile = null });

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        folder.Dispose();
    }

    private async Task RunAsync()
    {
        using (var keygen = Process.Start(new ProcessStartInfo("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder["host"]]) { UseShellExecute = false })!)
        {
            await keygen.WaitForExitAsync();
        }

        for (var number = 1; number <= Folders; number++)
        {
            folder.Folder($"files/{number}");
        }

        var start = new ProcessStartInfo(Program)
        {
            ArgumentList =
            {
                "serve", "sftp", "--addr", $"127.0.0.1:{port}", "--key", folder["host"], "--user", "someone", "--config", "/notfound", "--vfs-cache-mode", "off",

                // Its threads take what we write, and one that is ahead waits for those before it: on a busy machine longer than the second that it has otherwise.
                "--vfs-write-wait", "1m",
                folder["files"],
            },
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["RCLONE_PASS"] = Password;
        server = Process.Start(start)!;
        while (await server.StandardError.ReadLineAsync() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }

        _ = server.StandardError.ReadToEndAsync();
    }
}
