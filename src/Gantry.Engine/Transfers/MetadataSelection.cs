namespace Gantry.Engine.Transfers;

/// <summary>
/// Which files take part by their metadata: patterns over "key=value", in which '*' is any text. The first that matches any pair decides; when there is
/// an include, what none of them matches is left out. Includes are asked before excludes.
/// </summary>
public sealed class MetadataSelection
{
    private readonly List<(bool IsInclude, PathPattern Pattern)> rules = [];
    private readonly bool hasIncludes;

    /// <summary>Null when nothing is said. A pattern that makes no sense fails with BadSetting.</summary>
    public static MetadataSelection? Of(IReadOnlyList<string> includes, IReadOnlyList<string> excludes) =>
        includes.Count + excludes.Count == 0 ? null : new MetadataSelection(includes, excludes);

    private MetadataSelection(IReadOnlyList<string> includes, IReadOnlyList<string> excludes)
    {
        rules.AddRange(includes.Select(pattern => (true, PathPattern.ParseText(pattern))));
        rules.AddRange(excludes.Select(pattern => (false, PathPattern.ParseText(pattern))));
        hasIncludes = includes.Count > 0;
    }

    /// <summary>A file without metadata is one with none of the pairs.</summary>
    public bool Includes(IReadOnlyDictionary<string, string>? metadata)
    {
        foreach (var (isInclude, pattern) in rules)
        {
            foreach (var (name, value) in metadata ?? new Dictionary<string, string>())
            {
                if (pattern.Matches($"{name}={value}"))
                {
                    return isInclude;
                }
            }
        }

        return !hasIncludes;
    }
}
