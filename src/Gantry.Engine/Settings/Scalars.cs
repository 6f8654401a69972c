using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gantry.Engine.Settings;

/// <summary>Values in the types of settings, and the plain forms of scalars. Numbers keep their digits, however many they are.</summary>
public static class Scalars
{
    public static JsonElement True { get; } = JsonElement.Parse("true"u8);

    public static JsonElement False { get; } = JsonElement.Parse("false"u8);

    public static JsonElement Null { get; } = JsonElement.Parse("null"u8);

    /// <summary>The value in that type; null when it is none of it. See <see cref="SettingCheck"/> for the rule.</summary>
    public static JsonElement? Convert(SettingType type, JsonElement value) => (type, value.ValueKind) switch
    {
        (SettingType.Any, _) => value,
        (SettingType.Text, JsonValueKind.String) => value,
        (SettingType.Text, JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) => Text(value.GetRawText()),
        (SettingType.Integer, JsonValueKind.Number) => IsWhole(JsonMarshal.GetRawUtf8Value(value)) ? value : null,
        (SettingType.Number, JsonValueKind.Number) => value,
        (SettingType.Boolean, JsonValueKind.True or JsonValueKind.False) => value,
        (SettingType.List, JsonValueKind.Array) => value,
        (SettingType.Map, JsonValueKind.Object) => value,
        (SettingType.Duration, JsonValueKind.String) => TextOf(value) is { } text && Duration.TryParse(text, out _) ? value : null,
        (SettingType.Address, JsonValueKind.String) => value.ValueEquals("") ? null : value,
        (SettingType.Integer or SettingType.Number or SettingType.Boolean, JsonValueKind.String) => ConvertText(type, TextOf(value)),
        _ => null,
    };

    /// <summary>A text as a JSON value.</summary>
    public static JsonElement Text(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 16);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStringValue(text);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>The text of a JSON string; null when it holds half of a surrogate pair, which is no text.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException) when (value.ValueKind == JsonValueKind.String)
        {
            return null;
        }
    }

    /// <summary>The name of a member; null when it holds half of a surrogate pair, which is no text.</summary>
    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the text is a number as JSON writes it: no leading zeros or plus, a digit on both sides of the point.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && NumberEnd(text) == text.Length;

    /// <summary>Whether it is a number without a point and an exponent.</summary>
    public static bool IsInteger(ReadOnlySpan<char> text) => IsNumber(text) && text.IndexOfAny(".eE") < 0;

    private static JsonElement? ConvertText(SettingType type, string? text) => (type, text) switch
    {
        (SettingType.Boolean, "true") => True,
        (SettingType.Boolean, "false") => False,
        (SettingType.Integer, not null) when IsInteger(text) => JsonElement.Parse(text),
        (SettingType.Number, not null) when IsNumber(text) => JsonElement.Parse(text),
        _ => null,
    };

    private static bool IsWhole(ReadOnlySpan<byte> number) => number.IndexOfAny("eE."u8) < 0 || IsWholeFraction(Encoding.ASCII.GetString(number));

    /// <summary>5.0 is a whole number too; 5e3 is not written like one.</summary>
    private static bool IsWholeFraction(string number) =>
        number.IndexOfAny(['e', 'E']) < 0 && number.AsSpan(number.IndexOf('.') + 1).IndexOfAnyExcept('0') < 0;

    private static int NumberEnd(ReadOnlySpan<char> text)
    {
        var at = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text[at..]);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
        {
            return -1;
        }

        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text[(at + 1)..]);
            if (fraction == 0)
            {
                return -1;
            }

            at += fraction + 1;
        }

        if (at < text.Length && text[at] is ('e' or 'E'))
        {
            at += at + 1 < text.Length && text[at + 1] is ('+' or '-') ? 2 : 1;
            var exponent = Digits(text[at..]);
            return exponent == 0 ? -1 : at + exponent;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
