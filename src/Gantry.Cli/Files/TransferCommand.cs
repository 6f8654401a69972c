using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
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
        "Exit status: 0 all moved, 1 something failed, 2 wrong usage, 3 could not connect, 130 cancelled.",
    ];

    public static Command DescribeCopy() => Describe(
        "copy", "Copies what is new or changed; nothing is deleted.", TransferMode.Copy, isMany: true, [TransferOptions.KeepName],
        [
            "gantry copy site/ /srv/backup/site",
            "gantry copy site/ sftp://deploy@www.example.org:22/var/www --exclude '*.tmp' --exclude '/cache/**'",
            "gantry copy report.pdf photos/ web:files --keep-name --verify",
        ]);

    public static Command DescribeMove() => Describe(
        "move", "Copies, and deletes each source file once its copy is verified.", TransferMode.Move, isMany: true, [TransferOptions.KeepName],
        ["gantry move outbox/ partner:incoming --min-age 1m"]);

    public static Command DescribeSync() => Describe(
        "sync", "Makes the target like the source: copies, then deletes what only the target has.", TransferMode.Sync, isMany: false, [TransferOptions.MaxDelete],
        ["gantry sync site/ web:html --dry-run", "gantry sync site/ web:html --max-delete 100"]);

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

    private static async Task<int> RunAsync(Invocation invocation, TransferMode mode, CancellationToken cancellationToken)
    {
        var target = invocation.Argument(Target);
        var sources = invocation.Arguments(Source);
        var opener = await FilesOpener.CreateAsync(invocation, [.. sources, target], cancellationToken);

        Scheduling.PreferThroughput();

        // Connections take longest to make, so that they are begun before anything else is thought about.
        var opening = TransferPlaces.OpenAsync(opener, sources, target, invocation.Has("--keep-name"), cancellationToken).AsTask();
        await using var rehearsal = new FilesRehearsal(opener, target, opening);
        TransferRequest options;
        try
        {
            options = TransferOptions.Read(invocation, mode);
        }
        catch
        {
            await DisposeAsync(opening);
            throw;
        }

        try
        {
            await using var places = await opening;
            using var session = TransferSession.Begin(places);
            var runner = new TransferRunner(options with { Sources = places.Sources, Target = places.Target, TransferId = session.TransferId });
            return await TransferOutcome.ShowAsync(runner, invocation, mode, cancellationToken);
        }
        catch (EndpointException exception) when (invocation.Has("--json"))
        {
            // Who asked for a document gets one, also when an endpoint could not be reached.
            return TransferOutcome.ShowJson(TransferReport.NotBegun(exception));
        }
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
