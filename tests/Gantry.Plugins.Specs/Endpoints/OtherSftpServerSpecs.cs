using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>
/// The contract through ssh to an SSH server of another maker (golang.org/x/crypto/ssh and github.com/pkg/sftp, in rclone): with a password, and without OpenSSH's order,
/// limits and renaming.
/// </summary>
public sealed class OtherSftpServerContractSpecs : EndpointContract
{
    private const string Program = "/usr/bin/rclone";
    private readonly TemporaryFolder folder = new();
    private Process? server;

    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    protected override bool IsExact => false;

    protected override bool KeepsLinks => false;

    protected override bool GoesOn => false;

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
        SshServer.SkipOrFail(File.Exists(Program) && File.Exists("/usr/bin/ssh"), "rclone and ssh are not installed (apt-get install rclone openssh-client).");
        using (var keygen = Process.Start(new ProcessStartInfo("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder["host"]]) { UseShellExecute = false })!)
        {
            await keygen.WaitForExitAsync(Token);
        }

        var port = LocalPort.Free();
        var start = new ProcessStartInfo(Program)
        {
            ArgumentList =
            {
                "serve", "sftp", "--addr", $"127.0.0.1:{port}", "--key", folder["host"], "--user", "someone", "--config", "/notfound", "--vfs-cache-mode", "off", folder.Folder("files"),
            },
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["RCLONE_PASS"] = "other pässword";
        server = Process.Start(start)!;
        while (await server.StandardError.ReadLineAsync(Token) is { } line && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }

        _ = server.StandardError.ReadToEndAsync(CancellationToken.None);
        return new SftpKind().Open(
            new EndpointSettings
            {
                Kind = "sftp",
                Values = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["host"] = "127.0.0.1",
                    ["port"] = port.ToString(CultureInfo.InvariantCulture),
                    ["user"] = "someone",
                    ["password"] = "${cred:OTHER}",
                    ["path"] = "/",
                    ["host_key"] = string.Join(' ', (await File.ReadAllTextAsync(folder["host.pub"], Token)).Split(' ').Take(2)),
                },
            },
            new EndpointContext { Secrets = new GivenSecrets(name => name == "OTHER" ? "other pässword" : null), SshConfigFile = null });
    }
}
