using System.Diagnostics;
using System.Globalization;

namespace Gantry.Bench.Engine;

/// <summary>A PostgreSQL (fsync on) that several hubs share, on a Unix socket in a temporary folder. Run as root, it belongs to the user postgres.</summary>
internal sealed class BenchPostgres : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-bench-pg-").FullName;
    private readonly string programs = Directory.GetDirectories("/usr/lib/postgresql").OrderBy(name => int.Parse(Path.GetFileName(name), CultureInfo.InvariantCulture)).Last() + "/bin/";

    public string ConnectionString => $"Host={folder};Username=postgres;Database=postgres";

    public static async Task<BenchPostgres> StartAsync()
    {
        var postgres = new BenchPostgres();
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", postgres.folder);
        await postgres.RunAsOwnerAsync("initdb", "-D", postgres.folder + "/data", "-U", "postgres", "-A", "trust");
        await postgres.RunAsOwnerAsync("pg_ctl", "-D", postgres.folder + "/data", "-l", postgres.folder + "/log", "-w", "-o",
            $"-c listen_addresses='' -c max_connections=200 -k {postgres.folder}", "start");
        return postgres;
    }

    /// <summary>As the superuser, in one session.</summary>
    public Task RunSqlAsync(string sql) => RunAsOwnerAsync("psql", "-h", folder, "-U", "postgres", "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql);

    public async ValueTask DisposeAsync()
    {
        await RunAsOwnerAsync("pg_ctl", "-D", folder + "/data", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    private Task RunAsOwnerAsync(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", programs + program, .. arguments]) : RunAsync(programs + program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server keeps what it was given: its output is nobody's to wait for.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", program, .. arguments]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with status {process.ExitCode}.");
    }
}
