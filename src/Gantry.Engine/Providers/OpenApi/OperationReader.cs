using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>One operation as an action.</summary>
internal sealed partial class OperationReader(
    OpenApiDocument document, SignIn signIn, ServerList servers, string path, string method, DocumentNode item, DocumentNode operation)
{
    private const int ShapeDepth = 2;

    private readonly OrderedDictionary<string, JsonObject> parameters = new(StringComparer.Ordinal);
    private readonly JsonObject action = [];
    private readonly JsonObject query = [];

    /// <summary>Of its operationId, or of its method and path.</summary>
    public string Id { get; } = Names.Id(OpenApiDocument.Text(operation, "operationId") is { Length: > 0 } id ? id : $"{method}{path}");

    private string Where => $"{method.ToUpperInvariant()} {path}";

    private bool HasBody => method is "post" or "put" or "patch";

    public JsonObject Read()
    {
        action["help"] = Names.Line(Said(operation, "summary") ?? Said(operation, "description") ?? Said(item, "summary") ?? $"{method.ToUpperInvariant()} {path}");
        action["call"] = "";
        var declared = Declared();
        action["call"] = $"{method.ToUpperInvariant()} {servers.Own(item, operation)}{Path(declared)}";
        foreach (var parameter in declared)
        {
            ReadParameter(parameter);
        }

        ReadBody(declared);
        AnswerReader.Read(document, method, operation, parameters, action);
        Finish();
        return action;
    }

    private static string? Said(DocumentNode node, string name) => OpenApiDocument.Text(node, name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    private void Finish()
    {
        if (signIn.Of(operation) is { } ids)
        {
            action["auth"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]);
        }

        if (parameters.Count > 0)
        {
            action["params"] = new JsonObject([.. parameters.Select(parameter => KeyValuePair.Create<string, JsonNode?>(parameter.Key, parameter.Value))]);
        }

        if (query.Count > 0)
        {
            action["query"] = query;
        }

        if (OpenApiDocument.IsTrue(operation, "deprecated"))
        {
            action["deprecated"] = "The document calls it so.";
        }
    }

    /// <summary>Those of the path, then those of the operation, which replace ones of the same name and place.</summary>
    private IReadOnlyList<DocumentNode> Declared()
    {
        OrderedDictionary<(string, string), DocumentNode> declared = [];
        foreach (var written in OpenApiDocument.List(item, "parameters").Concat(OpenApiDocument.List(operation, "parameters")))
        {
            if (document.Resolve(written) is { Kind: DocumentKind.Map } parameter)
            {
                declared[(OpenApiDocument.Text(parameter, "name") ?? "", OpenApiDocument.Text(parameter, "in") ?? "")] = parameter;
            }
        }

        return [.. declared.Values];
    }

    /// <summary>The path with names that plans can use. Constants behind '?' become such; what stands behind '#' is sent to nobody.</summary>
    private string Path(IReadOnlyList<DocumentNode> declared)
    {
        var whole = path.Split('#')[0];
        var parts = whole.Split('?', 2);
        foreach (var pair in parts.Length == 2 ? parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            var (name, value) = pair.Split('=', 2) is [var first, var second] ? (first, second) : (pair, "");
            if (!value.Contains('{', StringComparison.Ordinal) && !name.Contains('{', StringComparison.Ordinal))
            {
                query[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value);
            }
        }

        var text = Placeholder().Replace(parts[0], match => PathParameter(match.Groups["name"].Value, declared));
        return Harmless(text);
    }

    /// <summary>As it goes over the wire; and what would be a reference in a manifest is none.</summary>
    private static string Harmless(string text)
    {
        var written = new StringBuilder();
        foreach (var character in text.Replace("${", "%24{", StringComparison.Ordinal))
        {
            if (character <= ' ' || char.IsControl(character))
            {
                written.Append(Uri.EscapeDataString(character.ToString()));
            }
            else
            {
                written.Append(character);
            }
        }

        return written.ToString();
    }

    private string PathParameter(string written, IReadOnlyList<DocumentNode> declared)
    {
        // RFC 6570's {+name}, and Google's {name=projects/*}, take slashes.
        var wire = written.Split('=')[0].TrimStart('+');
        var isRaw = written.Contains('=', StringComparison.Ordinal) || written.StartsWith('+');
        var known = declared.FirstOrDefault(parameter => OpenApiDocument.Text(parameter, "name") == wire && OpenApiDocument.Text(parameter, "in") == "path");
        if (known is null)
        {
            document.Warn($"{Where}: '{wire}' of the path is not described; a text is taken.");
        }

        var schema = SchemaView.Of(document, known is null ? null : SchemaOf(known));
        var value = new JsonObject { ["help"] = Help(known, schema, wire) };
        if (schema.Type is "integer" or "number" or "boolean")
        {
            value["type"] = schema.Type;
        }

        if (schema.Choices.Count > 0)
        {
            value["enum"] = new JsonArray([.. schema.Choices.Select(choice => choice.DeepClone())]);
        }

        value["required"] = true;
        if (isRaw || (known is not null && OpenApiDocument.IsTrue(known, "x-multi-segment")))
        {
            value["raw_path"] = true;
        }

        var name = Names.Parameter(wire);
        parameters[name] = value;
        return $"{{{name}}}";
    }

    private DocumentNode? SchemaOf(DocumentNode parameter) =>
        document.IsSwagger && OpenApiDocument.Text(parameter, "in") != "body" ? parameter
        : parameter.Find("schema")?.Value ?? Content(parameter)?.Value.Find("schema")?.Value;

    private static DocumentMember? Content(DocumentNode parameter) => OpenApiDocument.Map(parameter, "content")?.Members.FirstOrDefault();

    private static string Help(DocumentNode? parameter, SchemaView schema, string wire) =>
        Names.Line((parameter is null ? null : Said(parameter, "description")) ?? schema.Help ?? $"{wire}.");

    private void ReadParameter(DocumentNode parameter)
    {
        var wire = OpenApiDocument.Text(parameter, "name");
        var place = OpenApiDocument.Text(parameter, "in");
        switch (place)
        {
            case "body" or "formData" or "path":
                if (place == "path" && wire is not null && !path.Contains($"{{{wire}", StringComparison.Ordinal) && !path.Contains($"{{+{wire}", StringComparison.Ordinal))
                {
                    document.Warn($"{Where}: '{Names.Line(wire)}' is said to be in the path, which does not have it; it is left out.");
                }

                return;
            case "header" when wire is not null && (wire.ToLowerInvariant() is "accept" or "content-type" or "authorization"):
                return;
            case "query" or "header" or "cookie" when wire is { Length: > 0 }:
                break;
            default:
                document.Warn($"{Where}: a parameter has no name, or no place that is known; it is left out.");
                return;
        }

        var schema = SchemaView.Of(document, SchemaOf(parameter));
        if (place == "query" && schema.Type == "map" && schema.Properties.Count > 0 && IsExploded(parameter))
        {
            foreach (var (name, property) in schema.Properties)
            {
                Add(name, "query", SchemaView.Of(document, property), null, schema.Required.Contains(name) && OpenApiDocument.IsTrue(parameter, "required"), null);
            }

            return;
        }

        Add(wire, place, schema, parameter, OpenApiDocument.IsTrue(parameter, "required"), place == "query" ? Style(parameter, schema, wire) : null);
    }

    /// <summary>OpenAPI writes a map as its own names, a=1&amp;b=2, unless another style is said.</summary>
    private bool IsExploded(DocumentNode parameter) =>
        !document.IsSwagger && Content(parameter) is null && OpenApiDocument.Text(parameter, "style") is null or "form" && parameter.Find("explode")?.Value.Text != "false";

    private string? Style(DocumentNode parameter, SchemaView schema, string wire)
    {
        if (Content(parameter) is not null)
        {
            return "json";
        }

        if (schema.Type == "map")
        {
            return OpenApiDocument.Text(parameter, "style") is "deepObject" ? null : "json";
        }

        if (schema.Type != "list")
        {
            return null;
        }

        if (document.IsSwagger)
        {
            return OpenApiDocument.Text(parameter, "collectionFormat") switch { "multi" => null, "pipes" => "pipe", "ssv" => "space", _ => "comma" };
        }

        var isExploded = parameter.Find("explode")?.Value.Text;
        return OpenApiDocument.Text(parameter, "style") switch
        {
            "pipeDelimited" => "pipe",
            "spaceDelimited" => "space",
            "deepObject" => wire.EndsWith("[]", StringComparison.Ordinal) ? null : "brackets",
            _ => isExploded == "false" ? "comma" : null,
        };
    }

    private void ReadBody(IReadOnlyList<DocumentNode> declared)
    {
        var body = document.IsSwagger ? SwaggerBody(declared) : document.Resolve(operation.Find("requestBody")?.Value);
        if (body is null)
        {
            return;
        }

        var content = BodyContent.Choose(OpenApiDocument.Map(body, "content"));
        if (content is null)
        {
            return;
        }

        if (content.Encoding != "json")
        {
            action["encoding"] = content.Encoding;
        }

        if (content.ContentType is { } contentType)
        {
            action["content_type"] = contentType;
        }

        var isRequired = OpenApiDocument.IsTrue(body, "required");
        var schema = SchemaView.Of(document, content.Schema);
        var hasFields = content.Encoding is "json" or "form" or "multipart" && schema.Type == "map" && schema.Properties.Count > 0 && !schema.IsOpen;
        if (hasFields && (content.Encoding != "json" || schema.Properties.Keys.All(name => !name.Contains('.', StringComparison.Ordinal))))
        {
            AddFields(content, schema, isRequired);
        }
        else
        {
            AddWhole(body, content, schema, isRequired);
        }
    }

    private void AddFields(BodyContent content, SchemaView schema, bool isRequired)
    {
        foreach (var (name, property) in schema.Properties)
        {
            var view = SchemaView.Of(document, property);
            if (!view.IsReadOnly)
            {
                var place = content.Encoding == "json" ? "body" : view.IsBinary && content.Encoding == "multipart" ? "file" : "form";
                Add(name, place, view, null, isRequired && schema.Required.Contains(name), null);
            }
        }
    }

    private void AddWhole(DocumentNode body, BodyContent content, SchemaView schema, bool isRequired)
    {
        var type = content.Encoding switch
        {
            "binary" => "file",
            "text" => "string",
            "form" or "multipart" => "map",
            _ => schema.Type is "list" or "map" ? schema.Type : "any",
        };
        var value = new JsonObject { ["help"] = Names.Line(Said(body, "description") ?? schema.Help ?? "The body."), ["type"] = type, ["in"] = "body_root" };
        if (isRequired)
        {
            value["required"] = true;
        }

        if (type is "list" or "map")
        {
            schema.Describe(value, ShapeDepth);
        }

        parameters[Names.Unique("body", parameters.ContainsKey)] = value;
    }

    private void Add(string wire, string place, SchemaView schema, DocumentNode? parameter, bool isRequired, string? style)
    {
        var name = Names.Parameter(wire);
        name = parameters.ContainsKey(name) ? Names.Unique($"{place}_{name}", parameters.ContainsKey) : name;
        var value = new JsonObject { ["help"] = Help(parameter, schema, wire) };
        var type = schema.ManifestType == "file" && place != "file" ? "string" : schema.ManifestType;
        if (type != "string")
        {
            value["type"] = type;
        }

        var standard = place switch { "body" or "form" => HasBody ? "body" : "none", "query" => HasBody ? "none" : "query", _ => "none" };
        if (place != standard && !(place == "form" && standard == "body"))
        {
            value["in"] = place;
        }

        if (name != wire)
        {
            value["name"] = wire;
        }

        if (isRequired)
        {
            value["required"] = true;
        }
        else if (schema.Default is { } standardValue && place is "query" or "header" && (schema.Choices.Count == 0 || schema.Choices.Any(choice => JsonNode.DeepEquals(choice, standardValue))))
        {
            // What the other side takes by itself need not be sent, but a form shows it.
            value["help"] = $"{(string)value["help"]!} ({standardValue} when left out)";
        }

        schema.Describe(value, ShapeDepth);
        if (schema.Minimum is { } minimum && !(type is "string" or "datetime" && minimum == 0))
        {
            value["min"] = minimum;
        }

        if (schema.Maximum is { } maximum)
        {
            value["max"] = maximum;
        }

        if (schema.Type == "string" && schema.Format is "email" or "uri" or "date" or "uuid" && type == "string")
        {
            value["format"] = schema.Format;
        }

        if (style is not null)
        {
            value["style"] = style;
        }

        parameters[name] = value;
    }

    /// <summary>Version 2 has the body, or the fields of a form, among the parameters.</summary>
    private DocumentNode? SwaggerBody(IReadOnlyList<DocumentNode> declared)
    {
        var types = OpenApiDocument.List(operation, "consumes") is { Count: > 0 } own ? own : OpenApiDocument.List(document.Root, "consumes");
        if (declared.FirstOrDefault(parameter => OpenApiDocument.Text(parameter, "in") == "body") is { } body)
        {
            return BodyContent.Body(body, types.Select(type => type.Text).DefaultIfEmpty("application/json"), body.Find("schema")?.Value);
        }

        var fields = declared.Where(parameter => OpenApiDocument.Text(parameter, "in") == "formData" && OpenApiDocument.Text(parameter, "name") is { Length: > 0 }).ToList();
        if (fields.Count == 0)
        {
            return null;
        }

        var hasFile = fields.Any(field => OpenApiDocument.Text(field, "type") == "file");
        var type = hasFile || types.Any(type => type.Text == "multipart/form-data") ? "multipart/form-data" : "application/x-www-form-urlencoded";
        return BodyContent.Form(operation.Position, type, fields);
    }

    [GeneratedRegex(@"\{(?<name>[^{}]+)\}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
