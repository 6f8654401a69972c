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
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> limitsByName = new(StringComparer.Ordinal);

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
                if (endpoint.Value.TryGetProperty("limits", out var limits))
                {
                    saved.limitsByName[endpoint.Name] = Texts(limits);
                }
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

    /// <summary>What bounds its transfers, as it was written; empty when nothing does.</summary>
    public IReadOnlyDictionary<string, string> LimitsOf(string name) => limitsByName.GetValueOrDefault(name) ?? new Dictionary<string, string>();

    /// <param name="name">The endpoint's.</param>
    /// <param name="settings">Its kind and settings.</param>
    /// <param name="limits">Null leaves those it has.</param>
    public void Put(string name, EndpointSettings settings, IReadOnlyDictionary<string, string>? limits = null)
    {
        settingsByName[name] = settings;
        if (limits is not null)
        {
            limitsByName[name] = limits;
        }

        Save();
    }

    /// <summary>False when there was none.</summary>
    public bool Remove(string name)
    {
        var removed = settingsByName.Remove(name);
        limitsByName.Remove(name);
        Save();
        return removed;
    }

    private static EndpointSettings Read(JsonElement endpoint) => new()
    {
        Kind = endpoint.GetProperty("kind").GetString()!,
        Values = Texts(endpoint.GetProperty("settings")),
    };

    private static Dictionary<string, string> Texts(JsonElement members) =>
        members.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!, StringComparer.Ordinal);

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
                Write(json, "settings", settings.Values);
                if (LimitsOf(name) is { Count: > 0 } limits)
                {
                    Write(json, "limits", limits);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        UserFolder.Write(FileName, content.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
