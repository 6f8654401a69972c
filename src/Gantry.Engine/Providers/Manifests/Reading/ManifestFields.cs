using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Reading;

/// <summary>All that is wrong with one file, while it is read.</summary>
internal sealed class ManifestFindings(string file)
{
    private readonly List<ManifestFinding> all = [];

    public IReadOnlyList<ManifestFinding> All => [.. all.OrderBy(finding => finding.Position.Line).ThenBy(finding => finding.Position.Column)];

    public void Add(DocumentPosition position, string message) => all.Add(new(file, position, message));
}

/// <summary>One map of a manifest: takes its fields by name, and in the end tells of those that nobody knows.</summary>
internal sealed class ManifestFields
{
    private readonly DocumentNode node;
    private readonly ManifestFindings findings;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public ManifestFields(DocumentNode node, ManifestFindings findings, string what)
    {
        this.node = node;
        this.findings = findings;
        What = what;
        if (node.Kind != DocumentKind.Map)
        {
            findings.Add(node.Position, $"{What} is a map of fields, and not {node.Describe()}.");
        }
    }

    /// <summary>For messages: "The action 'create_contact'".</summary>
    public string What { get; }

    public DocumentPosition Position => node.Position;

    public ManifestFindings Findings => findings;

    public DocumentNode? Find(string name)
    {
        known.Add(name);
        return node.Find(name)?.Value;
    }

    public DocumentNode? Require(string name)
    {
        var found = Find(name);
        if (found is null)
        {
            findings.Add(node.Position, $"{What} has no '{name}'.");
        }

        return found;
    }

    public string? Text(string name, bool isRequired = false)
    {
        if ((isRequired ? Require(name) : Find(name)) is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Text)
        {
            return value.Text;
        }

        findings.Add(value.Position, $"'{name}' is a text, and not {value.Describe()}{(value.Kind is DocumentKind.Number or DocumentKind.Boolean ? ": write it in quotes" : "")}.");
        return null;
    }

    /// <summary>Not empty.</summary>
    public string? Help(bool isRequired)
    {
        var text = Text("help", isRequired);
        if (text is { } help && string.IsNullOrWhiteSpace(help))
        {
            findings.Add(Find("help")!.Position, "'help' is empty.");
        }

        return text;
    }

    public string Text(string name, string fallback, bool isRequired = true) => Text(name, isRequired) ?? fallback;

    public string? Matching(string name, ManifestPattern pattern, string form, bool isRequired = false)
    {
        var text = Text(name, isRequired);
        if (text is not null && !pattern.Fits(text))
        {
            findings.Add(Find(name)!.Position, $"'{name}' is {form}.");
        }

        return text;
    }

    public bool? Flag(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Boolean)
        {
            return value.Text == "true";
        }

