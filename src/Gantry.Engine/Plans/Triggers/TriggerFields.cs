using System.Globalization;
using Gantry.Engine.Documents;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>Reads the fields of one map of an 'on' block; what does not fit becomes a finding, and reads as not given.</summary>
internal sealed class TriggerFields(DocumentNode node, string path, Action<string, string> find, Action<string, string> findName)
{
    public string Path => path;

    public DocumentNode Node => node;

    public bool Has(string name) => node.Find(name) is { Value.Kind: not DocumentKind.Null };

    public void Find(string name, string message) => find(name.Length == 0 ? path : $"{path}.{name}", message);

    public void RefuseOthers(string noun, params string[] known)
    {
        foreach (var member in node.Members.Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            findName($"{path}.{member.Name}", $"There is no field '{member.Name}' of {noun}.{NearestName.Hint(member.Name, known)}");
        }
    }

    public string? Text(string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return null;
            case { Kind: DocumentKind.Text } value:
                return value.Text;
            case var other:
                Find(name, $"'{name}' is a text, and this is {other.Describe()}. Put it in quotes if it is meant so.");
                return null;
        }
    }

    /// <summary>Empty when it is missing, which is a finding as well.</summary>
    public string Required(string name, string help)
    {
        if (!Has(name))
        {
            Find("", $"'{name}' is missing: {help}");
            return "";
        }

        return Text(name) ?? "";
    }

    /// <summary>One text, or a list of them.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return [];
            case { Kind: DocumentKind.Text } one:
                return [one.Text];
            case { Kind: DocumentKind.List } list when list.Items.All(item => item.Kind == DocumentKind.Text):
                return [.. list.Items.Select(item => item.Text)];
            default:
                Find(name, $"'{name}' is a text or a list of texts.");
                return [];
        }
    }

    public bool Flag(string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return false;
            case { Kind: DocumentKind.Boolean } value:
                return value.Text == "true";
            case var other:
                Find(name, $"'{name}' is true or false, and this is {other.Describe()}.");
                return false;
        }
    }

    public TimeSpan Span(string name, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (!Has(name))
        {
            return fallback;
        }

        if (node.Find(name)!.Value is { Kind: DocumentKind.Text } value && Duration.TryParse(value.Text, out var span) && span >= min && span <= max)
        {
            return span;
        }

        Find(name, $"'{name}' must be {Duration.Form}, from {Duration.Format(min)} to {Duration.Format(max)}.");
        return fallback;
    }

    public int Number(string name, int fallback, int min, int max)
    {
        if (!Has(name))
        {
            return fallback;
        }

        if (node.Find(name)!.Value is { Kind: DocumentKind.Number } value
            && int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Find(name, $"'{name}' must be a whole number from {min} to {max}.");
        return fallback;
    }

    /// <summary>One of a few words; the first of them when it is not given.</summary>
    public T Choice<T>(string name, IReadOnlyList<(string Word, T Value)> choices)
    {
        if (Text(name) is not { } word)
        {
            return choices[0].Value;
        }

        foreach (var choice in choices)
        {
            if (choice.Word == word)
            {
                return choice.Value;
            }
        }

        Find(name, $"'{name}' is one of {string.Join(", ", choices.Select(choice => choice.Word))}.{NearestName.Hint(word, choices.Select(choice => choice.Word))}");
        return choices[0].Value;
    }

    /// <summary>The name of a time zone that this machine knows; UTC when none is given.</summary>
    public string Zone()
    {
        if (Text("zone") is not { } zone)
        {
            return "UTC";
        }

        if (TimeZones.Find(zone) is null)
        {
            Find("zone", $"There is no time zone '{zone}' on this machine. Zones have IANA names, such as Europe/Berlin or UTC.{Nearest(zone)}");
        }

        return zone;
    }

    private static string Nearest(string zone) => NearestName.Find(zone, TimeZones.Names) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>A map inside this one; null when there is none.</summary>
    public TriggerFields? Map(string name, string form)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return null;
            case { Kind: DocumentKind.Map } map:
                return new TriggerFields(map, $"{path}.{name}", find, findName);
            case var other:
                Find(name, $"'{name}' is a map such as {form}, and this is {other.Describe()}.");
                return null;
        }
    }
}
