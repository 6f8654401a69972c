using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedFtpServers))]

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One server of each make and protection for all tests that neither stop nor change it.</summary>
public sealed class SharedFtpServers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<FtpMake, SharedServer<FtpPlace>> places = new();

    public Task<FtpPlace> GetAsync(FtpMake make) => places.GetOrAdd(make, _ => new(() => FtpPlace.StartAsync(make))).GetAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var place in places.Values)
        {
            await place.DisposeAsync();
        }
    }
}

public enum FtpMake
{
    Vsftpd,
    VsftpdExplicit,
    VsftpdImplicit,
    Pyftpdlib,
    PyftpdlibExplicit,
    Proftpd,
    PureFtpd,
}

/// <summary>A real server, the one who may log in there, and folders of his.</summary>
public sealed class FtpPlace : IAsyncDisposable
{
    private const string Password = "p4ss wörd%s";
    private readonly SystemUser? user;
    private readonly TemporaryFolder folder;
    private int folders;

    private FtpPlace(FtpMake make, FtpServer server, SystemUser? user, TemporaryFolder folder) => (Make, Server, this.user, this.folder) = (make, server, user, folder);

    public FtpMake Make { get; }

    public FtpServer Server { get; }

    public static Task<FtpPlace> StartAsync(FtpMake make, params string[] lines) => StartAsync(make, TimeSpan.Zero, lines);

    /// <param name="make">Which server.</param>
    /// <param name="clockOff">How far its clock is from this machine's; not for all of them.</param>
    /// <param name="lines">Further ones of its configuration.</param>
    public static async Task<FtpPlace> StartAsync(FtpMake make, TimeSpan clockOff, params string[] lines)
    {
        TemporaryFolder folder = new();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        var user = make is FtpMake.Pyftpdlib or FtpMake.PyftpdlibExplicit or FtpMake.Proftpd ? null : await SystemUser.CreateAsync("p4ss word%s");
        var server = make switch
        {
            FtpMake.Vsftpd => await FtpServer.StartVsftpdAsync(LoginTls.None, clockOff, lines),
            FtpMake.VsftpdExplicit => await FtpServer.StartVsftpdAsync(LoginTls.Explicit, clockOff, ["require_ssl_reuse=YES", "ssl_ciphers=HIGH", .. lines]),
            FtpMake.VsftpdImplicit => await FtpServer.StartVsftpdAsync(LoginTls.Implicit, clockOff, ["require_ssl_reuse=YES", "ssl_ciphers=HIGH", .. lines]),
            FtpMake.Pyftpdlib => await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None, folder.Path, clockOff),
            FtpMake.PyftpdlibExplicit => await FtpServer.StartPyftpdlibAsync(Password, LoginTls.Explicit, folder.Path, clockOff),
            FtpMake.Proftpd => await FtpServer.StartProftpdAsync(Password, folder.Path, clockOff, lines),
            _ => await FtpServer.StartPureFtpdAsync(lines),
        };
        return new(make, server, user, folder);
    }

    /// <summary>An empty folder on this machine, and its path at the server.</summary>
    public (string Path, string AtServer) NewFolder()
    {
        var name = Interlocked.Increment(ref folders).ToString(CultureInfo.InvariantCulture);
        var path = folder.Folder(name);
        if (user is not null || Make == FtpMake.Proftpd)
        {
            using var owning = Process.Start(new ProcessStartInfo("/bin/chown", [user?.Name ?? "65534:65534", path]) { UseShellExecute = false })!;
            owning.WaitForExit();
        }

        return (path, Make is FtpMake.Pyftpdlib or FtpMake.PyftpdlibExplicit ? "/" + name : path);
    }

    public EndpointSettings Settings(string atServer, params (string Name, string Value)[] others)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "127.0.0.1",
            ["port"] = Server.Port.ToString(CultureInfo.InvariantCulture),
            ["user"] = user?.Name ?? "user",
            ["password"] = "${cred:password}",
            ["path"] = atServer,
        };
        if (Make is FtpMake.VsftpdExplicit or FtpMake.VsftpdImplicit or FtpMake.PyftpdlibExplicit)
        {
            values["ca_file"] = Server.CertificateFile;
            values["tls"] = Make == FtpMake.VsftpdImplicit ? "implicit" : "explicit";
        }

        foreach (var (name, value) in others)
        {
            values[name] = value;
        }

        return new() { Kind = "ftp", Values = values };
    }

    public EndpointContext Context(Action<string>? notice = null) => new()
    {
        Secrets = new GivenSecrets(_ => user?.Password ?? Password),
        Notice = notice ?? (_ => { }),
    };

    public IEndpoint Open(string atServer, params (string Name, string Value)[] others) => FtpKind.Ftp.Open(Settings(atServer, others), Context());

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        user?.Dispose();
        folder.Dispose();
    }
}
