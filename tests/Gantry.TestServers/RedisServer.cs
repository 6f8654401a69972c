using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A real Redis on 127.0.0.1, with a port in plain and one with TLS, that wants a password.</summary>
public sealed class RedisServer : ServerProgram
{
    public const string Password = "r3dis-w\u00f6rd";

    private const string Program = "/usr/bin/redis-server";


    private RedisServer()
    {
    }

    public int TlsPort { get; } = LocalPort.Free();

    /// <summary>Without redis-server the test is skipped; it fails when CI=true.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program), "Redis is not installed (apt-get install redis-server).");
        var server = new RedisServer();
        var settings = server.Folder.WriteFile("redis.conf", $"""
            bind 127.0.0.1
            port {server.Port.ToString(CultureInfo.InvariantCulture)}
            tls-port {server.TlsPort.ToString(CultureInfo.InvariantCulture)}
            tls-cert-file {server.Certificate.File}
            tls-key-file {server.Certificate.KeyFile}
            tls-ca-cert-file {server.Certificate.File}
            tls-auth-clients no
            dir {server.Folder.Path}
            save ""
            requirepass "{Password}"
            user reader on >{Password} ~* &* +get
            """);
        var started = Process.Start(new ProcessStartInfo(Program, [settings]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        await server.RunUntilAsync(started, program => program.StandardOutput, "Ready to accept connections");
        return server;
    }
}
