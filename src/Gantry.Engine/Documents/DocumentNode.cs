using System.Buffers;
using System.Text.Json;

namespace Gantry.Engine.Documents;

public enum DocumentKind
{
    Null,
    Boolean,
    Number,
    Text,
    List,
    Map,
}

/// <summary>Where something stands in a document; both are counted from 1.</summary>
public readonly record struct DocumentPosition(int Line, int Column);

/// <summary>
/// One value of a document that was written by a person, with its place. YAML and JSON give the same nodes. A tree of them is never deeper than
/// <see cref="DocumentLimits.DepthMax"/>, and a map has no name twice.
/// </summary>
public sealed class DocumentNode
{
    public required DocumentKind Kind { get; init; }

    public required DocumentPosition Position { get; init; }

    /// <summary>A text's own text; of other scalars how they are written, with all digits: "true", "1.50", "null". Empty for lists and maps.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<DocumentNode> Items { get; init; } = [];

    /// <summary>In the order of the document.</summary>
    public IReadOnlyList<DocumentMember> Members { get; init; } = [];

    /// <summary>Null when the map has none of this name.</summary>
    public DocumentMember? Find(string name) => Members.FirstOrDefault(member => member.Name == name);

    /// <summary>"a list": what it is, for messages.</summary>
    public string Describe() => Kind switch
    {
        DocumentKind.Null => "empty",
        DocumentKind.Boolean => "true or false",
        DocumentKind.Number => "a number",
        DocumentKind.Text => "a text",
        DocumentKind.List => "a list",
        _ => "a map",
    };

    public JsonElement ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteTo(writer);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case DocumentKind.Map:
                writer.WriteStartObject();
                foreach (var member in Members)
                {
                    writer.WritePropertyName(member.Name);
                    member.Value.WriteTo(writer);
                }

                writer.WriteEndObject();
                break;
            case DocumentKind.List:
                writer.WriteStartArray();
                foreach (var item in Items)
                {
                    item.WriteTo(writer);
                }

                writer.WriteEndArray();
                break;
            case DocumentKind.Text:
                writer.WriteStringValue(Text);
                break;
            default:
                writer.WriteRawValue(Text, skipInputValidation: true);
                break;
        }
    }
}

/// <summary>One name of a map and its value.</summary>
public sealed record DocumentMember(string Name, DocumentPosition Position, DocumentNode Value);
