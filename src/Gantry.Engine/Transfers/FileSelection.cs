using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Which files take part: rules by rclone's syntax (the first that matches decides; none means included), and bounds on size and age.
/// A folder that no rule can include anything of is not even listed.
/// </summary>
public sealed class FileSelection
{
    private readonly List<(bool IsInclude, PathPattern Pattern)> fileRules = [];
    private readonly List<(bool IsInclude, PathPattern Pattern)> folderRules = [];

    public static FileSelection All { get; } = new();

    /// <summary>In bytes, inclusive; null means no bound. The same for <see cref="SizeMax"/>.</summary>
    public long? SizeMin { get; init; }

    public long? SizeMax { get; init; }

    /// <summary>Only files at least so old; null means no bound. Files without a time pass both bounds.</summary>
    public TimeSpan? AgeMin { get; init; }

    public TimeSpan? AgeMax { get; init; }

    /// <summary>Nothing but these; null means no bound.</summary>
    public PathSet? Only { get; init; }

    /// <summary>None of these; null means no bound.</summary>
    public PathSet? Except { get; init; }

    /// <summary>'A' and 'a' are the same to the rules that are added.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>By what is kept with the files; it is asked for file by file, after all else. Null means no bound.</summary>
    public MetadataSelection? Metadata { get; init; }

    public bool HasRules => fileRules.Count > 0 || folderRules.Count > 0;

    /// <summary>Whether everything takes part.</summary>
    public bool IsAll => !HasRules && SizeMin is null && SizeMax is null && AgeMin is null && AgeMax is null && Only is null && Except is null && Metadata is null;

    /// <summary>
    /// Adds what --include, --exclude and filter lines say, in rclone's order: includes, excludes, filters; and when there is an include,
    /// all that is not included is excluded. A pattern that makes no sense fails with BadSetting.
    /// </summary>
    /// <param name="filters">"+ PATTERN", "- PATTERN", "!" (forgets the rules before it); empty lines and those beginning with # or ; say nothing.</param>
    public FileSelection With(IEnumerable<string> includes, IEnumerable<string> excludes, IEnumerable<string> filters)
    {
        var selection = With(Only, Except);
        var hasIncludes = false;
        foreach (var pattern in includes)
        {
            selection.Add(isInclude: true, pattern);
            hasIncludes = true;
        }

        foreach (var pattern in excludes)
        {
            selection.Add(isInclude: false, pattern);
        }

        foreach (var line in filters)
        {
            selection.AddLine(line);
        }

        if (hasIncludes)
        {
            selection.Add(isInclude: false, "/**");
        }

        return selection;
    }

    /// <summary>The same selection, and of it nothing but what is named and is not excepted.</summary>
    public FileSelection With(PathSet? only, PathSet? except)
    {
        var selection = new FileSelection
        {
            SizeMin = SizeMin,
            SizeMax = SizeMax,
            AgeMin = AgeMin,
            AgeMax = AgeMax,
            Only = only,
            Except = except,
            Metadata = Metadata,
            IgnoresCase = IgnoresCase,
        };
        selection.fileRules.AddRange(fileRules);
        selection.folderRules.AddRange(folderRules);
        return selection;
    }

    /// <summary>By its path relative to the source.</summary>
    public bool IncludesPath(string path) => Only?.Contains(path) != false && Except?.Contains(path) != true && Decide(fileRules, path);

    /// <summary>Whether anything in this folder could be included.</summary>
    public bool IncludesFolder(string path) => path.Length == 0
        || (Only?.ReachesInto(path) != false && (folderRules.Count == 0 || Decide(folderRules, path + "/")));

    /// <summary>By its path, size and age.</summary>
    public bool Includes(string path, Entry entry, DateTimeOffset now) =>
        (SizeMin is not { } min || entry.Size >= min)
        && (SizeMax is not { } max || entry.Size <= max)
        && IncludesAge(entry.ModifiedAt ?? entry.StoredAt, now)
        && IncludesPath(path);

    private bool IncludesAge(DateTimeOffset? modifiedAt, DateTimeOffset now) =>
        modifiedAt is not { } time || ((AgeMin is not { } min || now - time >= min) && (AgeMax is not { } max || now - time <= max));

    private static bool Decide(List<(bool IsInclude, PathPattern Pattern)> rules, string path)
    {
        foreach (var (isInclude, pattern) in rules)
        {
            if (pattern.Matches(path))
            {
                return isInclude;
            }
        }

        return true;
    }

    private void AddLine(string line)
    {
        line = line.Trim();
        switch (line)
        {
            case "" or ['#', ..] or [';', ..]:
                break;
            case "!":
                fileRules.Clear();
                folderRules.Clear();
                break;
            case ['+', ' ', .. var pattern]:
                Add(isInclude: true, pattern);
                break;
            case ['-', ' ', .. var pattern]:
                Add(isInclude: false, pattern);
                break;
            default:
                throw new EndpointException(
                    EndpointError.BadSetting, $"The filter line '{EndpointPath.Printable(line)}' begins neither with '+ ' nor with '- '.");
        }
    }

    private void Add(bool isInclude, string pattern)
    {
        var isForFolders = pattern.EndsWith('/');
        var isForFiles = !isForFolders;
        if (isForFolders && !isInclude)
        {
            pattern += "**";
        }

        if (pattern.Contains("**", StringComparison.Ordinal))
        {
            (isForFiles, isForFolders) = (true, true);
        }

        var compiled = PathPattern.Parse(pattern, IgnoresCase);
        if (isForFiles)
        {
            fileRules.Add((isInclude, compiled));

            // Excluded files rule no folder out; "*" does, since it matches whatever is in it.
            if (isInclude || pattern == "*")
            {
                folderRules.AddRange(PathPattern.FoldersOf(pattern).Select(folder => (isInclude, PathPattern.Parse(folder, IgnoresCase))));
            }
        }

        if (isForFolders)
        {
            folderRules.Add((isInclude, compiled));
        }
    }
}
