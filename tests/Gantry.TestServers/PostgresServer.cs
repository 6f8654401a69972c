using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A real PostgreSQL on 127.0.0.1 with and without TLS, whose logins are by SCRAM, and of the user "plain" by a password as it is.</summary>
public sealed class PostgresServer : ServerProgram
{
    public const string User = "gantry_test";
    public const string Password = "p4ss w\u00f6rd";


    private PostgresServer()
    {
    }

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

    private async Task MakeAsync(string initdb)
    {
        Folder.WriteFile("password", Password + "\n");
        File.SetUnixFileMode(Folder.Path, (UnixFileMode)0x1ED);
        Folder.Folder("server");
        foreach (var name in new[] { "password", "certificate.pem", "key.pem" })
        {
            File.Move(Folder[name], Folder[$"server/{name}"]);
            File.SetUnixFileMode(Folder[$"server/{name}"], UnixFileMode.UserRead);
        }

        if (Environment.UserName == "root")
        {
            using var owner = Process.Start(new ProcessStartInfo("/bin/chown", ["-R", "postgres:postgres", Folder["server"]]))!;
            await owner.WaitForExitAsync();
        }

        using var made = Start(initdb, ["-D", Folder["server/data"], "-U", User, $"--pwfile={Folder["server/password"]}", "--auth=scram-sha-256", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]);
        _ = made.StandardOutput.ReadToEndAsync();
        var said = await made.StandardError.ReadToEndAsync();
        await made.WaitForExitAsync();
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException(said);
        }

        var rules = Folder["server/data/pg_hba.conf"];
        await File.WriteAllTextAsync(rules, "host all plain all password\nhost all all all scram-sha-256\n");
    }

    private async Task LaunchAsync(string postgres)
    {
        var started = Start(postgres,
        [
            "-D", Folder["server/data"], "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
            "-c", "ssl=on", "-c", $"ssl_cert_file={Folder["server/certificate.pem"]}", "-c", $"ssl_key_file={Folder["server/key.pem"]}",
        ]);
        _ = started.StandardOutput.ReadToEndAsync();
        await RunUntilAsync(started, program => program.StandardError, "ready to accept connections");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static Process Start(string program, IEnumerable<string> arguments)
    {
        string[] words = Environment.UserName == "root" ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", program, .. arguments] : [program, .. arguments];
        var info = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        return Process.Start(info)!;
    }
}
