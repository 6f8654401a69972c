using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>What may be wrong with a value of a connection.</summary>
public static class ConnectionCheck
{
    /// <summary>As a sentence without the value; null when nothing is wrong.</summary>
    public static string? Problem(ConnectionField field, string value)
    {
        if (Scalars.Convert(field.Type, Scalars.Text(value)) is null)
        {
            return $"'{field.Name}' must be {SettingCheck.Describe(field.Type)}.";
        }

        if (field.Choices.Count > 0 && !field.Choices.Contains(value, StringComparer.Ordinal))
        {
            return $"'{field.Name}' must be one of: {string.Join(", ", field.Choices)}.";
        }

        if (value.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
        {
            return $"'{field.Name}' holds a control character.";
        }

        return field.Pattern is { } pattern && !pattern.Fits(value) ? $"'{field.Name}' must match {pattern.Source}. {field.Help}" : null;
    }

    /// <summary>What is missing or wrong, in all that the manifest's connections hold and in one way to sign in.</summary>
    internal static IEnumerable<ConnectionField> Missing(IEnumerable<ConnectionField> fields, Func<string, JsonElement?> find) =>
        fields.Where(field => field.IsRequired && find(field.Name) is null);
}
