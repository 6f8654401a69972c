using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>What belongs to a credential besides its value, as JSON on one line. A line that is none of ours counts as none: others write such files too.</summary>
internal static class FileNote
{
    /// <summary>The version of a credential that another program wrote.</summary>
    private const string Unversioned = "0";

    public static SecretEntry Read(string name, ReadOnlySpan<byte> note)
    {
        SecretEntry bare = new() { Name = name, Version = Unversioned };
        try
        {
            return note.IsEmpty ? bare : ReadJson(bare, note);
        }
        catch (Exception other) when (other is JsonException or FormatException or InvalidOperationException)
        {
            return bare;
        }
    }

    private static SecretEntry ReadJson(SecretEntry entry, ReadOnlySpan<byte> note)
    {
        Utf8JsonReader json = new(note);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "website":
                    entry = entry with { Website = json.GetString() };
                    break;
                case "type":
                    entry = entry with { Type = json.GetString() };
                    break;
                case "provider":
                    entry = entry with { Provider = json.GetString() };
                    break;
                case "hosts":
                    entry = entry with { AllowedHosts = ReadHosts(ref json) };
                    break;
                case "created":
                    entry = entry with { CreatedAt = json.GetDateTimeOffset() };
                    break;
                case "updated":
                    entry = entry with { UpdatedAt = json.GetDateTimeOffset() };
                    break;
                case "version":
                    entry = entry with { Version = json.GetInt32().ToString(CultureInfo.InvariantCulture) };
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return entry;
    }

    private static List<string> ReadHosts(ref Utf8JsonReader json)
    {
        List<string> hosts = [];
        while (json.Read() && json.TokenType == JsonTokenType.String)
        {
            hosts.Add(json.GetString()!);
        }

        return hosts;
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
}
