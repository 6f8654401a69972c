using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>
/// What a schema comes to: references followed, allOf put together, and of oneOf and anyOf what they have in common. It looks no deeper than it must, and
/// never for ever: schemas refer to themselves.
/// </summary>
internal sealed class SchemaView
{
    private const int MergesMax = 200;
    private const int PropertiesMax = 500;
    private const int ChoicesMax = 300;
    private const int NestedMax = 30;

    private readonly OpenApiDocument document;
    private int merges;

    private SchemaView(OpenApiDocument document) => this.document = document;

    /// <summary>A type of manifests; 'any' where the document does not say or allows several.</summary>
    public string Type { get; private set; } = "any";

    public string? Format { get; private set; }

    public string? Help { get; private set; }

    public JsonNode? Default { get; private set; }

    public bool IsReadOnly { get; private set; }

    public decimal? Minimum { get; private set; }

    public decimal? Maximum { get; private set; }

    public List<JsonNode> Choices { get; } = [];

    public DocumentNode? Items { get; private set; }

    public OrderedDictionary<string, DocumentNode> Properties { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>It has names besides those described, or is one of several forms: its properties are not the whole of it.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Its content is a file.</summary>
    public bool IsBinary => Type == "string" && Format is "binary" or "file";

    public static SchemaView Of(OpenApiDocument document, DocumentNode? schema)
    {
        var view = new SchemaView(document);
        if (schema is not null)
        {
            view.Take(schema);
        }

        if (view.Type == "any" && view.Properties.Count > 0)
        {
            view.Type = "map";
        }

        return view;
    }

    /// <summary>As a value of a parameter's 'items' or 'properties' has it: so deep, and no deeper.</summary>
    public JsonObject Shape(int depth)
    {
        var shape = new JsonObject { ["type"] = ManifestType };
        Describe(shape, depth);
        return shape;
    }

    /// <summary>The type as manifests name it.</summary>
    public string ManifestType => Type == "string" && Format == "date-time" ? "datetime" : IsBinary ? "file" : Type;

    public void Describe(JsonObject value, int depth)
    {
        if (Choices.Count > 0)
        {
            value["enum"] = new JsonArray([.. Choices.Select(choice => choice.DeepClone())]);
        }

        if (depth == 0)
        {
            return;
        }

        if (Type == "list" && Items is not null)
        {
            value["items"] = Of(document, Items).Shape(depth - 1);
        }

        if (Type == "map" && !IsOpen && Properties.Count is > 0 and <= NestedMax)
        {
            JsonObject properties = [];
            foreach (var (name, schema) in Properties)
            {
                var view = Of(document, schema);
                if (view.IsReadOnly)
                {
                    continue;
                }

                var shape = view.Shape(depth - 1);
                if (Required.Contains(name))
                {
                    shape["required"] = true;
                }

                properties[name] = shape;
            }

            value["properties"] = properties;
        }
    }

    private void Take(DocumentNode written)
    {
        if (++merges > MergesMax || document.Resolve(written) is not { Kind: DocumentKind.Map } schema)
        {
            return;
        }

        var properties = OpenApiDocument.Map(schema, "properties")?.Members ?? [];
        if (!document.MayLook(1 + properties.Count + OpenApiDocument.List(schema, "enum").Count))
        {
            return;
        }

        Help ??= OpenApiDocument.Text(written, "description") ?? OpenApiDocument.Text(schema, "description");
        IsReadOnly |= OpenApiDocument.IsTrue(schema, "readOnly");
        Format ??= OpenApiDocument.Text(schema, "format");
        TakeType(schema);
        TakeValues(schema);
        foreach (var (name, _, property) in properties)
        {
            if (Properties.Count < PropertiesMax)
            {
                Properties[name] = property;
            }
        }

        Required.UnionWith(OpenApiDocument.List(schema, "required").Select(name => name.Text));
        Items ??= schema.Find("items")?.Value is { Kind: DocumentKind.Map } items ? items : null;
        IsOpen |= schema.Find("additionalProperties")?.Value is { } additional && additional.Text != "false";
        foreach (var part in OpenApiDocument.List(schema, "allOf"))
        {
            Take(part);
        }

        TakeForms([.. OpenApiDocument.List(schema, "oneOf"), .. OpenApiDocument.List(schema, "anyOf")]);
    }

    private void TakeType(DocumentNode schema)
    {
        var types = schema.Find("type")?.Value switch
        {
            { Kind: DocumentKind.List } several => several.Items.Select(type => type.Text).Where(type => type != "null").ToList(),
            { Kind: DocumentKind.Text } one => [one.Text],
            _ => [],
        };
        if (types.Count == 1 && Type == "any")
        {
            Type = types[0] switch
            {
                "string" or "file" => "string",
                "integer" or "number" or "boolean" => types[0],
                "array" => "list",
                "object" => "map",
                _ => "any",
            };
            Format = types[0] == "file" ? "file" : Format;
        }
        else if (types.Count == 0 && Type == "any" && OpenApiDocument.Map(schema, "properties") is not null)
        {
            Type = "map";
        }
    }

    private void TakeValues(DocumentNode schema)
    {
        var choices = OpenApiDocument.List(schema, "enum").Where(choice => choice.Kind is not (DocumentKind.Null or DocumentKind.Map or DocumentKind.List)).ToList();
        if (Choices.Count == 0 && choices.Count is > 0 and <= ChoicesMax)
        {
            Choices.AddRange(choices.Select(Value).OfType<JsonNode>().DistinctBy(choice => choice.ToJsonString()));
        }

        if (schema.Find("const")?.Value is { Kind: not (DocumentKind.Null or DocumentKind.Map or DocumentKind.List) } constant && Choices.Count == 0 && Value(constant) is { } only)
        {
            Choices.Add(only);
        }

        if (Default is null && schema.Find("default")?.Value is { Kind: DocumentKind.Text or DocumentKind.Number or DocumentKind.Boolean } standard
            && !standard.Text.Contains("${", StringComparison.Ordinal))
        {
            Default = Value(standard);
        }

        var isNumber = Type is "integer" or "number";
        Minimum ??= Limit(isNumber ? "minimum" : Type == "list" ? "minItems" : "minLength");
        Maximum ??= Limit(isNumber ? "maximum" : Type == "list" ? "maxItems" : "maxLength");

        decimal? Limit(string name) => schema.Find(name)?.Value is { Kind: DocumentKind.Number } limit
            && decimal.TryParse(limit.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A value of the type that the schema says: vendors write "true" and 5 for each other's.</summary>
    private JsonNode? Value(DocumentNode value) => Type switch
    {
        "string" => JsonValue.Create(value.Text),
        "integer" => long.TryParse(value.Text, System.Globalization.CultureInfo.InvariantCulture, out var integer) ? JsonValue.Create(integer) : null,
        "number" => decimal.TryParse(value.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null,
        "boolean" => bool.TryParse(value.Text, out var boolean) ? JsonValue.Create(boolean) : null,
        "list" or "map" => null,
        _ => value.Kind == DocumentKind.Text ? JsonValue.Create(value.Text) : JsonNode.Parse(value.ToJson().GetRawText()),
    };

    private void TakeForms(IReadOnlyList<DocumentNode> forms)
    {
        var views = forms.Where(form => OpenApiDocument.Text(form, "type") != "null").Take(MergesMax).Select(Form).OfType<SchemaView>().ToList();
        switch (views)
        {
            case []:
                return;
            case [var only]:
                Adopt(only);
                return;
            default:
                IsOpen = true;
                if (Type == "any" && views.All(view => view.Type == views[0].Type))
                {
                    Type = views[0].Type;
                }

                foreach (var (name, schema) in views.SelectMany(view => view.Properties))
                {
                    if (Properties.Count < PropertiesMax)
                    {
                        Properties.TryAdd(name, schema);
                    }
                }

                return;
        }
    }

    private SchemaView? Form(DocumentNode form)
    {
        var view = new SchemaView(document) { merges = merges + 1 };
        view.Take(form);
        merges = view.merges;
        return merges > MergesMax ? null : view;
    }

    private void Adopt(SchemaView only)
    {
        Type = Type == "any" ? only.Type : Type;
        Format ??= only.Format;
        Help ??= only.Help;
        Items ??= only.Items;
        IsOpen |= only.IsOpen;
        Choices.AddRange(Choices.Count == 0 ? only.Choices : []);
        Required.UnionWith(only.Required);
        foreach (var (name, schema) in only.Properties)
        {
            Properties.TryAdd(name, schema);
        }
    }
}
