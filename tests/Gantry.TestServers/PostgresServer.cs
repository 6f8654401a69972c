using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A real PostgreSQL on 127.0.0.1 with and without TLS, whose logins are by SCRAM, and of the user "plain" by a password as it is.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "gantry_test";
    public const string Password = "p4ss w\u00f6rd";

    private readonly TemporaryFolder folder = new();
    private Process? process;

    private PostgresServer() => Certificate = TestCertificate.Make(folder);

    public int Port { get; } = LocalPort.Free();

    public TestCertificate Certificate { get; }

    /// <summary>Without PostgreSQL, or without the right to start it, the test is skipped; it fails when CI=true.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var version) ? version : 0).FirstOrDefault()
            : null;
        SshServer.SkipOrFail(programs is not null, "PostgreSQL is not installed (apt-get install postgresql).");
        var server = new PostgresServer();
        try
        {
            await server.MakeAsync(Path.Combine(programs!, "bin/initdb"));
            await server.LaunchAsync(Path.Combine(programs!, "bin/postgres"));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
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

    private async Task MakeAsync(string initdb)
    {
        folder.WriteFile("password", Password + "\n");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ED);
        folder.Folder("server");
        foreach (var name in new[] { "password", "certificate.pem", "key.pem" })
        {
            File.Move(folder[name], folder[$"server/{name}"]);
            File.SetUnixFileMode(folder[$"server/{name}"], UnixFileMode.UserRead);
        }

        if (Environment.UserName == "root")
        {
            using var owner = Process.Start(new ProcessStartInfo("/bin/chown", ["-R", "postgres:postgres", folder["server"]]))!;
            await owner.WaitForExitAsync();
        }

        using var made = Start(initdb, ["-D", folder["server/data"], "-U", User, $"--pwfile={folder["server/password"]}", "--auth=scram-sha-256", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]);
        _ = made.StandardOutput.ReadToEndAsync();
        var said = await made.StandardError.ReadToEndAsync();
        await made.WaitForExitAsync();
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException(said);
        }

        var rules = folder["server/data/pg_hba.conf"];
        await File.WriteAllTextAsync(rules, "host all plain all password\nhost all all all scram-sha-256\n");
    }

    private async Task LaunchAsync(string postgres)
    {
        process = Start(postgres,
        [
            "-D", folder["server/data"], "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
            "-c", "ssl=on", "-c", $"ssl_cert_file={folder["server/certificate.pem"]}", "-c", $"ssl_key_file={folder["server/key.pem"]}",
        ]);
        _ = process.StandardOutput.ReadToEndAsync();
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("PostgreSQL did not start: " + string.Join('\n', said));
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static Process Start(string program, IEnumerable<string> arguments)
    {
        string[] words = Environment.UserName == "root" ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", program, .. arguments] : [program, .. arguments];
        var info = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        return Process.Start(info)!;
    }
}
