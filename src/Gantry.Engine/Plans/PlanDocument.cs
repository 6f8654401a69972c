using Gantry.Engine.Documents;

namespace Gantry.Engine.Plans;

/// <summary>A plan as it was read, with the place of everything in it.</summary>
public sealed class PlanDocument
{
    internal PlanDocument(Plan? draft, SourceMap source, IReadOnlyList<PlanFinding> findings)
    {
        Draft = draft;
        Source = source;
        Findings = findings;
    }

    /// <summary>Null when something could not be read; the findings then say what.</summary>
    public Plan? Plan => Findings.Count == 0 ? Draft : null;

    /// <summary>What the reader found. <see cref="PlanCheck"/> finds more, knowing the providers.</summary>
    public IReadOnlyList<PlanFinding> Findings { get; }

    /// <summary>"12:7", the line and column of "steps[0].with.url".</summary>
    public string PlaceOf(string path) => $"{Source.ValueAt(path).Line}:{Source.ValueAt(path).Column}";

    /// <summary>As much of the plan as could be understood, for checks that tell all findings at once; null when nothing could.</summary>
    internal Plan? Draft { get; }

    /// <summary>What its steps call, also when something is wrong with it.</summary>
    public IReadOnlyList<string> Calls => Draft?.Calls() ?? [];

    internal SourceMap Source { get; }
}

/// <summary>Where each part of a plan stands in its document.</summary>
internal sealed class SourceMap
{
    private readonly Dictionary<string, DocumentPosition> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DocumentPosition> names = new(StringComparer.Ordinal);

    public void Add(string path, DocumentNode node)
    {
        values[path] = node.Position;
        for (var index = 0; index < node.Items.Count; index++)
        {
            Add($"{path}[{index}]", node.Items[index]);
        }

        foreach (var member in node.Members)
        {
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            names[memberPath] = member.Position;
            Add(memberPath, member.Value);
        }
    }

    public bool HasValue(string path) => values.ContainsKey(path);

    public bool HasName(string path) => names.ContainsKey(path);

    public DocumentPosition ValueAt(string path) => values.TryGetValue(path, out var position) ? position : Above(path);

    public DocumentPosition NameAt(string path) => names.TryGetValue(path, out var position) ? position : ValueAt(path);

    private DocumentPosition Above(string path)
    {
        var end = path.AsSpan().LastIndexOfAny('.', '[');
        return end > 0 ? ValueAt(path[..end]) : values.GetValueOrDefault("", new(1, 1));
    }
}
