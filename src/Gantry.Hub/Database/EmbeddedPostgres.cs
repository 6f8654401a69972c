using System.Diagnostics;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>
/// A private PostgreSQL in the data folder: on a Unix socket that only the hub's user (and root) reaches, never on TCP, never as root.
/// It outlives a killed hub, and the next hub takes it over. One hub at a time uses it: the caller holds the <see cref="DataFolderLock"/>.
/// </summary>
internal sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The superuser; nobody but the user who runs the hub can log in as it.</summary>
    public const string Administrator = "gantry_admin";

    public const string DatabaseName = "gantry";

    private readonly EmbeddedPostgresOptions options;
    private readonly PostgresFolders folders;
    private readonly PostgresUser user;
    private readonly PostgresPrograms programs;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, TimeProvider clock, ILogger logger)
    {
        (this.options, this.clock, this.logger) = (options, clock, logger);
        folders = new PostgresFolders(options.DataFolder);
        user = PostgresUser.For(folders.Database);
        programs = PostgresPrograms.Find(PostgresPrograms.VersionOf(folders.Database));
    }

    public int ProcessId => process?.Id ?? 0;

    /// <summary>How the administrator connects; roles and the database's name can be changed in a copy.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>True when the data folder has a database already.</summary>
    public static bool IsIn(string dataFolder) => Directory.Exists(new PostgresFolders(dataFolder).Database);

    /// <summary>Returns when the database answers: started afresh, recovered after a crash, or taken over from a hub that was killed.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var postgres = new EmbeddedPostgres(options, clock, logger);
        postgres.folders.Prepare(postgres.user);
        if (!Directory.Exists(postgres.folders.Database)) await postgres.InitialiseAsync(cancellationToken);
        await postgres.LaunchOrAdoptAsync(cancellationToken);
        postgres.supervision = postgres.SuperviseAsync();
        return postgres;
    }

    /// <summary>Stops supervising, then PostgreSQL itself: sessions are cut, everything committed is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await supervision;
        if (process is { HasExited: false })
        {
            Posix.Signal(process.Id, Posix.SigInt);
            using var patience = new CancellationTokenSource(options.StopWithin, clock);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Log.Unwilling(logger, process.Id);
                Posix.Signal(process.Id, Posix.SigQuit);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        process?.Dispose();
        folders.RemoveTemporarySocketFolder();
        stopping.Dispose();
        Log.Stopped(logger);
    }

    /// <summary>Leaves PostgreSQL running and unwatched, as a killed hub does.</summary>
    internal void Abandon() => stopping.Cancel();

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        // Made under another name and moved when whole, so that a start that was cut off leaves nothing half made.
        folders.PrepareNewDatabase(user);
        using var process = Start(programs.InitDb, ["-D", folders.NewDatabase, "-U", Administrator, "-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8",
            "--auth-local=peer", "--auth-host=reject", .. options.IsDurable ? Array.Empty<string>() : ["--no-sync"]]);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new HubStartException($"The database could not be made in '{folders.Database}'. PostgreSQL's initdb said: {errors.Trim()}");

        Directory.Move(folders.NewDatabase, folders.Database);
        Log.Made(logger, folders.Database, programs.MajorVersion, user.Name);
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        string[] words = [.. user.Launcher(folders.Database), program, .. arguments];
        var start = new ProcessStartInfo(words[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var word in words.Skip(1)) start.ArgumentList.Add(word);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private string ConnectionStringFor(string socketFolder) => new NpgsqlConnectionStringBuilder
    {
        Host = socketFolder,
        Username = Administrator,
        Database = DatabaseName,
    }.ConnectionString;
}

internal sealed record EmbeddedPostgresOptions(string DataFolder)
{
    /// <summary>False only where losing everything in a power cut does not matter: tests.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>The connections that the server takes: those of one hub's pools, and as many for people with psql, backups and a second hub's start.</summary>
    public int ConnectionsMax { get; init; } = 200;

    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(60);
}
