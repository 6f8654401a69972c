using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>As much of JSON Schema (draft 2020-12) as the schema of plans uses. A keyword that it does not know is an error.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonNode? schema, JsonNode? value) => schema switch
    {
        JsonValue constant => constant.GetValue<bool>(),
        JsonObject keywords => keywords.All(keyword => Holds(keywords, keyword.Key, keyword.Value, value)),
        _ => throw new InvalidOperationException("A schema is an object or a boolean."),
    };

    private bool Holds(JsonObject schema, string keyword, JsonNode? argument, JsonNode? value) => keyword switch
    {
        "$schema" or "$defs" or "title" or "description" or "then" => true,
        "$ref" => Accepts(root["$defs"]![argument!.GetValue<string>()["#/$defs/".Length..]], value),
        "type" => argument is JsonArray types ? types.Any(type => IsA(type!.GetValue<string>(), value)) : IsA(argument!.GetValue<string>(), value),
        "enum" => argument!.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)),
        "const" => JsonNode.DeepEquals(argument, value),
        "anyOf" => argument!.AsArray().Any(one => Accepts(one, value)),
        "allOf" => argument!.AsArray().All(one => Accepts(one, value)),
        "if" => !Accepts(argument, value) || Accepts(schema["then"], value),
        "pattern" => value is not JsonValue || value.GetValueKind() != JsonValueKind.String || Regex.IsMatch(value.GetValue<string>(), argument!.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(1)),
        "minLength" => value is not JsonValue || value.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length >= argument!.GetValue<int>(),
        "minimum" => value?.GetValueKind() != JsonValueKind.Number || decimal.Parse(value.ToJsonString()) >= decimal.Parse(argument!.ToJsonString()),
        "maximum" => value?.GetValueKind() != JsonValueKind.Number || decimal.Parse(value.ToJsonString()) <= decimal.Parse(argument!.ToJsonString()),
        "minItems" => value is not JsonArray list || list.Count >= argument!.GetValue<int>(),
        "items" => value is not JsonArray items || items.All(item => Accepts(argument, item)),
        "required" => value is not JsonObject map || argument!.AsArray().All(name => map.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject members || members.All(member => argument![member.Key] is not { } own || Accepts(own, member.Value)),
        "additionalProperties" => value is not JsonObject all || all.All(member => schema["properties"]?[member.Key] is not null || Accepts(argument, member.Value)),
        _ => throw new NotSupportedException($"The schema uses '{keyword}', which the test does not know."),
    };

    private static bool IsA(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("null", JsonValueKind.Null) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(decimal.Parse(value!.ToJsonString())),
        _ => false,
    };
}
