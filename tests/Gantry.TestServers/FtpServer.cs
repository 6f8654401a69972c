using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>A real FTP server on 127.0.0.1, with a certificate of its own: vsftpd, which knows this machine's users, or pyftpdlib, which is given one.</summary>
public sealed class FtpServer : IAsyncDisposable
{
    private const string Script = """
        import sys
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
        from pyftpdlib.servers import FTPServer
        port, tls, folder, certificate = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
        class Handler(TLS_FTPHandler if tls != "None" else FTPHandler):
            pass
        if tls != "None":
            Handler.certfile = certificate
            Handler.tls_control_required = tls == "Explicit"
        Handler.authorizer = DummyAuthorizer()
        Handler.authorizer.add_user("user", sys.stdin.readline().rstrip("\n"), folder, perm="elradfmwMT")
        Handler.banner = "Welcome\r\n 220 this is no end\r\n221 nor is this\r\nto the server, which greets in more lines than others do, and in many words"
        server = FTPServer(("127.0.0.1", port), Handler)
        server.serve_forever()
        """;

    private readonly TemporaryFolder folder = new();
    private TimeSpan clockOff;
    private ProcessStartInfo? start;
    private string? password;
    private Process? process;

    public int Port { get; } = LocalPort.Free();

    /// <summary>The certificate that the server shows, as PEM: whoever trusts it trusts the server.</summary>
    public string CertificateFile => folder["server.crt"];

