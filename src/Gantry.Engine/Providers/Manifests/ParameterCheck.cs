using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Holds parameters against what the manifest says of them, before anything is sent.</summary>
public static partial class ParameterCheck
{
    /// <summary>The parameters in their types, with the defaults of those that are not given. Fails with <see cref="ProviderException"/>, which names each that is wrong.</summary>
    internal static JsonElement Complete(ManifestAction action, IReadOnlyList<Setting> settings, JsonElement given)
    {
        List<SettingFinding> findings = [];
        var complete = SettingCheck.Complete(settings, given, findings);
        List<string> problems = [.. findings.Select(finding => finding.Message)];
        if (problems.Count == 0)
        {
            problems.AddRange(action.Parameters.Select(parameter => Value(complete, parameter.Id) is { } value ? Problem(parameter, value) : null).OfType<string>());
        }

        return problems.Count == 0 ? complete : throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = string.Join(' ', problems) });
    }

    /// <summary>What is wrong with the value, as a sentence; null when nothing is. A secret is only looked at when it is at hand.</summary>
    public static string? Problem(ManifestParameter parameter, JsonElement value)
    {
        if (ShapeProblem(parameter, value, $"'{parameter.Id}'") is { } problem)
        {
            return problem;
        }

        if (parameter.IsSecret)
        {
            return null;
        }

        if (SizeProblem(parameter, value) is { } size)
        {
            return size;
        }

        var text = value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) : null;
        if (text is not null && parameter.Pattern is { } pattern && !pattern.Fits(text))
        {
            return $"'{parameter.Id}' must match {pattern.Source}. {parameter.Help}";
        }

        return text is not null && parameter.Format is { } format && !IsOfFormat(format, text) ? $"'{parameter.Id}' must be {Describe(format)}." : null;
    }

    private static JsonElement? Value(JsonElement parameters, string name) =>
        parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? ShapeProblem(ManifestShape shape, JsonElement value, string name)
    {
        if (!IsOfType(shape.Type, value))
        {
            return $"{name} must be {Describe(shape.Type)}, not {SettingCheck.Describe(value)}.";
        }

        if (shape.Choices.Count > 0 && shape.Type is not (ManifestType.List or ManifestType.Map) && !shape.Choices.Any(choice => ManifestValue.Plain(choice) == ManifestValue.Plain(value)))
        {
            return $"{name} must be one of: {string.Join(", ", shape.Choices.Select(ManifestValue.Plain))}.";
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return ItemsProblem(shape, value, name);
        }

        return value.ValueKind == JsonValueKind.Object && shape.Properties.Count > 0 ? MembersProblem(shape, value, name) : null;
    }

    private static string? ItemsProblem(ManifestShape shape, JsonElement list, string name)
    {
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var place = $"{name}[{index++}]";
            if (shape.Items is { } items && ShapeProblem(items, item, place) is { } problem)
            {
                return problem;
            }

            // What a list may hold can also be said of the list itself.
            if (shape is { Type: ManifestType.List, Choices.Count: > 0 } && !shape.Choices.Any(choice => ManifestValue.Plain(choice) == ManifestValue.Plain(item)))
            {
                return $"{place} must be one of: {string.Join(", ", shape.Choices.Select(ManifestValue.Plain))}.";
            }
        }

        return null;
    }

    private static string? MembersProblem(ManifestShape shape, JsonElement map, string name)
    {
        foreach (var (member, inner) in shape.Properties)
        {
            if (!map.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (inner.IsRequired)
                {
                    return $"{name} needs '{member}'. {inner.Help}".TrimEnd();
                }
            }
            else if (ShapeProblem(inner, value, $"{name}.{member}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static bool IsOfType(ManifestType type, JsonElement value) => type switch
    {
        ManifestType.Any => true,
        ManifestType.Text or ManifestType.Time => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
            && (type == ManifestType.Text || IsTime(ManifestValue.Plain(value))),
        ManifestType.Integer => Scalars.Convert(SettingType.Integer, value) is not null,
        ManifestType.Number => Scalars.Convert(SettingType.Number, value) is not null,
        ManifestType.Boolean => Scalars.Convert(SettingType.Boolean, value) is not null,
        ManifestType.List => value.ValueKind == JsonValueKind.Array,
        ManifestType.Map => value.ValueKind == JsonValueKind.Object,
        _ => value.ValueKind == JsonValueKind.String && !value.ValueEquals(""),
    };

    private static string? SizeProblem(ManifestParameter parameter, JsonElement value)
    {
        var (size, what) = (parameter.Type, value.ValueKind) switch
        {
            (ManifestType.Integer or ManifestType.Number, _) when double.TryParse(ManifestValue.Plain(value), CultureInfo.InvariantCulture, out var number) => (number, ""),
            (_, JsonValueKind.String) => (Scalars.TextOf(value)?.EnumerateRunes().Count() ?? 0, " characters"),
            (_, JsonValueKind.Array) => (value.GetArrayLength(), " items"),
            (ManifestType.Any, JsonValueKind.Number) => (value.GetDouble(), ""),
            _ => (double.NaN, ""),
        };
        return size < parameter.Min ? string.Create(CultureInfo.InvariantCulture, $"'{parameter.Id}' must be at least {parameter.Min}{what}.")
            : size > parameter.Max ? string.Create(CultureInfo.InvariantCulture, $"'{parameter.Id}' must be at most {parameter.Max}{what}.")
            : null;
    }

    private static bool IsTime(string text) => TimeForm.IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static bool IsOfFormat(string format, string text) => format switch
    {
        "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 && !text.Any(char.IsWhiteSpace),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "hostname" => Uri.CheckHostName(text.TrimEnd('.')) == UriHostNameType.Dns,
        "ipv4" => Uri.CheckHostName(text) == UriHostNameType.IPv4,
        "json" => IsJson(text),
        _ => true,
    };

    private static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Describe(ManifestType type) => type switch
    {
        ManifestType.Text => "a text",
        ManifestType.Integer => "a whole number",
        ManifestType.Number => "a number",
        ManifestType.Boolean => "true or false",
        ManifestType.List => "a list",
        ManifestType.Map => "a map",
        ManifestType.File => "the address of a file",
        ManifestType.Time => "a time such as 2026-01-31T12:00:00Z",
        _ => "any value",
    };

    private static string Describe(string format) => format switch
    {
        "email" => "an e-mail address",
        "uri" => "a whole address, such as https://www.example.org/",
        "date" => "a day such as 2026-01-31",
        "uuid" => "a UUID",
        "hostname" => "the name of a host",
        "ipv4" => "an IPv4 address",
        _ => "JSON",
    };

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)", RegexOptions.NonBacktracking)]
    private static partial Regex TimeForm { get; }
}
