using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Logic;

/// <summary>One thing that has to be so in an item: what is at a path, compared with a value. Of values in different types, none is larger.</summary>
internal sealed class FilterCondition
{
    private readonly AnswerPath path;
    private readonly string comparison;
    private readonly JsonElement value;

    private FilterCondition(AnswerPath path, string comparison, JsonElement value) => (this.path, this.comparison, this.value) = (path, comparison, value);

    public static IReadOnlyList<string> Operators { get; } = ["==", "!=", ">", ">=", "<", "<=", "contains", "in", "exists", "missing"];

    public static IReadOnlyList<FilterCondition> Read(JsonElement where) => where.ValueKind switch
    {
        JsonValueKind.Object => [.. where.EnumerateObject().Select(member => new FilterCondition(PathOf(member.Name), "==", member.Value))],
        JsonValueKind.Array => [.. where.EnumerateArray().Select((condition, index) => ReadOne(condition, index))],
        _ => throw HttpCall.Bad("'where' is a map of paths and values, or a list of {field, is, value}."),
    };

    public bool Fits(JsonElement item)
    {
        var found = path.Find(item);
        return comparison switch
        {
            "exists" => found is { ValueKind: not JsonValueKind.Null },
            "missing" => found is null or { ValueKind: JsonValueKind.Null },
            "==" => AreEqual(found ?? Scalars.Null, value),
            "!=" => !AreEqual(found ?? Scalars.Null, value),
            "contains" => found is { } whole && Contains(whole, value),
            "in" => found is { } part && Contains(value, part),
            _ => found is { } left && Compare(left, value) is { } order && comparison switch { ">" => order > 0, ">=" => order >= 0, "<" => order < 0, _ => order <= 0 },
        };
    }

    private static FilterCondition ReadOne(JsonElement condition, int index)
    {
        if (condition.ValueKind != JsonValueKind.Object || !condition.TryGetProperty("field", out var field) || field.ValueKind != JsonValueKind.String)
        {
            throw HttpCall.Bad($"'where[{index}]' is {{field, is, value}}, such as {{field: price, is: '>', value: 5}}.");
        }

        if (condition.EnumerateObject().FirstOrDefault(member => member.Name is not ("field" or "is" or "value")) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw HttpCall.Bad($"'where[{index}]' has a '{Scalars.NameOf(unknown)}', which means nothing there. It is {{field, is, value}}.");
        }

        var comparison = condition.TryGetProperty("is", out var given) ? given.ValueKind == JsonValueKind.String ? Scalars.TextOf(given) ?? "" : "" : "==";
        if (!Operators.Contains(comparison, StringComparer.Ordinal))
        {
            throw HttpCall.Bad($"'where[{index}].is' must be one of: {string.Join(", ", Operators)}.");
        }

        var hasValue = condition.TryGetProperty("value", out var value);
        return hasValue || comparison is "exists" or "missing"
            ? new FilterCondition(PathOf(Scalars.TextOf(field) ?? ""), comparison, hasValue ? value : Scalars.Null)
            : throw HttpCall.Bad($"'where[{index}]' needs a 'value' to compare with.");
    }

    private static AnswerPath PathOf(string text)
    {
        try
        {
            return AnswerPath.Parse(text) is { Header: null } path ? path : throw HttpCall.Bad($"'{text}' is no path into an item, such as customer.country or lines[0].price.");
        }
        catch (FormatException exception)
        {
            throw HttpCall.Bad($"'{text}' is no path into an item, such as customer.country or lines[0].price: {exception.Message}.");
        }
    }

    private static bool AreEqual(JsonElement left, JsonElement right) =>
        left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number ? Compare(left, right) == 0 : JsonElement.DeepEquals(left, right);

    private static bool Contains(JsonElement whole, JsonElement part) => whole.ValueKind switch
    {
        JsonValueKind.Array => whole.EnumerateArray().Any(item => AreEqual(item, part)),
        JsonValueKind.String when part.ValueKind == JsonValueKind.String => (Scalars.TextOf(whole) ?? "").Contains(Scalars.TextOf(part) ?? "", StringComparison.Ordinal),
        JsonValueKind.Object when part.ValueKind == JsonValueKind.String => whole.TryGetProperty(Scalars.TextOf(part) ?? "", out _),
        _ => false,
    };

    /// <summary>Null when they have no order.</summary>
    private static int? Compare(JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number)
        {
            return decimal.TryParse(left.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && decimal.TryParse(right.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
                ? a.CompareTo(b)
                : left.GetDouble().CompareTo(right.GetDouble());
        }

        return left.ValueKind == JsonValueKind.String && right.ValueKind == JsonValueKind.String
            ? string.CompareOrdinal(Scalars.TextOf(left), Scalars.TextOf(right))
            : null;
    }
}
