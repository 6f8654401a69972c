using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Requests;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>A text of a manifest with its references, parsed when it is read.</summary>
public sealed class ManifestText
{
    private readonly TextTemplate template;

    internal ManifestText(string source)
    {
        Source = source;
        template = TextTemplate.Parse(source, takesSecrets: false);
    }

    /// <summary>As it is written.</summary>
    public string Source { get; }

    internal TextTemplate Template => template;

    public override string ToString() => Source;

    /// <summary>Null when it is a single reference to what is not given.</summary>
    internal JsonElement? Find(Scope scope) => template.PlainText is { } plain && template.Problem is null ? Settings.Scalars.Text(plain) : template.Find(scope);

    internal string? FindText(Scope scope) => template.PlainText is { } plain && template.Problem is null ? plain : template.Find(scope) is { } value ? Values.Format(value) : null;

    internal string Text(Scope scope, Func<JsonElement, string>? format = null, Func<string, string>? plain = null) => template.Join(scope, format ?? Values.Format, plain);

    /// <summary>A condition on what came back: false where it cannot be told.</summary>
    internal bool IsTrue(Scope scope)
    {
        try
        {
            return template.Find(scope) is { ValueKind: JsonValueKind.True };
        }
        catch (ExpressionException exception) when (exception.IsMissing)
        {
            return false;
        }
    }
}

/// <summary>A value of a manifest, at any depth of which texts may hold references.</summary>
public sealed class ManifestValue
{
    private readonly JsonElement constant;
    private readonly ManifestText? text;
    private readonly List<KeyValuePair<string, ManifestValue>>? members;
    private readonly List<ManifestValue>? items;

    internal ManifestValue(JsonElement value)
    {
        constant = value;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                members = [.. value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, new ManifestValue(member.Value)))];
                break;
            case JsonValueKind.Array:
                items = [.. value.EnumerateArray().Select(item => new ManifestValue(item))];
                break;
            case JsonValueKind.String when Settings.Scalars.TextOf(value) is { } source && TextTemplate.MayHoldReferences(source):
                text = new ManifestText(source);
                break;
        }
    }

    internal bool IsMap => members is not null;

    internal IEnumerable<ManifestText> Texts => text is not null ? [text]
        : members is not null ? members.SelectMany(member => member.Value.Texts)
        : items is not null ? items.SelectMany(item => item.Texts) : [];

    /// <summary>A scalar as people write it, without quotes.</summary>
    internal static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();

    /// <summary>The value; what is a single reference to what is not given is left out of maps and lists. Null when all of it is.</summary>
    internal BodyNode? Make(Scope scope)
    {
        if (text is not null)
        {
            return text.Find(scope) is { } found ? new BodyValue(found) : null;
        }

        if (members is not null)
        {
            var map = new BodyMap();
            foreach (var (name, value) in members)
            {
                if (value.Make(scope) is { } made)
                {
                    map.Set([name], made);
                }
            }

            return map;
        }

        if (items is not null)
        {
            var list = new BodyList();
            list.Items.AddRange(items.Select(item => item.Make(scope)).OfType<BodyNode>());
            return list;
        }

        return new BodyValue(constant);
    }
}
