using System.Globalization;
using System.Text.Json.Nodes;

namespace Gantry.TestServers;

/// <summary>The engine KV of version 2.</summary>
public sealed partial class VaultServer
{
    private (int Status, JsonNode? Answer) AnswerSecret(string method, string path, JsonObject? body, VaultToken token)
    {
        var (isData, rest) = path.StartsWith($"{Mount}/data/", StringComparison.Ordinal) ? (true, path[$"{Mount}/data/".Length..])
            : path.StartsWith($"{Mount}/metadata/", StringComparison.Ordinal) ? (false, path[$"{Mount}/metadata/".Length..])
            : (false, null);
        if (rest is null)
        {
            return (404, Errors($"no handler for route \"{path}\". route entry not found."));
        }

        if (method is not ("GET" or "LIST") && token.IsReader)
        {
            return (403, Errors($"1 error occurred:\n\t* permission denied\n\n"));
        }

        if (method is "POST")
        {
            BeforeWrite?.Invoke();
        }

        lock (gate)
        {
            return (method, isData) switch
            {
                ("LIST", false) when body is null => List(rest),
                _ when rest.Length == 0 || rest.EndsWith('/') => Violate($"{method} {path}"),
                ("GET", true) when body is null => Read(rest),
                ("POST", true) => Write(rest, body),
                ("GET", false) when body is null => items.TryGetValue(rest, out var item) ? (200, new JsonObject { ["data"] = item.Metadata() }) : (404, Errors()),
                ("POST", false) => WriteMetadata(rest, body),
                ("DELETE", false) when body is null => Delete(rest),
                _ => Violate($"{method} {path}"),
            };
        }
    }

    private (int Status, JsonNode? Answer) Read(string path)
    {
        if (!items.TryGetValue(path, out var item) || item.Versions.Count == 0)
        {
            return (404, Errors());
        }

        var version = item.Versions[^1];
        return (version.DeletedAt is null ? 200 : 404, new JsonObject
        {
            ["data"] = new JsonObject { ["data"] = version.DeletedAt is null ? version.Data.DeepClone() : null, ["metadata"] = item.VersionMetadata() },
        });
    }

    private (int Status, JsonNode? Answer) Write(string path, JsonObject? body)
    {
        if (body?["data"] is not JsonObject data || body["options"] is not JsonObject options || !Has(body, ["data", "options"]) || !Has(options, ["cas"]))
        {
            return Violate($"the body of a write to {path}");
        }

        var current = items.TryGetValue(path, out var present) ? present.Versions.Count : 0;
        if ((int?)options["cas"] != current)
        {
            return (400, Errors("check-and-set parameter did not match the current version"));
        }

        var item = ItemOf(path);
        item.Add(data.DeepClone().AsObject(), Clock.GetUtcNow());
        return (200, new JsonObject { ["data"] = item.VersionMetadata() });
    }

    private (int Status, JsonNode? Answer) WriteMetadata(string path, JsonObject? body)
    {
        if (!Has(body, ["custom_metadata"]) || body!["custom_metadata"] is not JsonObject custom || custom.Count > 64
            || custom.Any(pair => pair.Key.Length > 128 || pair.Value!.GetValue<string>() is not { Length: > 0 and <= 512 }))
        {
            return Violate($"the body of the metadata of {path}");
        }

        ItemOf(path).Custom = custom.DeepClone().AsObject();
        return (204, null);
    }

    private (int Status, JsonNode? Answer) Delete(string path)
    {
        items.Remove(path);
        return (204, null);
    }

    private (int Status, JsonNode? Answer) List(string folder)
    {
        var prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
        var keys = items.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..])
            .Select(path => path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? path[..(slash + 1)] : path).Distinct(StringComparer.Ordinal).ToList();
        return keys.Count == 0 ? (404, Errors()) : (200, new JsonObject { ["data"] = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]) } });
    }

    private VaultItem ItemOf(string path)
    {
        if (!items.TryGetValue(path, out var item))
        {
            items[path] = item = new VaultItem { CreatedAt = Clock.GetUtcNow() };
        }

        return item;
    }

    /// <summary>Deletes the current version, which can be undone.</summary>
    public void DeleteVersion(string path)
    {
        lock (gate)
        {
            items[path].Versions[^1] = items[path].Versions[^1] with { DeletedAt = Clock.GetUtcNow() };
        }
    }

    private sealed record VaultVersion(JsonObject Data, DateTimeOffset CreatedAt, DateTimeOffset? DeletedAt);

    private sealed class VaultItem
    {
        public List<VaultVersion> Versions { get; } = [];

        public JsonObject? Custom { get; set; }

        public DateTimeOffset CreatedAt { get; init; }

        public void Add(JsonObject data, DateTimeOffset now) => Versions.Add(new(data, now, DeletedAt: null));

        public JsonObject VersionMetadata()
        {
            var metadata = Describe(Versions[^1]);
            metadata["custom_metadata"] = Custom?.DeepClone();
            metadata["version"] = Versions.Count;
            return metadata;
        }

        public JsonObject Metadata() => new()
        {
            ["created_time"] = Time(CreatedAt),
            ["updated_time"] = Time(Versions.Count == 0 ? CreatedAt : Versions[^1].CreatedAt),
            ["current_version"] = Versions.Count,
            ["custom_metadata"] = Custom?.DeepClone(),
            ["versions"] = new JsonObject(Versions.Select((version, index) => KeyValuePair.Create((index + 1).ToString(CultureInfo.InvariantCulture), (JsonNode?)Describe(version)))),
        };

        private static JsonObject Describe(VaultVersion version) => new()
        {
            ["created_time"] = Time(version.CreatedAt),
            ["deletion_time"] = version.DeletedAt is { } deleted ? Time(deleted) : "",
            ["destroyed"] = false,
        };
    }
}
