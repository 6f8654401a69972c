using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>One step into a value: a name, and the index it would be in a list (-1 when it is none).</summary>
internal readonly record struct Segment(string Name, int Index)
{
    public override string ToString() => Index >= 0 ? $"[{Index}]" : Name.All(IsPlain) ? $".{Name}" : $"[\"{Name}\"]";

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}

/// <summary>A way from a root into its value: steps.feed.output.items[2].title.</summary>
internal sealed class Reference(string root, IReadOnlyList<Segment> segments, int offset) : Expression
{
    private const int NamesShownMax = 12;

    public string Root => root;

    public IReadOnlyList<Segment> Segments => segments;

    /// <summary>It is about the item that map or filter looks at.</summary>
    public bool IsPerItem { get; init; }

    /// <summary>Where it begins in the text it was written in.</summary>
    public int Offset => offset;

    public override string ToString() => root + string.Concat(segments);

    protected override Answer EvaluateSelf(Scope scope)
    {
        var answer = scope.Find(this, out var taken);
        for (var at = taken; answer.Missing is null && at < segments.Count; at++)
        {
            scope.Spend(1 + (CountOf(answer.Value) / 4));
            answer = Enter(answer.Value, at);
        }

        return answer;
    }

    /// <summary>Names and indexes are looked for one after the other.</summary>
    private static int CountOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount(),
        JsonValueKind.Array => value.GetArrayLength(),
        _ => 0,
    };

    private Answer Enter(JsonElement value, int at)
    {
        var segment = segments[at];
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.TryGetProperty(segment.Name, out var member):
                return member;
            case JsonValueKind.Array when segment.Index >= 0 && segment.Index < value.GetArrayLength():
                return value[segment.Index];
            case JsonValueKind.Object:
                return Answer.None($"there is no '{segment.Name}' in {Before(at)}.{NamesOf(segment, value)}");
            case JsonValueKind.Array when segment.Index >= 0:
                return Answer.None($"there is no [{segment.Index}] in {Before(at)}: it is a list of {value.GetArrayLength()}, counted from 0.");
            case JsonValueKind.Array:
                return Answer.None($"there is no '{segment.Name}' in {Before(at)}: it is a list, whose items are [0], [1], ….");
            default:
                return Answer.None($"there is no '{segment.Name}' in {Before(at)}: it is {Values.Describe(value.ValueKind)}.");
        }
    }

    private string Before(int at) => root + string.Concat(segments.Take(at));

    private static string NamesOf(Segment segment, JsonElement value)
    {
        var names = value.EnumerateObject().Select(property => property.Name).Where(name => name.Length <= 64).Take(NamesShownMax).ToList();
        return names.Count == 0 ? " It is empty." : NearestName.Hint(segment.Name, names);
    }
}
