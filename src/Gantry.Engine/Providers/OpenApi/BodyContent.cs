using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>The form of a body that is sent, of those that an operation takes.</summary>
/// <param name="Encoding">As manifests name it.</param>
/// <param name="ContentType">When the encoding's own is not it.</param>
internal sealed record BodyContent(string Encoding, string? ContentType, DocumentNode? Schema)
{
    private static readonly string[] InOrder = ["json", "form", "multipart", "ndjson", "text", "binary"];

    public static BodyContent? Choose(DocumentNode? content) => content?.Members
        .Select(member => Of(member.Name, member.Value.Find("schema")?.Value))
        .MinBy(choice => Array.IndexOf(InOrder, choice.Encoding) * 2 + (choice.ContentType is null ? 0 : 1));

    private static BodyContent Of(string type, DocumentNode? schema)
    {
        var media = type.Split(';')[0].Trim().ToLowerInvariant();
        return media switch
        {
            "application/json" or "*/*" or "application/*" => new("json", null, schema),
            "application/x-www-form-urlencoded" => new("form", null, schema),
            "multipart/form-data" => new("multipart", null, schema),
            "application/x-ndjson" => new("ndjson", null, schema),
            "text/plain" => new("text", null, schema),
            "application/octet-stream" => new("binary", null, schema),
            _ when media.EndsWith("json", StringComparison.Ordinal) => new("json", media, schema),
            _ when media.StartsWith("text/", StringComparison.Ordinal) || media.EndsWith("xml", StringComparison.Ordinal) => new("text", media, schema),
            _ => new("binary", media, schema),
        };
    }

    /// <summary>A body of version 2 as version 3 writes it.</summary>
    public static DocumentNode Body(DocumentNode parameter, IEnumerable<string> types, DocumentNode? schema) => Map(
        parameter.Position,
        [
            .. parameter.Members.Where(member => member.Name is "description" or "required"),
            Member(parameter.Position, "content", Map(parameter.Position,
                [.. types.Distinct(StringComparer.Ordinal).Select(type => Member(parameter.Position, type, Map(parameter.Position, schema is null ? [] : [Member(parameter.Position, "schema", schema)])))])),
        ]);

    /// <summary>The fields of version 2's form as version 3 writes them.</summary>
    public static DocumentNode Form(DocumentPosition position, string type, IReadOnlyList<DocumentNode> fields)
    {
        var schema = Map(position,
        [
            Member(position, "type", new() { Kind = DocumentKind.Text, Position = position, Text = "object" }),
            Member(position, "properties", Map(position, [.. fields.DistinctBy(Name).Select(field => Member(position, Name(field), field))])),
            Member(position, "required", new()
            {
                Kind = DocumentKind.List,
                Position = position,
                Items = [.. fields.Where(field => OpenApiDocument.IsTrue(field, "required")).Select(field => new DocumentNode { Kind = DocumentKind.Text, Position = position, Text = Name(field) })],
            }),
        ]);
        return Map(position,
        [
            Member(position, "required", new() { Kind = DocumentKind.Boolean, Position = position, Text = "true" }),
            Member(position, "content", Map(position, [Member(position, type, Map(position, [Member(position, "schema", schema)]))])),
        ]);

        static string Name(DocumentNode field) => OpenApiDocument.Text(field, "name")!;
    }

    private static DocumentNode Map(DocumentPosition position, IReadOnlyList<DocumentMember> members) => new() { Kind = DocumentKind.Map, Position = position, Members = members };

    private static DocumentMember Member(DocumentPosition position, string name, DocumentNode value) => new(name, position, value);
}
