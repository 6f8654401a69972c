using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>What the vault says of one secret.</summary>
/// <param name="Version">The current version's number, also of one that is deleted.</param>
/// <param name="Fields">Null when it is deleted, or was not asked for.</param>
/// <param name="Custom">Its custom metadata; null when it has none.</param>
internal sealed record VaultSecret(int Version, JsonElement? Fields, JsonObject? Custom, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt)
{
    private const string Website = "website";
    private const string Type = "type";
    private const string Provider = "provider";
    private const string Hosts = "allowed_hosts";

    public string VersionText => Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Out of an answer to "data/…". Null when there is no such secret; one that is deleted is answered with 404 and its metadata.</summary>
    public static VaultSecret? Read(VaultAnswer answer)
    {
        var metadata = answer.Find("data", "metadata");
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            return answer.Status == HttpStatusCode.NotFound ? answer.Errors.Length == 0 ? null : throw new SecretStoreException(
                SecretStoreError.BadSetting, $"The vault has no secrets engine at this mount ({answer.Errors}). Name another with the setting '{VaultSettings.Mount}'.")
                : throw new SecretStoreException(SecretStoreError.BadSetting, $"The engine of the vault is none of KV version 2. Name another with the setting '{VaultSettings.Mount}'.");
        }

        var fields = answer.Find("data", "data");
        return new(
            metadata.TryGetProperty("version", out var version) && version.TryGetInt32(out var number) ? number : 0,
            answer.IsSuccess && fields.ValueKind == JsonValueKind.Object ? fields : null,
            CustomOf(metadata),
            CreatedAt: null,
            TimeOf(metadata, "created_time"));
    }

    /// <summary>Out of an answer to "metadata/…". Null when there is no such secret, or its current version is deleted.</summary>
    public static VaultSecret? ReadMetadata(VaultAnswer answer)
    {
        var metadata = answer.Find("data");
        if (metadata.ValueKind != JsonValueKind.Object || !metadata.TryGetProperty("current_version", out var current) || !current.TryGetInt32(out var number) || number == 0)
        {
            return null;
        }

        var version = answer.Find("data", "versions", number.ToString(CultureInfo.InvariantCulture));
        var isDeleted = version.ValueKind == JsonValueKind.Object
            && ((version.TryGetProperty("deletion_time", out var time) && time.ValueKind == JsonValueKind.String && !time.ValueEquals(""))
                || (version.TryGetProperty("destroyed", out var destroyed) && destroyed.ValueKind == JsonValueKind.True));
        return isDeleted ? null : new(number, Fields: null, CustomOf(metadata), TimeOf(metadata, "created_time"), TimeOf(metadata, "updated_time"));
    }

    public SecretEntry EntryOf(string name) => new()
    {
        Name = name,
        Website = (string?)Custom?[Website],
        Type = (string?)Custom?[Type],
        Provider = (string?)Custom?[Provider],
        AllowedHosts = ((string?)Custom?[Hosts])?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Version = VersionText,
    };

    /// <summary>The custom metadata of an entry: texts by name. An empty one takes away what was there.</summary>
    public static JsonObject CustomOf(SecretEntry entry)
    {
        JsonObject custom = [];
        foreach (var (name, value) in new[] { (Website, entry.Website), (Type, entry.Type), (Provider, entry.Provider), (Hosts, entry.AllowedHosts.Count > 0 ? string.Join(' ', entry.AllowedHosts) : null) })
        {
            if (value is not null)
            {
                custom[name] = value;
            }
        }

        return custom;
    }

    private static JsonObject? CustomOf(JsonElement metadata) =>
        metadata.TryGetProperty("custom_metadata", out var custom) && custom.ValueKind == JsonValueKind.Object ? JsonNode.Parse(custom.GetRawText())!.AsObject() : null;

    private static DateTimeOffset? TimeOf(JsonElement metadata, string name) =>
        metadata.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
}
