using System.Globalization;
using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>
/// Goes on from an earlier import: what is called by the same method and path keeps its id and the names of its parameters, and what the document has no more stays,
/// marked as deprecated, so that saved plans go on working or say why they do not.
/// </summary>
internal static class EarlierImport
{
    public static IReadOnlyList<string> Continue(string manifest, OrderedDictionary<string, JsonObject> actions, DateOnly today)
    {
        var limits = new DocumentLimits { BytesMax = 64 * 1024 * 1024, EventsMax = 12_000_000 };
        var earlier = OpenApiDocument.Map(DocumentReader.Read(manifest, DocumentFormat.Yaml, limits), "actions")?.Members ?? [];
        List<string> changes = [];
        var byCall = actions.GroupBy(action => Bare((string)action.Value["call"]!), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Key, StringComparer.Ordinal);
        OrderedDictionary<string, JsonObject> kept = new(StringComparer.Ordinal);
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (var (id, _, before) in earlier)
        {
            if (byCall.GetValueOrDefault(Bare(OpenApiDocument.Text(before, "call") ?? "")) is { } now)
            {
                taken.Add(now);
                Compare(id, before, actions[now], changes);
                kept[id] = actions[now];
            }
            else
            {
                kept[id] = Gone(id, before, changes, today);
            }
        }

        foreach (var (id, action) in actions)
        {
            if (!taken.Contains(id))
            {
                var free = Names.Unique(id, kept.ContainsKey);
                kept[free] = action;
                changes.Add($"{free} is new: {(string?)action["call"]}.");
            }
        }

        actions.Clear();
        foreach (var (id, action) in kept)
        {
            actions.Add(id, action);
        }

        return changes;
    }

    private static JsonObject Gone(string id, DocumentNode before, List<string> changes, DateOnly today)
    {
        var action = JsonNode.Parse(before.ToJson().GetRawText())!.AsObject();
        if (action["deprecated"] is not JsonValue said || !((string)said!).StartsWith("Gone ", StringComparison.Ordinal))
        {
            changes.Add($"{id} is gone from the document; it stays as deprecated: {OpenApiDocument.Text(before, "call")}.");
            action["deprecated"] = $"Gone from the document, as read on {today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
        }

        return action;
    }

    private static void Compare(string id, DocumentNode before, JsonObject now, List<string> changes)
    {
        var old = OpenApiDocument.Map(before, "params")?.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal) ?? [];
        var parameters = now["params"]?.AsObject() ?? [];
        Rename(old, parameters);
        foreach (var (name, parameter) in parameters)
        {
            var isRequired = (bool?)parameter!["required"] == true;
            if (!old.TryGetValue(name, out var was))
            {
                changes.Add(isRequired ? $"{id} requires '{name}' now: plans without it fail." : $"{id} takes '{name}' now.");
            }
            else if (isRequired && !OpenApiDocument.IsTrue(was, "required"))
            {
                changes.Add($"{id} requires '{name}' now: plans without it fail.");
            }
            else if ((OpenApiDocument.Text(was, "type") ?? "string") is var type && type != ((string?)parameter["type"] ?? "string"))
            {
                changes.Add($"{id}: '{name}' is {(string?)parameter["type"] ?? "string"} now, was {type}.");
            }
        }

        foreach (var name in old.Keys.Where(name => !parameters.ContainsKey(name)))
        {
            changes.Add($"{id} takes '{name}' no more: plans that give it fail the check.");
        }
    }

    /// <summary>What goes under the same name in the same place keeps the name that plans use.</summary>
    private static void Rename(Dictionary<string, DocumentNode> old, JsonObject parameters)
    {
        foreach (var (name, was) in old)
        {
            if (OpenApiDocument.Text(was, "name") is { } wire && !parameters.ContainsKey(name)
                && parameters.FirstOrDefault(parameter => ((string?)parameter.Value!["name"] ?? parameter.Key) == wire) is { Key: { } now, Value: { } value })
            {
                parameters.Remove(now);
                value["name"] = wire;
                parameters[name] = value;
            }
        }
    }

    /// <summary>Without the names in braces, which may change.</summary>
    private static string Bare(string call)
    {
        var bare = new System.Text.StringBuilder();
        var depth = 0;
        foreach (var character in call)
        {
            depth += character == '{' ? 1 : character == '}' ? -1 : 0;
            if (depth == 0 || character == '{')
            {
                bare.Append(character);
            }
        }

        return bare.ToString();
    }
}
