using Gantry.Cli.CommandLine;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>The options of a transfer, and the request that they make.</summary>
internal static class TransferOptions
{
    public static readonly Option KeepName = new("--keep-name", "A source folder arrives in a folder of its own name.");

    public static readonly Option MaxDelete = new("--max-delete", "When more would be deleted, nothing is, and the sync fails.") { Value = "N" };

    public static readonly IReadOnlyList<Option> Selection =
    [
        new("--include", "Only files that match, by rclone's patterns: '*.jpg', '/top/**'.") { Value = "PATTERN", IsMany = true },
        new("--exclude", "No files that match.") { Value = "PATTERN", IsMany = true },
        new("--filter", "A rule '+ PATTERN' or '- PATTERN'; the first that matches decides.") { Value = "RULE", IsMany = true },
        new("--filter-from", "A file of such rules, one a line; '-' is standard input.") { Value = "FILE", IsMany = true },
        new("--min-age", "Only files at least so old: 30s, 5m, 2h, 1d.") { Value = "AGE" },
        new("--max-age", "Only files at most so old.") { Value = "AGE" },
        new("--min-size", "Only files at least so large: 500, 64K, 10M, 1G.") { Value = "SIZE" },
        new("--max-size", "Only files at most so large.") { Value = "SIZE" },
        new("--links", "Symbolic links: skip (the default), follow or keep.") { Value = "POLICY" },
        new("--fail-on-no-match", "Fails when no file is selected."),
    ];

    public static readonly IReadOnlyList<Option> Changing =
    [
        new("--checksum", "Compares contents instead of sizes and times."),
        new("--always", "Sends files that are unchanged as well."),
        new("--never-overwrite", "Leaves what is at the target as it is."),
        new("--verify", "Proves each copy by a hash before it gets its name."),
        new("--dry-run", "Tells what would be done, and does nothing."),
    ];

    public static readonly IReadOnlyList<Option> Running =
    [
        new("--parallel", "Files in flight at once; otherwise as many as the endpoints like.") { Value = "N" },
        new("--retries", "How often an operation is repeated that failed for a reason that may pass (5).") { Value = "N" },
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
        ConcurrentFiles = invocation.FindInteger("--parallel", 1, 4096),
        Retries = invocation.FindInteger("--retries", 0, 100) ?? 5,
        IsDryRun = invocation.Has("--dry-run"),
        DeletesMax = invocation.FindInteger("--max-delete", 0, int.MaxValue),
    };

    public static FileSelection ReadSelection(Invocation invocation) =>
        new FileSelection
        {
            AgeMin = ReadAge(invocation, "--min-age"),
            AgeMax = ReadAge(invocation, "--max-age"),
            SizeMin = ReadSize(invocation, "--min-size"),
            SizeMax = ReadSize(invocation, "--max-size"),
        }.With(
            invocation.FindAll("--include"),
            invocation.FindAll("--exclude"),
            [.. invocation.FindAll("--filter"), .. invocation.FindAll("--filter-from").SelectMany(ReadLines)]);

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

    private static IEnumerable<string> ReadLines(string file) =>
        file == "-" ? Console.In.ReadToEnd().Split('\n') : File.ReadAllLines(file);

    private static TimeSpan? ReadAge(Invocation invocation, string option) => invocation.Find(option) is not { } text ? null
        : Duration.TryParse(text, out var age) ? age
        : throw new UsageException($"{option} takes {Duration.Form}, not '{text}'.");

    private static long? ReadSize(Invocation invocation, string option) => invocation.Find(option) is not { } text ? null
        : ByteSize.TryParse(text, out var size) ? size
        : throw new UsageException($"{option} takes {ByteSize.Form}, not '{text}'.");
}
