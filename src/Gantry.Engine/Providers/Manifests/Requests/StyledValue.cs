using System.Globalization;
using System.Text.Json;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>Writes a list or a map as the names and texts of a query or a form.</summary>
internal static class StyledValue
{
    public static IEnumerable<KeyValuePair<string, string>> Write(string name, JsonElement value, ParameterStyle? style) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        JsonValueKind.Array => WriteList(name, value, style ?? ParameterStyle.Repeat),
        JsonValueKind.Object => WriteMap(name, value, style ?? ParameterStyle.DeepObject),
        _ => [Pair(name, Text(value))],
    };

    /// <summary>As it stands in a header, a cookie or a path.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Settings.Scalars.TextOf(value) ?? "",
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) =>
            string.Join(',', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };

    private static IEnumerable<KeyValuePair<string, string>> WriteList(string name, JsonElement list, ParameterStyle style)
    {
        var items = list.EnumerateArray().ToList();
        return style switch
        {
            ParameterStyle.Comma => [Pair(name, string.Join(',', items.Select(Text)))],
            ParameterStyle.Pipe => [Pair(name, string.Join('|', items.Select(Text)))],
            ParameterStyle.Space => [Pair(name, string.Join(' ', items.Select(Text)))],
            ParameterStyle.Json => [Pair(name, list.GetRawText())],
            ParameterStyle.Brackets => items.SelectMany(item => Nested($"{name}[]", item, ParameterStyle.DeepObject)),
            ParameterStyle.Indices or ParameterStyle.DeepObject => items.SelectMany((item, index) => Nested(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item, ParameterStyle.DeepObject)),
            ParameterStyle.Dots => items.SelectMany((item, index) => Nested(string.Create(CultureInfo.InvariantCulture, $"{name}.{index}"), item, ParameterStyle.Dots)),
            ParameterStyle.Numbered => items.SelectMany((item, index) => Numbered(name, item, index + 1)),
            _ => items.SelectMany(item => Nested(name, item, ParameterStyle.DeepObject)),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> WriteMap(string name, JsonElement map, ParameterStyle style) => style switch
    {
        ParameterStyle.Json => [Pair(name, map.GetRawText())],
        ParameterStyle.Dots => map.EnumerateObject().SelectMany(member => Nested($"{name}.{member.Name}", member.Value, ParameterStyle.Dots)),
        ParameterStyle.Repeat or ParameterStyle.Numbered => map.EnumerateObject().SelectMany(member => Nested(member.Name, member.Value, ParameterStyle.DeepObject)),
        ParameterStyle.Comma => [Pair(name, string.Join(',', map.EnumerateObject().Select(member => $"{member.Name},{Text(member.Value)}")))],
        ParameterStyle.Pipe => [Pair(name, string.Join('|', map.EnumerateObject().Select(member => $"{member.Name}|{Text(member.Value)}")))],
        ParameterStyle.Space => [Pair(name, string.Join(' ', map.EnumerateObject().Select(member => $"{member.Name} {Text(member.Value)}")))],
        _ => map.EnumerateObject().SelectMany(member => Nested($"{name}[{member.Name}]", member.Value, ParameterStyle.DeepObject)),
    };

    private static IEnumerable<KeyValuePair<string, string>> Nested(string name, JsonElement value, ParameterStyle style) => value.ValueKind switch
    {
        JsonValueKind.Array => WriteList(name, value, style),
        JsonValueKind.Object => WriteMap(name, value, style),
        JsonValueKind.Null => [],
        _ => [Pair(name, Text(value))],
    };

    /// <summary>a1=1, a2=2; of maps Host1=, Address1=, Host2=, Address2=.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Numbered(string name, JsonElement item, int number)
    {
        var suffix = number.ToString(CultureInfo.InvariantCulture);
        return item.ValueKind == JsonValueKind.Object
            ? item.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => Pair(member.Name + suffix, Text(member.Value)))
            : [Pair(name + suffix, Text(item))];
    }

    private static KeyValuePair<string, string> Pair(string name, string value) => KeyValuePair.Create(name, value);
}
