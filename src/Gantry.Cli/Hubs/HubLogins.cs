using System.Buffers;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Hubs;

/// <summary>The hubs this user logged in to, each with its key, in a file that only the user may read. The last one is found without --hub.</summary>
internal sealed class HubLogins
{
    private const string FileName = "hubs.json";
    private readonly Dictionary<string, Secret> keysByHub = new(StringComparer.Ordinal);

    /// <summary>Null when the user never logged in.</summary>
    public string? Last { get; private set; }

    public static HubLogins Load()
    {
        HubLogins logins = new();
        if (UserFolder.Read(FileName) is not { } content)
        {
            return logins;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            logins.Last = document.RootElement.TryGetProperty("last", out var last) ? last.GetString() : null;
            foreach (var hub in document.RootElement.GetProperty("keys").EnumerateObject())
            {
                logins.keysByHub[hub.Name] = new Secret(hub.Value.GetString()!);
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException(
                $"The file '{Path.Combine(UserFolder.Config, FileName)}' is not one of logins: {broken.Message} Remove it and run 'gantry login'.");
        }

        return logins;
    }

    public Secret? KeyOf(Uri hub) => keysByHub.GetValueOrDefault(NameOf(hub));

    public void Put(Uri hub, Secret key)
    {
        keysByHub[NameOf(hub)] = key;
        Last = NameOf(hub);
        Save();
    }

    /// <summary>False when there was no login to that hub.</summary>
    public bool Remove(Uri hub)
    {
        var removed = keysByHub.Remove(NameOf(hub));
        Last = Last == NameOf(hub) ? null : Last;
        Save();
        return removed;
    }

    private static string NameOf(Uri hub) => hub.GetLeftPart(UriPartial.Authority);

    private void Save()
    {
        ArrayBufferWriter<byte> content = new();
        using (Utf8JsonWriter json = new(content, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("last", Last);
            json.WriteStartObject("keys");
            foreach (var (hub, key) in keysByHub)
            {
                json.WriteString(hub, key.Reveal());
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        UserFolder.Write(FileName, content.WrittenSpan);
    }
}
