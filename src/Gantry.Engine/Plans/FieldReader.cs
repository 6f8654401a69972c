using Gantry.Engine.Documents;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Reads the fields of a plan's maps. What does not fit becomes a finding, and reads as not given.</summary>
internal sealed class FieldReader(SourceMap source, List<PlanFinding> findings)
{
    public decimal ReadNumber(DocumentNode node, string path, string name, decimal min, decimal max, bool isWhole, decimal fallback)
    {
        if (node.Find(name)?.Value is not { } value)
        {
            return fallback;
        }

        if (value.Kind == DocumentKind.Number && decimal.TryParse(value.Text, out var number) && number >= min && number <= max
            && (!isWhole || decimal.IsInteger(number)))
        {
            return number;
        }

        Find(PathOf(path, name), $"'{name}' must be a {(isWhole ? "whole " : "")}number from {min} to {max}.");
        return fallback;
    }

    public TimeSpan? ReadDuration(DocumentNode node, string path, string name, bool mayBeZero = false)
    {
        if (node.Find(name)?.Value is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Text && Duration.TryParse(value.Text, out var duration) && (mayBeZero || duration > TimeSpan.Zero)
            && duration <= PlanNames.DurationMax)
        {
            return duration;
        }

        Find(PathOf(path, name), $"'{name}' must be {Duration.Form}, {(mayBeZero ? "" : "more than 0 and ")}at most {Duration.Format(PlanNames.DurationMax)}.");
        return null;
    }

    /// <summary>A text, or a list of them; null when it is not there.</summary>
    public IReadOnlyList<string>? ReadNames(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Text } one:
                return [one.Text];
            case { Kind: DocumentKind.List } list when list.Items.All(item => item.Kind == DocumentKind.Text):
                return [.. list.Items.Select(item => item.Text)];
            case var other:
                Find(PathOf(path, name), $"'{name}' is a list of names, and this is {(other.Kind == DocumentKind.List ? "a list with something else in it" : other.Describe())}.");
                return [];
        }
    }

    /// <summary>One of the texts; null when it is not there, or none of them.</summary>
    public string? ReadChoice(DocumentNode node, string path, string name, IReadOnlyList<string> choices)
    {
        var text = ReadText(node, path, name);
        if (text is null || choices.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        Find(PathOf(path, name), $"'{name}' is one of {string.Join(", ", choices)}, and not '{text}'.{(NearestName.Find(text, choices) is { } nearest ? $" Did you mean '{nearest}'?" : "")}");
        return null;
    }

    /// <summary>A map; null when it is not there or is none.</summary>
    public DocumentNode? ReadMap(DocumentNode node, string path, string name, string example)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Map } map:
                return map;
            case var other:
                Find(path.Length == 0 ? name : PathOf(path, name), $"'{name}' is a map such as {example}, and this is {other.Describe()}.");
                return null;
        }
    }

    public bool? ReadBoolean(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Boolean } value:
                return value.Text == "true";
            case var other:
                Find(PathOf(path, name), $"'{name}' is true or false, and this is {other.Describe()}.");
                return null;
        }
    }

    /// <summary>Null when it is not there or is no text.</summary>
    public string? ReadText(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Text } value:
                return value.Text;
            case var other:
                Find(path.Length == 0 ? name : PathOf(path, name), $"'{name}' is a text, and this is {other.Describe()}. Put it in quotes if it is meant so.");
                return null;
        }
    }

    public void RefuseOthers(DocumentNode node, string path, string noun, params IReadOnlyList<string> known)
    {
        foreach (var member in node.Members.Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            FindName(PathOf(path, member.Name), $"There is no {noun} '{member.Name}'.{NearestName.Hint(member.Name, known)}");
        }
    }

    public void Find(string path, string message) => Add(path, source.ValueAt(path), message);

    public void FindName(string path, string message) => Add(path, source.NameAt(path), message);

    private static string PathOf(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void Add(string path, DocumentPosition position, string message) => findings.Add(new(path, position.Line, position.Column, message));
}