    public X509Certificate2Collection Authorities
    {
        get
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(CertificateFile);
            return authorities;
        }
    }

    /// <summary>Its only user is 'user'.</summary>
    public static async Task<FtpServer> StartPyftpdlibAsync(string password, LoginTls tls, string? home = null, TimeSpan clockOff = default)
    {
        SshServer.SkipOrFail(Directory.Exists("/usr/lib/python3/dist-packages/pyftpdlib"), "pyftpdlib is not installed (apt-get install python3-pyftpdlib).");
        FtpServer server = new() { clockOff = clockOff, password = password };
        server.MakeCertificate();
        await server.StartProgramAsync(
            "/usr/bin/python3", ["-c", Script, server.Port.ToString(CultureInfo.InvariantCulture), tls.ToString(), home ?? server.folder.Path, server.folder["server.pem"]]);
        return server;
    }

    /// <summary>Its users are those of this machine. Further lines of its configuration may be given.</summary>
    public static async Task<FtpServer> StartVsftpdAsync(LoginTls tls, TimeSpan clockOff = default, params string[] lines)
    {
        SshServer.SkipOrFail(File.Exists("/usr/sbin/vsftpd") && Environment.UserName == "root", "vsftpd is not installed (apt-get install vsftpd), or this is not root.");
        FtpServer server = new() { clockOff = clockOff };
        server.MakeCertificate();
        Directory.CreateDirectory("/var/run/vsftpd/empty");
        var isTls = tls != LoginTls.None;
        await File.WriteAllTextAsync(server.folder["vsftpd.conf"], $"""
            listen=YES
            listen_address=127.0.0.1
            listen_port={server.Port}
            background=NO
            anonymous_enable=NO
            local_enable=YES
            pam_service_name=vsftpd
            secure_chroot_dir=/var/run/vsftpd/empty
            xferlog_enable=NO
            ssl_enable={(isTls ? "YES" : "NO")}
            implicit_ssl={(tls == LoginTls.Implicit ? "YES" : "NO")}
            rsa_cert_file={server.folder["server.pem"]}
            force_local_logins_ssl={(isTls ? "YES" : "NO")}
            force_local_data_ssl={(isTls ? "YES" : "NO")}
            write_enable=YES
            local_umask=022
            {string.Join('\n', lines)}

            """);
        await server.StartProgramAsync("/usr/sbin/vsftpd", [server.folder["vsftpd.conf"]]);
        return server;
    }

    /// <summary>ProFTPD, whose only user is 'user' with that folder as home.</summary>
    public static async Task<FtpServer> StartProftpdAsync(string password, string home, TimeSpan clockOff = default, params string[] lines)
    {
        var program = Unpacked("usr/sbin/proftpd");
        SshServer.SkipOrFail(program is not null && Environment.UserName == "root", "ProFTPD is not unpacked (./test does it), or this is not root.");
        FtpServer server = new() { clockOff = clockOff };
        File.SetUnixFileMode(server.folder.Path, (UnixFileMode)0x1ED);
        using var hashing = Process.Start(new ProcessStartInfo("/usr/bin/perl", ["-e", "print crypt(<STDIN>, '$6$gantry$')"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await hashing.StandardInput.WriteAsync(password);
        hashing.StandardInput.Close();
        await File.WriteAllTextAsync(server.folder["passwd"], $"user:{await hashing.StandardOutput.ReadToEndAsync()}:65534:65534::{home}:/bin/sh\n");
        File.SetUnixFileMode(server.folder["passwd"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(server.folder["proftpd.conf"], $"""
            ServerType standalone
            DefaultAddress 127.0.0.1
            SocketBindTight on
            Port {server.Port}
            UseIPv6 off
            UseReverseDNS off
            User nobody
            Group nogroup
            ModulePath {Unpacked("usr/lib/proftpd")}
            PidFile {server.folder["proftpd.pid"]}
            ScoreboardFile {server.folder["proftpd.scoreboard"]}
            SystemLog none
            TransferLog none
            WtmpLog off
            AuthPAM off
            AuthUserFile {server.folder["passwd"]}
            AuthOrder mod_auth_file.c
            RequireValidShell off
            AllowOverwrite on
            AllowStoreRestart on
            MaxInstances 200
            LoadModule mod_digest.c
            DelayEngine off
            {string.Join('\n', lines)}

            """);
        await server.StartProgramAsync(program!, ["-n", "-c", server.folder["proftpd.conf"]]);
        return server;
    }

    /// <summary>Pure-FTPd, whose users are those of this machine.</summary>
    public static async Task<FtpServer> StartPureFtpdAsync(params string[] arguments)
    {
        var program = Unpacked("usr/sbin/pure-ftpd");
        SshServer.SkipOrFail(program is not null && Environment.UserName == "root", "Pure-FTPd is not unpacked (./test does it), or this is not root.");
        FtpServer server = new();
        await server.StartProgramAsync(
            program!,
            ["-S", $"127.0.0.1,{server.Port.ToString(CultureInfo.InvariantCulture)}", "-l", "unix", "-E", "-H", "-c", "200", "-C", "200", "-L", "100000:10", "-g", server.folder["pure-ftpd.pid"], .. arguments]);
        return server;
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

    /// <summary>Starts it, at first or after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAgainAsync()
    {
        process = Process.Start(start!)!;
        if (password is not null)
        {
            await process.StandardInput.WriteLineAsync(password);
            await process.StandardInput.FlushAsync();
        }

        if (!await LocalPort.OpensAsync(Port, process))
        {
            throw new InvalidOperationException("The FTP server did not start: " + await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync());
        }

        // What it says is of no use, and may not fill the pipe.
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    /// <summary>A file of the packages that conflict with an installed one, which ./test unpacks beside; null when it is not there.</summary>
    private static string? Unpacked(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "artifacts", "ftp-servers", path);
            if (Path.Exists(found))
            {
                return found;
            }
        }

        return null;
    }

    private async Task StartProgramAsync(string program, string[] arguments)
    {
        start = new(program, arguments) { RedirectStandardInput = password is not null, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        OtherClock.Set(start, clockOff);
        if (Unpacked("usr/lib/x86_64-linux-gnu") is { } libraries)
        {
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        await StartAgainAsync();
    }

    private void MakeCertificate()
    {
        using var key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(folder["server.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["server.pem"], certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
