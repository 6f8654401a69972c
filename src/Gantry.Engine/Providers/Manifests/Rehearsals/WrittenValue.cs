using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>How a value is written in a query or a form, by the words of the schema.</summary>
internal static class WrittenValue
{
    public static IEnumerable<(string Name, string Value)> Of(string name, JsonNode value, string? style) => value switch
    {
        JsonArray list => (style ?? "repeat") switch
        {
            "comma" => [(name, string.Join(',', list.Select(item => Plain(item!))))],
            "pipe" => [(name, string.Join('|', list.Select(item => Plain(item!))))],
            "space" => [(name, string.Join(' ', list.Select(item => Plain(item!))))],
            "json" => [],
            "brackets" => list.SelectMany(item => Of($"{name}[]", item!, "deep_object")),
            "indices" or "deep_object" => list.SelectMany((item, index) => Of($"{name}[{index}]", item!, "deep_object")),
            "numbered" => list.SelectMany((item, index) => item is JsonObject map ? map.Select(member => ($"{member.Key}{index + 1}", Plain(member.Value!))) : [($"{name}{index + 1}", Plain(item!))]),
            "dots" => list.SelectMany((item, index) => Of($"{name}.{index}", item!, "dots")),
            _ => list.SelectMany(item => Of(name, item!, "deep_object")),
        },
        JsonObject map => (style ?? "deep_object") switch
        {
            "json" => [],
            "dots" => map.SelectMany(member => Of($"{name}.{member.Key}", member.Value!, "dots")),
            "deep_object" or "brackets" or "indices" => map.SelectMany(member => Of($"{name}[{member.Key}]", member.Value!, "deep_object")),
            _ => [],
        },
        _ => [(name, Plain(value))],
    };

    public static string Plain(JsonNode value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text
        : value is JsonArray list && list.All(item => item is JsonValue) ? string.Join(',', list.Select(item => Plain(item!)))
        : value.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
