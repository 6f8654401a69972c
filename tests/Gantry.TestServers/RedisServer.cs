using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A real Redis on 127.0.0.1, with a port in plain and one with TLS, that wants a password.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Password = "r3dis-w\u00f6rd";

    private const string Program = "/usr/bin/redis-server";

    private readonly TemporaryFolder folder = new();
    private Process? process;

    private RedisServer() => Certificate = TestCertificate.Make(folder);

    public int Port { get; } = LocalPort.Free();

    public int TlsPort { get; } = LocalPort.Free();

    public TestCertificate Certificate { get; }

    /// <summary>Without redis-server the test is skipped; it fails when CI=true.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program), "Redis is not installed (apt-get install redis-server).");
        var server = new RedisServer();
        var settings = server.folder.WriteFile("redis.conf", $"""
            bind 127.0.0.1
            port {server.Port.ToString(CultureInfo.InvariantCulture)}
            tls-port {server.TlsPort.ToString(CultureInfo.InvariantCulture)}
            tls-cert-file {server.Certificate.File}
            tls-key-file {server.Certificate.KeyFile}
            tls-ca-cert-file {server.Certificate.File}
            tls-auth-clients no
            dir {server.folder.Path}
            save ""
            requirepass "{Password}"
            user reader on >{Password} ~* &* +get
            """);
        server.process = Process.Start(new ProcessStartInfo(Program, [settings]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        while (await server.process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = server.process.StandardOutput.ReadToEndAsync();
                return server;
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("Redis did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Dispose();
    }
}
