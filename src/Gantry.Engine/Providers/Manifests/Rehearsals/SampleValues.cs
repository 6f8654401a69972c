using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>Values that a parameter or a field of a connection takes, made from what the manifest's tree says of it.</summary>
internal static class SampleValues
{
    public static JsonNode? Of(DocumentNode shape, string name)
    {
        if (shape.Find("enum") is { Value.Items: [var first, ..] })
        {
            return Text(shape, "type") == "list" ? new JsonArray(Json(first)) : Json(first);
        }

        return Text(shape, "type") switch
        {
            "integer" => JsonValue.Create((long)Math.Max(Number(shape, "min") ?? 3, Math.Min(3, Number(shape, "max") ?? 3))),
            "number" => JsonValue.Create(Math.Max(Number(shape, "min") ?? 1.5, Math.Min(1.5, Number(shape, "max") ?? 1.5))),
            "boolean" => JsonValue.Create(true),
            "list" => ListOf(shape, name),
            "map" => MapOf(shape, name),
            "file" => JsonValue.Create("data:text/plain;name=a%20file.txt;base64,Z2FudHJ5"),
            "datetime" => JsonValue.Create("2026-01-31T12:00:00Z"),
            "any" => JsonValue.Create($"any {name}"),
            _ => JsonValue.Create(TextOf(shape, name)),
        };
    }

    /// <summary>Values that it must not take; none when it takes everything.</summary>
    public static IEnumerable<(string What, JsonNode Value)> WrongFor(DocumentNode shape)
    {
        var type = Text(shape, "type") ?? "string";
        switch (type)
        {
            case "integer":
                yield return ("a text for a whole number", "three");
                yield return ("a fraction for a whole number", 1.5);
                break;
            case "number":
                yield return ("a text for a number", "much");
                break;
            case "boolean":
                yield return ("a text for true or false", "perhaps");
                break;
            case "list":
                yield return ("a number for a list", 5);
                break;
            case "map":
                yield return ("a text for a map", "none");
                break;
            case "datetime":
                yield return ("a word for a time", "tomorrow");
                break;
            case "string" or "file":
                yield return ("a map for a text", new JsonObject());
                break;
        }

        var isSecret = Text(shape, "secret") == "true";
        if (shape.Find("enum") is not null && type is not ("list" or "map" or "any") && !isSecret)
        {
            yield return ("a value outside of its choices", type is "integer" or "number" ? 987654321 : "gantry-none-of-them");
        }

        if (isSecret)
        {
            yield break;
        }

        if (Number(shape, "min") is { } min && type is "integer" or "number")
        {
            yield return ("less than its least", min - 1);
        }

        if (Number(shape, "max") is { } max && type is "integer" or "number")
        {
            yield return ("more than its most", max + 1);
        }

        if (Number(shape, "max") is { } length and < 100_000 && type == "string" && shape.Find("enum") is null)
        {
            yield return ("a text that is too long", new string('a', (int)length + 1));
        }

        if (shape.Find("pattern")?.Value.Text is { } pattern && type == "string" && !new ManifestPattern(pattern).Fits("\u0001"))
        {
            yield return ("what its pattern does not match", "\u0001");
        }

        if (Text(shape, "format") is not null)
        {
            yield return ("what is not of its format", "\u0001 nothing");
        }
    }

    public static string TextOf(DocumentNode shape, string name)
    {
        if (shape.Find("pattern")?.Value.Text is { } pattern)
        {
            return PatternSample.Of(new ManifestPattern(pattern), Number(shape, "min"), Number(shape, "max"))
                ?? throw new NoSampleException($"no value was found that matches {pattern}: give one by --value {name}=…");
        }

        var text = Text(shape, "format") switch
        {
            "email" => "someone@example.org",
            "uri" => "https://www.example.org/a?b=c&d=e",
            "date" => "2026-01-31",
            "uuid" => "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "hostname" => "www.example.org",
            "ipv4" => "192.0.2.7",
            "json" => "{\"a\":1}",
            _ => $"a {name} & ü",
        };
        if (Text(shape, "format") is null)
        {
            text = text.PadRight((int)Math.Min(Number(shape, "min") ?? 0, 10_000), 'x');
            text = Number(shape, "max") is { } max && max < text.Length ? text[..(int)max] : text;
        }

        return text;
    }

    public static string? Text(DocumentNode node, string name) => node.Find(name)?.Value.Text;

    public static double? Number(DocumentNode node, string name) => node.Find(name)?.Value is { Kind: DocumentKind.Number } value ? double.Parse(value.Text, CultureInfo.InvariantCulture) : null;

    public static JsonNode? Json(DocumentNode node) => JsonNode.Parse(node.ToJson().GetRawText());

    /// <summary>A value that somebody gave as a text, in the type that the manifest says.</summary>
    public static JsonNode? Given(DocumentNode shape, string value) => Text(shape, "type") is null or "string" or "datetime" or "file" ? JsonValue.Create(value) : Parsed(value) ?? JsonValue.Create(value);

    private static JsonNode? Parsed(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonArray ListOf(DocumentNode shape, string name)
    {
        var count = (int)Math.Clamp(Number(shape, "min") ?? 2, 1, Number(shape, "max") ?? 2);
        count = Math.Max(count, (int)Math.Min(2, Number(shape, "max") ?? 2));
        if (count > 1000)
        {
            throw new NoSampleException($"a list of {count} items is not made up: give one by --value {name}=…");
        }

        var list = new JsonArray();
        for (var index = 0; index < count; index++)
        {
            list.Add(shape.Find("items") is { } items ? Of(items.Value, name) : JsonValue.Create($"{name}{index}"));
        }

        return list;
    }

    private static JsonObject MapOf(DocumentNode shape, string name)
    {
        var map = new JsonObject();
        foreach (var member in shape.Find("properties")?.Value.Members ?? [])
        {
            map[member.Name] = Of(member.Value, member.Name);
        }

        if (map.Count == 0)
        {
            map["one"] = $"{name} 1";
            map["two"] = 2;
        }

        return map;
    }
}

/// <summary>No value could be made up; the message says for what.</summary>
internal sealed class NoSampleException(string message) : Exception(message);
