using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>
/// The format of plans as a JSON Schema (draft 2020-12), for editors: made of the tables that the reader reads by. With providers it knows the names of all actions, and the parameters of those that are not read on demand, and of the providers that are named. What a schema cannot say (references,
/// ids, cycles) is left to <see cref="PlanCheck"/>.
/// </summary>
public static class PlanSchema
{
    private const string DurationPattern = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$";
    private const string ReferencePattern = "\\$\\{|\\{\\{";

    /// <param name="providers">Null leaves actions out.</param>
    /// <param name="named">The ids of providers whose parameters it has although they are read on demand.</param>
    public static JsonObject Build(IReadOnlyList<IProvider>? providers = null, IReadOnlyCollection<string>? named = null)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Gantry plan",
        };
        foreach (var (name, value) in Fields(PlanFormat.Plan).ToList())
        {
            schema[name] = value?.DeepClone();
        }

        schema["$defs"] = new JsonObject
        {
            ["steps"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Ref("step") },
            ["step"] = new JsonObject { ["anyOf"] = new JsonArray([.. Kinds(providers, named ?? [])]) },
            ["duration"] = new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern },
            ["reference"] = new JsonObject { ["type"] = "string", ["pattern"] = ReferencePattern },
            ["input"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = Texts(PlanNames.InputTypes.Keys) }, Fields(PlanFormat.Input)),
            },
        };
        return schema;
    }

    private static IEnumerable<JsonNode> Kinds(IReadOnlyList<IProvider>? providers, IReadOnlyCollection<string> named)
    {
        var action = Fields(PlanFormat.Action.Fields);
        if (providers is not null)
        {
            action["allOf"] = new JsonArray([.. providers.Where(provider => !provider.IsReadOnDemand || named.Contains(provider.Id)).SelectMany(provider => provider.Actions.Select(known => Parameters(provider, known)))]);
            action["properties"]!["use"] = new JsonObject { ["enum"] = Texts(providers.SelectMany(provider => provider.ActionIds.Select(known => $"{provider.Id}.{known}"))) };
        }
        else
        {
            action["properties"]!["use"]!["pattern"] = "^[^.]+\\..+$";
        }

        return [action, Fields(PlanFormat.OlderAction.Fields), .. PlanFormat.Controls.Select(kind => Fields(kind.Fields))];
    }

    private static JsonObject Parameters(IProvider provider, ProviderAction action)
    {
        var properties = new JsonObject();
        foreach (var setting in action.Parameters)
        {
            properties[setting.Name] = Parameter(setting);
        }

        var with = new JsonObject { ["type"] = Texts(["object", "null"]), ["properties"] = properties, ["additionalProperties"] = false };
        string[] required = [.. action.Parameters.Where(setting => setting is { IsRequired: true, Default: null }).Select(setting => setting.Name)];
        var then = new JsonObject { ["properties"] = new JsonObject { ["with"] = with } };
        if (required.Length > 0)
        {
            with["type"] = "object";
            with["required"] = Texts(required);
            then["required"] = Texts(["with"]);
        }

        return new JsonObject
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["use"] = new JsonObject { ["const"] = $"{provider.Id}.{action.Id}" } } },
            ["then"] = then,
        };
    }

    /// <summary>A value of its type, or a text with a reference that gives one. Scalars may be written as another type's literal, as everywhere.</summary>
    private static JsonObject Parameter(Setting setting)
    {
        var help = setting.Help;
        JsonObject? plain = setting switch
        {
            { Choices.Count: > 0 } => new JsonObject { ["enum"] = Texts(setting.Choices) },
            { Type: SettingType.Text } => new JsonObject { ["type"] = Texts(["string", "number", "boolean"]) },
            { Type: SettingType.Integer } => new JsonObject { ["type"] = Texts(["integer", "string"]) },
            { Type: SettingType.Number } => new JsonObject { ["type"] = Texts(["number", "string"]) },
            { Type: SettingType.Boolean } => new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "boolean" }, new JsonObject { ["enum"] = Texts(["true", "false"]) }) },
            { Type: SettingType.List } => new JsonObject { ["type"] = "array" },
            { Type: SettingType.Map } => new JsonObject { ["type"] = "object" },
            { Type: SettingType.Duration } => Ref("duration"),
            { Type: SettingType.Address } => new JsonObject { ["type"] = "string", ["minLength"] = 1 },
            _ => null,
        };
        return plain is null
            ? new JsonObject { ["description"] = help }
            : new JsonObject { ["description"] = help, ["anyOf"] = new JsonArray(plain, Ref("reference"), new JsonObject { ["type"] = "null" }) };
    }

    private static JsonObject Fields(IReadOnlyList<PlanField> fields)
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var value = Field(field);
            value["description"] = field.Help;
            properties[field.Name] = value;
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (fields.Any(field => field.IsRequired))
        {
            schema["required"] = Texts(fields.Where(field => field.IsRequired).Select(field => field.Name));
        }

        return schema;
    }

    private static JsonObject Field(PlanField field) => field.Type switch
    {
        FieldType.Text when field.Choices.Count > 0 => new JsonObject { ["enum"] = Texts(field.Choices) },
        FieldType.Text => new JsonObject { ["type"] = "string" },
        FieldType.Boolean => new JsonObject { ["type"] = "boolean" },
        FieldType.Integer => new JsonObject { ["type"] = "integer", ["minimum"] = field.Min, ["maximum"] = field.Max },
        FieldType.Number => new JsonObject { ["type"] = "number", ["minimum"] = field.Min, ["maximum"] = field.Max },
        FieldType.Duration => Ref("duration"),
        FieldType.Names => new JsonObject
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }),
        },
        FieldType.Value => [],
        FieldType.Map => new JsonObject { ["type"] = Texts(["object", "null"]) },
        FieldType.Condition => new JsonObject
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "boolean" }, new JsonObject { ["enum"] = Texts(["true", "false"]) }, Ref("reference")),
        },
        FieldType.Items => new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array" }, Ref("reference")) },
        FieldType.Steps => Ref("steps"),
        FieldType.Branches => new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["anyOf"] = new JsonArray(Ref("step"), Ref("steps")) } },
        FieldType.Fields when field.Name == "stop" => new JsonObject { ["anyOf"] = new JsonArray(Fields(field.Fields), new JsonObject { ["type"] = "null" }) },
        FieldType.Fields => Fields(field.Fields),
        FieldType.Time => new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, Fields(field.Fields)) },
        FieldType.Inputs => new JsonObject { ["type"] = Texts(["object", "null"]), ["additionalProperties"] = Ref("input") },
        _ => new JsonObject { ["type"] = Texts(["array", "object", "null"]) },
    };

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}
