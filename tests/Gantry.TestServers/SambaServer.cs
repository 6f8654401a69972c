using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>
/// A real smbd on 127.0.0.1 with its own configuration, users and state, in a folder of its own. Its shares are 'share', 'Exact' (which tells upper from lower case),
/// 'readonly' and 'small'; its only user is the one it runs as.
/// </summary>
public sealed class SambaServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/smbd";

    private readonly TemporaryFolder folder = new();
    private TimeSpan clockOff;
    private string[] lines = [];
    private Process? process;

    private SambaServer()
    {
    }

    public int Port { get; } = LocalPort.Free();

    public static string User => Environment.UserName;

    public static string Workgroup => "GANTRYTEST";

    public string Password { get; } = "pä ss'wörd\"$x;" + Guid.CreateVersion7().ToString("N")[^6..];

    /// <param name="clockOff">How far its clock is from this machine's.</param>
    /// <param name="lines">Further ones for all of its shares.</param>
    public static async Task<SambaServer> StartAsync(TimeSpan clockOff = default, params string[] lines)
    {
        SshServer.SkipOrFail(File.Exists(Program), "smbd is not installed (apt-get install samba).");
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        SambaServer server = new() { clockOff = clockOff, lines = lines };
        try
        {
            foreach (var name in (string[])["private", "state", "cache", "lock", "run", "share", "exact", "readonly", "small"])
            {
                server.folder.Folder(name);
            }

            server.folder.WriteFile("readonly/there.txt", "there");
            server.folder.WriteFile("smb.conf", server.Configuration());
            await server.AddUserAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The folder behind a share, on this machine.</summary>
    public string PathOf(string share) => folder[share];

    /// <summary>A new empty folder on a share: its name.</summary>
    public string NewFolder(string share = "share")
    {
        var name = $"files-{Guid.CreateVersion7():N}";
        folder.Folder($"{share.ToLowerInvariant()}/{name}");
        return name;
    }

    /// <summary>Settings of an endpoint: 'share/folder'. The password is ${cred:SMB}.</summary>
    public EndpointSettings Settings(string path) => new()
    {
        Kind = "smb",
        Values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["user"] = User,
            ["password"] = "${cred:SMB}",
            ["path"] = path,
        },
    };

    /// <summary>With the password, and another one as ${cred:WRONG}.</summary>
    public EndpointContext Context() => new()
    {
        Secrets = new GivenSecrets(name => name == "SMB" ? Password : name == "WRONG" ? "wrong" : null),
    };

    /// <summary>Starts it, at first or after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAgainAsync()
    {
        ProcessStartInfo start = new(Program)
        {
            ArgumentList = { "--foreground", "--no-process-group", "--configfile", folder["smb.conf"], "--debug-stdout" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        OtherClock.Set(start, clockOff);
        process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        var said = process.StandardError.ReadToEndAsync();
        if (!await LocalPort.OpensAsync(Port, process))
        {
            throw new InvalidOperationException("smbd did not start: " + await said);
        }
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

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private async Task AddUserAsync()
    {
        using var adding = Process.Start(new ProcessStartInfo("/usr/bin/pdbedit")
        {
            ArgumentList = { "--configfile", folder["smb.conf"], "--create", "--password-from-stdin", "--user", User },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        await adding.StandardInput.WriteAsync($"{Password}\n{Password}\n");
        adding.StandardInput.Close();
        var said = adding.StandardError.ReadToEndAsync();
        _ = await adding.StandardOutput.ReadToEndAsync();
        await adding.WaitForExitAsync();
        if (adding.ExitCode != 0)
        {
            throw new InvalidOperationException("pdbedit: " + await said);
        }
    }

    private string Configuration() =>
        $"""
        [global]
        server role = standalone server
        workgroup = {Workgroup}
        netbios name = GANTRYSMB
        interfaces = 127.0.0.1/8
        bind interfaces only = yes
        smb ports = {Port}
        private dir = {folder["private"]}
        state directory = {folder["state"]}
        cache directory = {folder["cache"]}
        lock directory = {folder["lock"]}
        pid directory = {folder["run"]}
        ncalrpc dir = {folder["run/ncalrpc"]}
        passdb backend = tdbsam:{folder["private/passdb.tdb"]}
        log file = {folder["log"]}
        disable netbios = yes
        disable spoolss = yes
        load printers = no
        map to guest = never
        server min protocol = SMB2
        max log size = 1000
        {string.Join('\n', lines)}

        [share]
        path = {folder["share"]}
        read only = no

        [Exact]
        path = {folder["exact"]}
        read only = no
        case sensitive = yes

        [readonly]
        path = {folder["readonly"]}
        read only = yes

        [small]
        path = {folder["small"]}
        read only = no

        """;
}
