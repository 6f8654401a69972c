using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>The options of a transfer, and the request that they make.</summary>
internal static class TransferOptions
{
    private const int ParallelMax = 4096;

    public static readonly IReadOnlyList<Option> Many =
    [
        new("--keep-name", "A source folder arrives in a folder of its own name."),
        new("--keep", "A further source folder, which arrives in a folder of its own name.") { Value = "SOURCE", IsMany = true },
    ];

    public static readonly Option Purge = new("--purge", "Once all has arrived, deletes in TARGET what this transfer neither brought nor found there.");

    public static readonly Option MaxDelete = new("--max-delete", "When more would be deleted, nothing is, and the transfer fails.") { Value = "N" };

    public static readonly Option BackupDir =
        new("--backup-dir", "Keeps what would be overwritten or deleted: a folder in TARGET, or the address of one on the same endpoint.") { Value = "FOLDER" };

    public static readonly IReadOnlyList<Option> Selection =
    [
        new("--include", "Only files that match, by rclone's patterns: '*.jpg', '/top/**'.") { Value = "PATTERN", IsMany = true },
        new("--exclude", "No files that match.") { Value = "PATTERN", IsMany = true },
        new("--filter", "A rule '+ PATTERN' or '- PATTERN'; the first that matches decides.") { Value = "RULE", IsMany = true },
        new("--filter-from", "A file of such rules, one a line; '-' is standard input.") { Value = "FILE", IsMany = true },
        new("--files-from", "A file of paths, one a line: only these files and folders; one that is not there is a failure. '-' is standard input.") { Value = "FILE", IsMany = true },
        new("--ignore-case", "'A' and 'a' are the same to the patterns."),
        new("--min-age", "Only files at least so old: 30s, 5m, 2h, 1d, 2w, or since 2026-01-31.") { Value = "AGE" },
        new("--max-age", "Only files at most so old.") { Value = "AGE" },
        new("--min-size", "Only files at least so large, in bytes or with a unit: 500, 64K, 10M, 1G.") { Value = "SIZE" },
        new("--max-size", "Only files at most so large.") { Value = "SIZE" },
        new("--metadata-include", "Only files with such metadata (object stores): 'state=final', 'owner=*'.") { Value = "PATTERN", IsMany = true },
        new("--metadata-exclude", "No files with such metadata.") { Value = "PATTERN", IsMany = true },
        new("--links", "Symbolic links: skip (the default), follow or keep.") { Value = "POLICY" },
        new("--fail-on-no-match", "Fails when no file is selected."),
    ];

    public static readonly IReadOnlyList<Option> Changing =
    [
        new("--checksum", "Compares contents instead of sizes and times."),
        new("--always", "Sends files that are unchanged as well."),
        new("--never-overwrite", "Leaves what is at the target as it is."),
        new("--verify", "Proves each copy by a hash before it gets its name."),
        new("--batch", "Small files travel in batches where TARGET has a shell with tar (SFTP); elsewhere they go one by one."),
        new("--metadata", "Metadata that each file gets at an object store, over what its source keeps.") { Value = "KEY=VALUE", IsMany = true },
        new("--time-zone", "By whose clocks the variables in TARGET and timetables go: Europe/Berlin, UTC; otherwise this machine's.") { Value = "ZONE" },
        new("--dry-run", "Tells for each file what would be done, and does nothing."),
    ];

    public static readonly IReadOnlyList<Option> Running =
    [
        new("--parallel", "Files in flight at once, or N:M for source and target; otherwise as many as the endpoints like.") { Value = "N" },
        new("--bandwidth", "Bytes a second, such as 10M, or a timetable: '08:00,10M 19:00,off mon-08:00,5M'.") { Value = "RATE" },
        new("--retries", "How often an operation is repeated that failed for a reason that may pass (5).") { Value = "N" },
        new("--manifest", "Writes a line of JSON for each file into FILE.") { Value = "FILE" },
        new("--json", "Prints one JSON document with counts and failures."),
        new("--quiet", "Shows no progress.") { Short = 'q' },
    ];

    /// <summary>The request without its places.</summary>
    public static TransferRequest Read(Invocation invocation, TransferMode mode) => new()
    {
        Sources = [],
        Target = null!,
        Mode = mode,
        Selection = ReadSelection(invocation),
        ChangeRule = ReadChangeRule(invocation),
        Verification = invocation.Has("--verify") ? Verification.Checksum : Verification.Size,
        SymbolicLinks = invocation.Find("--links") switch
        {
            null or "skip" => SymbolicLinkPolicy.Skip,
            "follow" => SymbolicLinkPolicy.Follow,
            "keep" => SymbolicLinkPolicy.Keep,
            var other => throw new UsageException($"--links takes skip, follow or keep, not '{other}'."),
        },
        NoMatch = invocation.Has("--fail-on-no-match") ? NoMatchPolicy.Fail : NoMatchPolicy.Succeed,
        Metadata = invocation.FindPairs("--metadata") is { Count: > 0 } metadata ? metadata : null,
        Retries = invocation.FindInteger("--retries", 0, 100) ?? 5,
        IsBatched = invocation.Has("--batch"),
        IsDryRun = invocation.Has("--dry-run"),
        DeletesMax = invocation.FindInteger("--max-delete", 0, int.MaxValue),
        Purges = invocation.Has("--purge"),
    };

