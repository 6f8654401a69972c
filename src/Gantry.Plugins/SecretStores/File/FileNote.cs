using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>What belongs to a credential besides its value, as JSON on one line. A line that is none of ours counts as none: others write such files too.</summary>
internal static class FileNote
{
    /// <summary>The version of a credential that another program wrote.</summary>
    private const string Unversioned = "0";

    public static SecretEntry Read(string name, string? note)
    {
        SecretEntry bare = new() { Name = name, Version = Unversioned };
        try
        {
            return note is null || JsonNode.Parse(note) is not JsonObject json ? bare : bare with
            {
                Website = (string?)json["website"],
                Type = (string?)json["type"],
                Provider = (string?)json["provider"],
                AllowedHosts = [.. (json["hosts"] as JsonArray ?? []).Select(host => (string?)host).OfType<string>()],
                CreatedAt = Time(json["created"]),
                UpdatedAt = Time(json["updated"]),
                Version = ((int?)json["version"] ?? 0).ToString(CultureInfo.InvariantCulture),
            };
        }
        catch (Exception other) when (other is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return bare;
        }
    }

    public static string Write(SecretEntry entry, SecretEntry? earlier, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteText(json, "website", entry.Website);
            WriteText(json, "type", entry.Type);
            WriteText(json, "provider", entry.Provider);
            if (entry.AllowedHosts.Count > 0)
            {
                json.WriteStartArray("hosts");
                foreach (var host in entry.AllowedHosts)
                {
                    json.WriteStringValue(host);
                }

                json.WriteEndArray();
            }

            json.WriteString("created", Format(earlier?.CreatedAt ?? now));
            json.WriteString("updated", Format(now));
            json.WriteNumber("version", 1 + int.Parse(earlier?.Version ?? Unversioned, NumberStyles.None, CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
