using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>An error as plans see it: {"kind": "timed_out", "message": "…"}.</summary>
internal static class ErrorJson
{
    public static string KindOf(ProviderErrorKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static void Write(Utf8JsonWriter writer, ProviderError? error)
    {
        if (error is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("kind", KindOf(error.Kind));
        writer.WriteString("message", error.Message);
        writer.WriteEndObject();
    }

    /// <summary>What <see cref="Write"/> wrote; null for anything else.</summary>
    public static ProviderError? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var name = value.TryGetProperty("kind", out var kind) ? kind.GetString() : null;
        return new ProviderError { Kind = Enum.GetValues<ProviderErrorKind>().FirstOrDefault(known => KindOf(known) == name, ProviderErrorKind.Internal), Message = message.GetString()! };
    }
}