    /// <summary>Files in flight at once at the source and at the target; null leaves it to the endpoint.</summary>
    public static (int? Source, int? Target) ReadParallel(Invocation invocation)
    {
        if (invocation.Find("--parallel") is not { } text)
        {
            return (null, null);
        }

        var numbers = text.Split(':').Select(part => int.TryParse(part, out var number) && number is >= 1 and <= ParallelMax ? number : 0).ToList();
        return numbers.Count is 1 or 2 && !numbers.Contains(0)
            ? (numbers[0], numbers[^1])
            : throw new UsageException($"--parallel takes a whole number from 1 to {ParallelMax}, or two for source and target such as 4:16, not '{text}'.");
    }

    /// <summary>What variables in the target mean.</summary>
    /// <param name="templates">Where they may stand.</param>
    public static TemplateValues ReadValues(Invocation invocation, params ReadOnlySpan<string?> templates)
    {
        // Most have none, and an id for none costs a command a millisecond.
        var hasVariables = false;
        foreach (var template in templates)
        {
            hasVariables |= template?.Contains('{', StringComparison.Ordinal) == true;
        }

        return new(TimeProvider.System.GetUtcNow(), ReadZone(invocation), hasVariables ? Guid.CreateVersion7().ToString() : null);
    }

    /// <summary>What all files of this process share; null when nothing bounds it.</summary>
    public static EndpointLimits? ReadBandwidth(Invocation invocation)
    {
        if (invocation.Find("--bandwidth") is not { } text)
        {
            return null;
        }

        var timetable = BandwidthTimetable.Parse(text);
        return timetable.HasDirections
            ? throw new UsageException($"--bandwidth takes one rate for what is moved, not '{text}': up and down are told apart for saved endpoints, by 'endpoint add --limit bandwidth=…'.")
            : new EndpointLimits(new LimitSettings { Bandwidth = timetable, TimeZone = ReadZone(invocation) ?? TimeZoneInfo.Local });
    }

    public static FileSelection ReadSelection(Invocation invocation)
    {
        var selection = new FileSelection
        {
            AgeMin = ReadAge(invocation, "--min-age"),
            AgeMax = ReadAge(invocation, "--max-age"),
            SizeMin = ReadSize(invocation, "--min-size"),
            SizeMax = ReadSize(invocation, "--max-size"),
            IgnoresCase = invocation.Has("--ignore-case"),
            Metadata = MetadataSelection.Of(invocation.FindAll("--metadata-include"), invocation.FindAll("--metadata-exclude")),
        }.With(
            invocation.FindAll("--include"),
            invocation.FindAll("--exclude"),
            [.. invocation.FindAll("--filter"), .. invocation.FindAll("--filter-from").SelectMany(ReadLines)]);
        return invocation.Has("--files-from") ? selection.With(ReadPaths(invocation), except: null) : selection;
    }

    private static PathSet ReadPaths(Invocation invocation)
    {
        try
        {
            return new(invocation.FindAll("--files-from")
                .SelectMany(ReadLines)
                .Where(line => line.Length > 0 && line[0] is not ('#' or ';'))
                .Select(line => (line.StartsWith("./", StringComparison.Ordinal) ? line[2..] : line).Trim('/'))
                .Where(path => path.Length > 0));
        }
        catch (EndpointException exception)
        {
            throw new UsageException($"--files-from: {exception.Message}");
        }
    }

    private static TimeZoneInfo? ReadZone(Invocation invocation) => invocation.Find("--time-zone") is { } name ? LimitSettings.ZoneOf(name) : null;

    private static ChangeRule ReadChangeRule(Invocation invocation)
    {
        var rules = new List<ChangeRule>();
        Add("--checksum", ChangeRule.Checksum);
        Add("--download", ChangeRule.Checksum);
        Add("--always", ChangeRule.Always);
        Add("--never-overwrite", ChangeRule.NeverOverwrite);
        return rules.Count > 1
            ? throw new UsageException("--checksum, --always and --never-overwrite exclude each other.")
            : rules.FirstOrDefault(ChangeRule.SizeAndTime);

        void Add(string option, ChangeRule rule)
        {
            if (invocation.Has(option))
            {
                rules.Add(rule);
            }
        }
    }

    /// <summary>Names that are not UTF-8 keep their bytes.</summary>
    private static IEnumerable<string> ReadLines(string file)
    {
        using var content = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        using MemoryStream bytes = new();
        content.CopyTo(bytes);
        return NameBytes.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r'));
    }

    private static TimeSpan? ReadAge(Invocation invocation, string option) => invocation.Find(option) is not { } text ? null
        : FileAge.TryParse(text, TimeProvider.System.GetUtcNow(), out var age) ? age
        : throw new UsageException($"{option} takes {FileAge.Form}, not '{text}'.");

    private static long? ReadSize(Invocation invocation, string option) => invocation.Find(option) is not { } text ? null
        : ByteSize.TryParse(text, out var size) ? size
        : throw new UsageException($"{option} takes {ByteSize.Form}, not '{text}'.");
}
