using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gantry.Engine.Settings;

/// <summary>One thing that is wrong with a value given for a setting, as a sentence.</summary>
public sealed record SettingFinding(string Name, string Message);

/// <summary>
/// Holds values against the settings that describe them. One rule converts: a text, a number or a boolean is taken as another of these where written plainly
/// it is a literal of that type ("5" as an integer, 5 as a text). Nothing else is converted. A null counts as not given.
/// </summary>
public static class SettingCheck
{
    /// <summary>
    /// The object with every value in its type and the defaults filled in; the same element when nothing had to change. Meaningful only when nothing was
    /// added to the findings. The noun is what the settings are called in messages.
    /// </summary>
    public static JsonElement Complete(
        IReadOnlyList<Setting> settings, JsonElement given, ICollection<SettingFinding> findings, string noun = "parameter")
    {
        if (!FindUnknown(settings, given, findings, noun) || IsComplete(settings, given, findings, noun))
        {
            return given;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var setting in settings)
            {
                if (TryGet(given, setting, out var value) && Convert(setting, value) is { } converted)
                {
                    Write(writer, setting.Name, converted);
                }
                else if (setting.Default is { } fallback)
                {
                    Write(writer, setting.Name, fallback);
                }
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>The value in the setting's type; null when it is of another one, or none of the choices.</summary>
    public static JsonElement? Convert(Setting setting, JsonElement value)
    {
        if (Scalars.Convert(setting.Type, value) is not { } converted)
        {
            return null;
        }

        return setting.Choices.Count == 0 || setting.Choices.Any(choice => Is(converted, choice)) ? converted : null;
    }

    /// <summary>What is wrong with the value, as a sentence; null when nothing is.</summary>
    public static string? Mismatch(Setting setting, JsonElement value)
    {
        if (Scalars.Convert(setting.Type, value) is null)
        {
            return $"'{setting.Name}' must be {Describe(setting.Type)}, not {Describe(value)}.";
        }

        return Convert(setting, value) is null ? $"'{setting.Name}' must be one of: {string.Join(", ", setting.Choices)}." : null;
    }

    /// <summary>"a whole number": a type as a person says it.</summary>
    public static string Describe(SettingType type) => type switch
    {
        SettingType.Text => "a text",
        SettingType.Integer => "a whole number",
        SettingType.Number => "a number",
        SettingType.Boolean => "true or false",
        SettingType.List => "a list",
        SettingType.Map => "a map",
        SettingType.Duration => $"a duration ({Duration.Form})",
        SettingType.Address => "an address",
        _ => "any value",
    };

    /// <summary>What kind of value it is, without the value: it may be nobody's business.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "a map",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => value.ValueEquals("") ? "an empty text" : "this text",
        JsonValueKind.Number => "this number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    /// <summary>False when a name cannot even be read, and looking for others would fail on it.</summary>
    private static bool FindUnknown(IReadOnlyList<Setting> settings, JsonElement given, ICollection<SettingFinding> findings, string noun)
    {
        foreach (var name in given.EnumerateObject().Select(Scalars.NameOf))
        {
            if (name is null)
            {
                findings.Add(new("", $"The name of one {noun} holds half of a surrogate pair, which is no character."));
                return false;
            }

            if (!settings.Any(setting => setting.Name == name))
            {
                findings.Add(new(name, $"There is no {noun} '{name}'.{NearestName.Hint(name, settings.Select(setting => setting.Name))}"));
            }
        }

        return true;
    }

    /// <summary>Whether the object can be used as it is. Adds what is missing or wrong.</summary>
    private static bool IsComplete(IReadOnlyList<Setting> settings, JsonElement given, ICollection<SettingFinding> findings, string noun)
    {
        var isComplete = true;
        foreach (var setting in settings)
        {
            if (TryGet(given, setting, out var value))
            {
                if (Mismatch(setting, value) is { } message)
                {
                    findings.Add(new(setting.Name, message));
                }

                isComplete = isComplete && Convert(setting, value) is { } converted && converted.ValueKind == value.ValueKind;
                continue;
            }

            isComplete = isComplete && setting.Default is null && !given.TryGetProperty(setting.Name, out _);
            if (setting.IsRequired && setting.Default is null)
            {
                findings.Add(new(setting.Name, $"The {noun} '{setting.Name}' is missing. {setting.Help}".TrimEnd()));
            }
        }

        return isComplete;
    }

    private static bool Is(JsonElement value, string choice) => value.ValueKind == JsonValueKind.String ? value.ValueEquals(choice) : value.GetRawText() == choice;

    private static bool TryGet(JsonElement given, Setting setting, out JsonElement value) =>
        given.TryGetProperty(setting.Name, out value) && (value.ValueKind != JsonValueKind.Null || setting.Type == SettingType.Any);

    private static void Write(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }
}
