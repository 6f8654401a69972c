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
        print("ready", flush=True)
        server.serve_forever()
        """;

    private readonly TemporaryFolder folder = new();
    private Process? process;

    public int Port { get; } = FreePort();

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
    public static async Task<FtpServer> StartPyftpdlibAsync(string password, LoginTls tls)
    {
        SshServer.SkipOrFail(Directory.Exists("/usr/lib/python3/dist-packages/pyftpdlib"), "pyftpdlib is not installed (apt-get install python3-pyftpdlib).");
        FtpServer server = new();
        server.MakeCertificate();
        server.process = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", ["-c", Script, server.Port.ToString(CultureInfo.InvariantCulture), tls.ToString(), server.folder.Path, server.folder["server.pem"]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        await server.process.StandardInput.WriteLineAsync(password);
        await server.process.StandardInput.FlushAsync();
        if (await server.process.StandardOutput.ReadLineAsync() != "ready")
        {
            throw new InvalidOperationException("pyftpdlib did not start: " + await server.process.StandardError.ReadToEndAsync());
        }

        _ = server.process.StandardError.ReadToEndAsync();
        return server;
    }

    /// <summary>Its users are those of this machine.</summary>
    public static async Task<FtpServer> StartVsftpdAsync(LoginTls tls)
    {
        SshServer.SkipOrFail(File.Exists("/usr/sbin/vsftpd") && Environment.UserName == "root", "vsftpd is not installed (apt-get install vsftpd), or this is not root.");
        FtpServer server = new();
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

            """);
        server.process = Process.Start(new ProcessStartInfo("/usr/sbin/vsftpd", [server.folder["vsftpd.conf"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        await server.WaitForPortAsync();
        return server;
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Dispose();
    }

    /// <summary>vsftpd says nothing when it is ready; it is when it takes a connection.</summary>
    private async Task WaitForPortAsync()
    {
        while (!process!.HasExited)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }

        throw new InvalidOperationException("vsftpd did not start: " + await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync());
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
