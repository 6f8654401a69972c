using System.Globalization;
using System.Text.Json;

namespace Gantry.Plugins.Providers.Json;

/// <summary>How filters compare: values of different kinds are not equal and in no order, and nothing is only equal to nothing.</summary>
internal static class JsonComparison
{
    public static bool Holds(string comparison, JsonElement? left, JsonElement? right) => comparison switch
    {
        "==" => AreEqual(left, right),
        "!=" => !AreEqual(left, right),
        "<" => IsLess(left, right),
        ">" => IsLess(right, left),
        "<=" => IsLess(left, right) || AreEqual(left, right),
        _ => IsLess(right, left) || AreEqual(left, right),
    };

    private static bool AreEqual(JsonElement? left, JsonElement? right) =>
        left is { } one && right is { } other ? JsonElement.DeepEquals(one, other) : left is null && right is null;

    private static bool IsLess(JsonElement? left, JsonElement? right) => (left, right) switch
    {
        ({ ValueKind: JsonValueKind.Number } one, { ValueKind: JsonValueKind.Number } other) => one.TryGetDecimal(out var small) && other.TryGetDecimal(out var large)
            ? small < large
            : double.Parse(one.GetRawText(), CultureInfo.InvariantCulture) < double.Parse(other.GetRawText(), CultureInfo.InvariantCulture),
        ({ ValueKind: JsonValueKind.String } one, { ValueKind: JsonValueKind.String } other) => string.CompareOrdinal(one.GetString(), other.GetString()) < 0,
        _ => false,
    };
}
