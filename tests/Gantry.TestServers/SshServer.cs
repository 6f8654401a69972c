using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Xunit;

namespace Gantry.TestServers;

/// <summary>
/// A real sshd on 127.0.0.1 with its own keys and configuration, in a folder of its own. It takes <see cref="KeyFile"/> as a login, can be
/// stopped, killed with all its sessions, started again on the same port, and given another host key.
/// </summary>
public sealed class SshServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";

    private readonly TemporaryFolder folder = new();
    private readonly string extraConfiguration;
    private Process? process;

    private SshServer(string extraConfiguration) => this.extraConfiguration = extraConfiguration;

    public int Port { get; } = LocalPort.Free();

    /// <summary>A private key that the server accepts.</summary>
    public string KeyFile => folder["login"];

    /// <summary>The current host key: "ssh-ed25519 AAAA…".</summary>
    public string HostKey => string.Join(' ', File.ReadAllText(folder["host.pub"]).Split(' ').Take(2));

    public string KnownHostsFile => folder["known_hosts"];

    /// <summary>A new empty folder on the server's machine, which is this one.</summary>
    public string NewFolder() => folder.Folder($"files-{Guid.CreateVersion7():N}");

    public static string User => Environment.UserName;

    /// <summary>Starts one. Without sshd on this machine the test is skipped; it fails when CI=true.</summary>
    /// <param name="extraConfiguration">Lines of sshd_config that come first, and so win; of MaxStartups the last line would.</param>
    public static async Task<SshServer> StartAsync(string extraConfiguration = "")
    {
        SkipOrFail(File.Exists(Program) && File.Exists("/usr/bin/ssh"), "sshd and ssh are not installed (apt-get install openssh-server).");
        var server = new SshServer(extraConfiguration);
        try
        {
            await server.MakeKeyAsync("login");
            await server.MakeKeyAsync("host");
            File.Copy(server.folder["login.pub"], server.folder["authorized_keys"]);
            server.TrustHostKey();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips the test where something is missing on a laptop; fails it in CI.</summary>
    public static void SkipOrFail(bool isThere, string what)
    {
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(what);
        }

        Assert.SkipUnless(isThere, what);
    }

    /// <summary>What opens this server: ssh without any configuration, and only this server in known_hosts.</summary>
    public EndpointContext Context(ISecretResolver? secrets = null) => new()
    {
        Secrets = secrets ?? new StoredSecrets(),
        SshConfigFile = null,
        KnownHostsFile = KnownHostsFile,
    };

    /// <summary>Settings of an endpoint on a folder of it, with the key.</summary>
    public EndpointSettings Settings(string path) => new EndpointSettings
    {
        Kind = "sftp",
        Values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["user"] = User,
            ["path"] = path,
            ["key_file"] = KeyFile,
        },
    };

    /// <summary>Starts it, at first or after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAgainAsync()
    {
        // Debian's sshd wants its empty folder, which only its own service makes.
        Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(folder["sshd_config"], Configuration());
        process = Process.Start(new ProcessStartInfo(Program)
        {
            ArgumentList = { "-D", "-e", "-f", folder["sshd_config"] },
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.StartsWith("Server listening", StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("sshd did not start: " + string.Join('\n', said));
    }

    /// <summary>Kills it with every session, as a power cut would.</summary>
    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        process = null;
    }

    /// <summary>Kills the sessions only: connections break, new ones are taken.</summary>
    public async Task CutAsync()
    {
        foreach (var child in await ChildrenAsync(process!.Id))
        {
            await RunAsync("/bin/kill", "-KILL", child.ToString(CultureInfo.InvariantCulture), allowsFailure: true);
        }
    }

    /// <summary>Gives it another host key at its next start; known_hosts still has the old one.</summary>
    public async Task ChangeHostKeyAsync()
    {
        File.Delete(folder["host"]);
        File.Delete(folder["host.pub"]);
        await MakeKeyAsync("host");
    }

    /// <summary>Puts the current host key, and no other, into known_hosts.</summary>
    public void TrustHostKey() => File.WriteAllText(KnownHostsFile, $"[127.0.0.1]:{Port} {HostKey}\n");

    /// <summary>Makes a further key that the server accepts as a login, and answers its path.</summary>
    public async Task<string> AddLoginKeyAsync(string name, string passphrase)
    {
        await MakeKeyAsync(name, passphrase);
        await File.AppendAllTextAsync(folder["authorized_keys"], await File.ReadAllTextAsync(folder[name + ".pub"]));
        return folder[name];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private static async Task<List<int>> ChildrenAsync(int id)
    {
        var children = new List<int>();
        foreach (var text in (await File.ReadAllTextAsync($"/proc/{id}/task/{id}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var child = int.Parse(text, CultureInfo.InvariantCulture);
            try
            {
                children.AddRange(await ChildrenAsync(child));
                children.Add(child);
            }
            catch (IOException)
            {
                // It has ended since its parent was asked.
            }
        }

        return children;
    }

    private static async Task RunAsync(string program, string first, string second, bool allowsFailure)
    {
        using var run = Process.Start(new ProcessStartInfo(program) { ArgumentList = { first, second }, RedirectStandardError = true, UseShellExecute = false })!;
        await run.WaitForExitAsync();
        if (run.ExitCode != 0 && !allowsFailure)
        {
            throw new InvalidOperationException($"{program} failed: {await run.StandardError.ReadToEndAsync()}");
        }
    }

    private string Configuration() =>
        $"""
        {extraConfiguration}
        Port {Port}
        ListenAddress 127.0.0.1
        HostKey {folder["host"]}
        PidFile none
        AuthorizedKeysFile {folder["authorized_keys"]}
        StrictModes no
        UsePAM no
        PermitRootLogin yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        {(extraConfiguration.Contains("MaxStartups", StringComparison.Ordinal) ? "" : "MaxStartups 100")}
        KexAlgorithms curve25519-sha256
        PrintMotd no
        # Bash reads ~/.bashrc for sshd, whatever that does and however long, unless another shell seems to be around it.
        SetEnv SHLVL=1
        {(extraConfiguration.Contains("Subsystem", StringComparison.Ordinal) ? "" : "Subsystem sftp /usr/lib/openssh/sftp-server")}

        """;

    private async Task MakeKeyAsync(string name, string passphrase = "")
    {
        using var keygen = Process.Start(new ProcessStartInfo("/usr/bin/ssh-keygen")
        {
            ArgumentList = { "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", folder[name] },
        })!;
        await keygen.WaitForExitAsync();
        Assert.Equal(0, keygen.ExitCode);
    }
}
