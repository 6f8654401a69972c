using System.Text.Json;

namespace Gantry.Cli.Hubs;

/// <summary>Reading of answers whose members may be missing.</summary>
internal static class JsonAnswers
{
    /// <summary>Null when it is missing or null.</summary>
    public static JsonElement? Find(this JsonElement value, string member) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    /// <summary>Null when it is missing or null; a number or a truth as it is written.</summary>
    public static string? FindText(this JsonElement value, string member) =>
        value.Find(member) is { } found ? (found.ValueKind == JsonValueKind.String ? found.GetString() : found.GetRawText()) : null;
}
