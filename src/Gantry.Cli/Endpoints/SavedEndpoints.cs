using System.Buffers;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Endpoints;

/// <summary>The endpoints this user saved without a hub, in a file of the user's own. Secrets are in it by reference only.</summary>
internal sealed class SavedEndpoints
{
    private const string FileName = "endpoints.json";
    private readonly SortedDictionary<string, EndpointSettings> settingsByName = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, EndpointSettings> All => settingsByName;

    public static SavedEndpoints Load()
    {
        SavedEndpoints saved = new();
        if (UserFolder.Read(FileName) is not { } content)
        {
            return saved;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            foreach (var endpoint in document.RootElement.EnumerateObject())
            {
                saved.settingsByName[endpoint.Name] = Read(endpoint.Value);
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException(
                $"The file '{Path.Combine(UserFolder.Config, FileName)}' is not one of saved endpoints: {broken.Message} Correct it or remove it.");
        }

        return saved;
    }

    public EndpointSettings? Find(string name) => settingsByName.GetValueOrDefault(name);

    public void Put(string name, EndpointSettings settings)
    {
        settingsByName[name] = settings;
        Save();
    }

    /// <summary>False when there was none.</summary>
    public bool Remove(string name)
    {
        var removed = settingsByName.Remove(name);
        Save();
        return removed;
    }

    private static EndpointSettings Read(JsonElement endpoint) => new()
    {
        Kind = endpoint.GetProperty("kind").GetString()!,
        Values = endpoint.GetProperty("settings").EnumerateObject()
            .ToDictionary(value => value.Name, value => value.Value.GetString()!, StringComparer.Ordinal),
    };

    private void Save()
    {
        ArrayBufferWriter<byte> content = new();
        using (Utf8JsonWriter json = new(content, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var (name, settings) in settingsByName)
            {
                json.WriteStartObject(name);
                json.WriteString("kind", settings.Kind);
                json.WriteStartObject("settings");
                foreach (var (setting, value) in settings.Values)
                {
                    json.WriteString(setting, value);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        UserFolder.Write(FileName, content.WrittenSpan);
    }
}
