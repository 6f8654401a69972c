using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>How values are compared and put into texts.</summary>
internal static class Values
{
    /// <summary>A text as it is; anything else as JSON, with its digits.</summary>
    public static string Format(JsonElement value) => value.ValueKind == JsonValueKind.String ? TextOf(value) : value.GetRawText();

    public static string TextOf(JsonElement value) =>
        Scalars.TextOf(value) ?? throw new ExpressionException("the text holds half of a surrogate pair, which is no character");

    public static int SizeOf(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;

    public static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "a map",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Values of different types are never equal. Numbers are by value (1 and 1.0), lists and maps by what is in them.</summary>
    public static bool AreEqual(JsonElement one, JsonElement other) => (one.ValueKind, other.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => CompareNumbers(one, other) == 0,
        (JsonValueKind.String, JsonValueKind.String) => TextOf(one) == TextOf(other),
        (JsonValueKind.Array, JsonValueKind.Array) => one.GetArrayLength() == other.GetArrayLength()
            && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonValueKind.Object, JsonValueKind.Object) => one.GetPropertyCount() == other.GetPropertyCount() && HaveEqualMembers(one, other),
        var (kind, otherKind) => kind == otherKind,
    };

    private static bool HaveEqualMembers(JsonElement one, JsonElement other)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in one.EnumerateObject())
        {
            members[property.Name] = property.Value;
        }

        return other.EnumerateObject().All(property => members.TryGetValue(property.Name, out var value) && AreEqual(value, property.Value));
    }

    /// <summary>Numbers by value, texts by their characters' codes; nothing else has an order.</summary>
    public static int Compare(JsonElement one, JsonElement other) => (one.ValueKind, other.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => CompareNumbers(one, other),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(TextOf(one), TextOf(other)),
        var (kind, otherKind) => throw new ExpressionException($"{Describe(kind)} and {Describe(otherKind)} have no order: compare two numbers or two texts"),
    };

    /// <summary>By value and exactly: 1 and 1.0 are the same, and no digit is lost.</summary>
    private static int CompareNumbers(JsonElement one, JsonElement other)
    {
        var (text, otherText) = (one.GetRawText(), other.GetRawText());
        return text == otherText ? 0 : ExactNumber.Compare(ExactNumber.Of(text), ExactNumber.Of(otherText));
    }
}
