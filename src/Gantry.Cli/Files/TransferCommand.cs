using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>"gantry copy", "sync", "move" and "check": one transfer, live on the terminal.</summary>
internal static class TransferCommand
{
    private const string Target = "TARGET";
    private const string Source = "SOURCE";

    private static readonly string[] PlacesNotes =
    [
        "An address is a path, sftp://user@host/path or NAME:path of a saved endpoint ('gantry endpoint kinds' lists the forms).",
        "A folder gives its content to TARGET, or itself with --keep-name. A file goes into TARGET under its own name; when it is the only",
        "source, and TARGET is no folder that exists and does not end with '/', TARGET is its new name.",
        "TARGET may hold {year} {month} {day} {hour} {minute} {second} {timestamp} {date:FORMAT} {execution}, and for each file {filename} {basename}",
        "{extension} {source.dir}; a brace that is meant is doubled: '{{'.",
        "Exit status: 0 all moved, 1 something failed, 2 wrong usage, 3 could not connect, 130 cancelled.",
    ];

    public static Command DescribeCopy() => Describe(
        "copy", "Copies what is new or changed; nothing is deleted.", TransferMode.Copy, isMany: true, [.. TransferOptions.Many, TransferOptions.BackupDir, TransferOptions.Purge, TransferOptions.MaxDelete],
        [
            "gantry copy site/ /srv/backup/site",
            "gantry copy site/ sftp://deploy@www.example.org:22/var/www --exclude '*.tmp' --exclude '/cache/**'",
            "gantry copy report.pdf photos/ web:files --keep-name --verify",
            "gantry copy ftp://shop@ftp.example.org/htdocs s3://shop-backup/site --ask password --manifest site.jsonl",
            "gantry copy s3://shop-backup/site ftp://shop@ftp.example.org/htdocs --ask password --bandwidth 2M",
            "gantry copy inbox/ 'archive:{year}/{month}/{basename}-{timestamp}.{extension}' --time-zone Europe/Berlin",
        ]);

    public static Command DescribeMove() => Describe(
        "move", "Copies, and deletes each source file once its copy is verified.", TransferMode.Move, isMany: true, [.. TransferOptions.Many, TransferOptions.BackupDir, TransferOptions.Purge, TransferOptions.MaxDelete],
        ["gantry move outbox/ partner:incoming --min-age 1m", "gantry move outbox/ 'partner:in/{date:yyyy-MM-dd}' --manifest moved.jsonl"]);

    public static Command DescribeSync() => Describe(
        "sync", "Makes the target like the source: copies, then deletes what only the target has.", TransferMode.Sync, isMany: false, [TransferOptions.MaxDelete, TransferOptions.BackupDir],
        ["gantry sync site/ web:html --dry-run", "gantry sync site/ web:html --max-delete 100", "gantry sync site/ web:html --backup-dir 'web:old/{timestamp}'"]);

    public static Command DescribeCheck() => new()
    {
        Name = "check",
        Help = "Compares two places and lists the differences; changes nothing.",
        Arguments = [new(Source, "The folder or file that ought to be there."), new(Target, "The place to check.")],
        Options =
        [
            new("--download", "Compares the contents, by hashes of the servers or else by reading both sides."),
            .. TransferOptions.Selection, .. TransferOptions.Running, .. FilesOpener.Options,
        ],
        Notes = [PlacesNotes[0], "Exit status: 0 all the same, 1 something differs, 2 wrong usage, 3 could not connect, 130 cancelled."],
        Examples = ["gantry check site/ web:html", "gantry check site/ web:html --download"],
        RunAsync = (invocation, cancellationToken) => RunAsync(invocation, TransferMode.Check, cancellationToken),
    };

    private static Command Describe(string name, string help, TransferMode mode, bool isMany, IEnumerable<Option> options, IReadOnlyList<string> examples) => new()
    {
        Name = name,
        Help = help,
        Arguments = [new(Source, "What to transfer: a folder or a file.") { IsMany = isMany }, new(Target, "Where it goes; made when it is missing.")],
        Options = [.. TransferOptions.Selection, .. TransferOptions.Changing, .. options, .. TransferOptions.Running, .. FilesOpener.Options],
        Notes = PlacesNotes,
        Examples = examples,
        RunAsync = (invocation, cancellationToken) => RunAsync(invocation, mode, cancellationToken),
    };

    /// <summary>Who asked for a document gets one, also when nothing could begin.</summary>
    private static async Task<int> RunAsync(Invocation invocation, TransferMode mode, CancellationToken cancellationToken)
    {
        try
        {
            return await TransferAsync(invocation, mode, cancellationToken);
        }
        catch (Exception exception) when (invocation.Has("--json") && exception is (UsageException or EndpointException))
        {
            return TransferOutcome.ShowJson(TransferReport.NotBegun(exception as EndpointException ?? new EndpointException(EndpointError.BadSetting, exception.Message)));
        }
    }

    private static async Task<int> TransferAsync(Invocation invocation, TransferMode mode, CancellationToken cancellationToken)
    {
        var addresses = AddressesOf(invocation);
        var opener = await FilesOpener.CreateAsync(invocation, [.. addresses.Sources.Select(source => source.Address), addresses.Target], cancellationToken);

        Scheduling.PreferThroughput();

        // Connections take longest to make, so that they are begun before anything else is thought about.
        var opening = TransferPlaces.OpenAsync(opener, addresses, cancellationToken).AsTask();
        await using var rehearsal = new FilesRehearsal(opener, addresses.Target, opening);
        TransferRequest options;
        EndpointLimits? bandwidth;
        (int? Source, int? Target) parallel;
        try
        {
            options = TransferOptions.Read(invocation, mode);
            bandwidth = TransferOptions.ReadBandwidth(invocation);
            parallel = TransferOptions.ReadParallel(invocation);
        }
        catch
        {
            await DisposeAsync(opening);
            throw;
        }

        // Both at once would take the processor from whoever makes the connection, which is what everything waits for.
        await rehearsal.Over;
        await using var places = await opening;
        using var session = TransferSession.Begin(places);
        using var share = bandwidth is null ? null : await bandwidth.EnterAsync(TransferPriority.Normal, cancellationToken);
        var request = options with
        {
            Sources = [.. places.Sources.Select(source => source with { ConcurrentFiles = parallel.Source })],
            Target = places.Target with { ConcurrentFiles = parallel.Target },
            BackupFolder = places.BackupFolder,
            Share = share,
            TransferId = session.TransferId,
        };
        return await TransferOutcome.ShowAsync(request, invocation, mode, cancellationToken);
    }

    private static TransferAddresses AddressesOf(Invocation invocation)
    {
        var (target, backup) = (invocation.Argument(Target), invocation.Find("--backup-dir"));
        return new()
        {
            Sources =
            [
                .. invocation.Arguments(Source).Select(source => new SourceAddress(source, invocation.Has("--keep-name"))),
                .. invocation.FindAll("--keep").Select(source => new SourceAddress(source, KeepName: true)),
            ],
            Target = target,
            Values = TransferOptions.ReadValues(invocation, target, backup),
            Backup = backup,
            OnWaiting = () => Terminal.Note("Waiting for a place at an endpoint whose transfers are limited."),
        };
    }

    /// <summary>The usage was wrong, which is what the user is told; how the connections went is not.</summary>
    private static async Task DisposeAsync(Task<TransferPlaces> opening)
    {
        try
        {
            await using var places = await opening;
        }
        catch (EndpointException)
        {
            // Nothing was opened, so that nothing is left to close.
        }
    }
}