        findings.Add(value.Position, $"'{name}' is true or false, and not {value.Describe()}.");
        return null;
    }

    public int? Integer(string name, int min = int.MinValue)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Number && Scalars.IsInteger(value.Text) && int.TryParse(value.Text, out var number) && number >= min)
        {
            return number;
        }

        findings.Add(value.Position, $"'{name}' is a whole number{(min > int.MinValue ? $" of at least {min}" : "")}.");
        return null;
    }

    public double? Number(string name, bool isPositive = false)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Number && double.TryParse(value.Text, out var number) && (!isPositive || number > 0))
        {
            return number;
        }

        findings.Add(value.Position, $"'{name}' is a number{(isPositive ? " above 0" : "")}.");
        return null;
    }

    public TimeSpan? Seconds(string name, int min = 0) => Number(name) is { } seconds
        ? seconds >= min && seconds <= 86_400 * 30 ? TimeSpan.FromSeconds(seconds) : Wrong(name, $"'{name}' is from {min} to {86_400 * 30} seconds.") : null;

    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices, bool isRequired = false)
        where T : struct
    {
        if (Text(name, isRequired) is not { } text)
        {
            return null;
        }

        if (choices.TryGetValue(text, out var choice))
        {
            return choice;
        }

        findings.Add(Find(name)!.Position, $"'{name}' is one of {string.Join(", ", choices.Keys)}.{NearestName.Hint(text, choices.Keys)}");
        return null;
    }

    public ManifestText? Template(string name, bool isRequired = false) => Text(name, isRequired) is { } text ? TemplateOf(Find(name)!, text) : null;

    public ManifestText TemplateOf(DocumentNode at, string source)
    {
        var text = new ManifestText(source);
        if (text.Template.Problem is { } problem)
        {
            findings.Add(at.Position, $"The reference in this text is malformed: {problem.Message}, at character {problem.Offset + 1}. A plain ${{ is written $${{.");
        }

        return text;
    }

    public AnswerPath? Path(string name, bool isRequired = false) => Text(name, isRequired) is { } text ? PathOf(Find(name)!, text) : null;

    public AnswerPath? PathOf(DocumentNode at, string text)
    {
        try
        {
            return AnswerPath.Parse(text);
        }
        catch (FormatException exception)
        {
            findings.Add(at.Position, $"'{text}' is no path into an answer: {exception.Message}.");
            return null;
        }
    }

    public IReadOnlyList<AnswerPath> Paths(string name) => [.. TextNodes(name).Select(item => PathOf(item, item.Text)).OfType<AnswerPath>()];

    public IReadOnlyList<string> Texts(string name) => [.. TextNodes(name).Select(item => item.Text)];

    public IReadOnlyList<int> Integers(string name)
    {
        List<int> numbers = [];
        foreach (var item in List(name))
        {
            if (item.Kind == DocumentKind.Number && int.TryParse(item.Text, out var number))
            {
                numbers.Add(number);
            }
            else
            {
                findings.Add(item.Position, $"'{name}' is a list of whole numbers.");
            }
        }

        return numbers;
    }

    public IReadOnlyList<DocumentNode> TextNodes(string name)
    {
        foreach (var item in List(name).Where(item => item.Kind != DocumentKind.Text))
        {
            findings.Add(item.Position, $"'{name}' is a list of texts, and this is {item.Describe()}.");
        }

        return [.. List(name).Where(item => item.Kind == DocumentKind.Text)];
    }

    public IReadOnlyList<DocumentNode> List(string name, bool isRequired = false)
    {
        if ((isRequired ? Require(name) : Find(name)) is not { } value)
        {
            return [];
        }

        if (value.Kind != DocumentKind.List)
        {
            findings.Add(value.Position, $"'{name}' is a list, and not {value.Describe()}.");
        }

        return value.Items;
    }

    public IReadOnlyList<DocumentMember> Map(string name)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.Kind != DocumentKind.Map)
        {
            findings.Add(value.Position, $"'{name}' is a map, and not {value.Describe()}.");
        }

        return value.Members;
    }

    /// <summary>Names and constant values, in which references stand.</summary>
    public IReadOnlyList<KeyValuePair<string, ManifestText>> Templates(string name)
    {
        List<KeyValuePair<string, ManifestText>> texts = [];
        foreach (var member in Map(name))
        {
            if (member.Value.Kind is DocumentKind.Text or DocumentKind.Number or DocumentKind.Boolean)
            {
                texts.Add(KeyValuePair.Create(member.Name, TemplateOf(member.Value, member.Value.Text)));
            }
            else
            {
                findings.Add(member.Value.Position, $"'{name}.{member.Name}' is a text, a number, true or false, and not {member.Value.Describe()}.");
            }
        }

        return texts;
    }

    public ManifestValue? Value(string name)
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        var value = new ManifestValue(node.ToJson());
        foreach (var problem in value.Texts.Select(text => text.Template.Problem).OfType<ExpressionException>())
        {
            findings.Add(node.Position, $"A reference in '{name}' is malformed: {problem.Message}.");
        }

        return value;
    }

    public IReadOnlyList<JsonElement> Choices(string name) => [.. List(name).Select(item => item.ToJson())];

    public ManifestPattern? Pattern(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        try
        {
            return new ManifestPattern(text);
        }
        catch (ArgumentException exception)
        {
            findings.Add(Find(name)!.Position, $"'{name}' is no regular expression: {exception.Message}");
            return null;
        }
    }

    /// <summary>Tells of fields that nobody asked for.</summary>
    public void End()
    {
        foreach (var member in node.Members.Where(member => !known.Contains(member.Name)))
        {
            findings.Add(member.Position, $"{What} has no field '{member.Name}'.{NearestName.Hint(member.Name, known)}");
        }
    }

    private TimeSpan? Wrong(string name, string message)
    {
        findings.Add(Find(name)!.Position, message);
        return null;
    }
}
