using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Values that a parameter or a field of a connection takes, made from what the manifest's tree says of it.</summary>
internal static class GeneratedValues
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

    /// <summary>A value that it must not take; null when it takes everything.</summary>
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

        if (shape.Find("pattern")?.Value.Text is { } pattern && type == "string" && !Regex.IsMatch("\u0001", $@"\A(?:{pattern})\z"))
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
            return PatternSample.Of(pattern);
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

    private static JsonArray ListOf(DocumentNode shape, string name)
    {
        var count = (int)Math.Clamp(Number(shape, "min") ?? 2, 1, Number(shape, "max") ?? 2);
        count = Math.Max(count, (int)Math.Min(2, Number(shape, "max") ?? 2));
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

/// <summary>A text that a regular expression matches: of the few forms that manifests write.</summary>
internal static class PatternSample
{
    public static string Of(string pattern)
    {
        foreach (var sample in (string[])["a", "abc", "1", "12345", "2026-01-31", "https://www.example.org", "abc-1", "www.example.org", "v1", "A1B2", Made(pattern)])
        {
            if (Regex.IsMatch(sample, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            {
                return sample;
            }
        }

        throw new InvalidOperationException($"No sample of the pattern {pattern} was made: '{Made(pattern)}'.");
    }

    private static string Made(string pattern)
    {
        var at = 0;
        return Alternatives(pattern, ref at);
    }

    private static string Alternatives(string pattern, ref int at)
    {
        var text = Sequence(pattern, ref at);
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            Sequence(pattern, ref at);
        }

        return text;
    }

    private static string Sequence(string pattern, ref int at)
    {
        var text = new StringBuilder();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var atom = Atom(pattern, ref at);
            var count = Count(pattern, ref at);
            for (var repeat = 0; repeat < count; repeat++)
            {
                text.Append(atom);
            }
        }

        return text.ToString();
    }

    private static string Atom(string pattern, ref int at)
    {
        switch (pattern[at])
        {
            case '(':
                at++;
                if (at < pattern.Length && pattern[at] == '?')
                {
                    var isLooking = pattern[at + 1] is '!' or '=' or '<';
                    at += 2;
                    if (isLooking)
                    {
                        Alternatives(pattern, ref at);
                        at++;
                        return "";
                    }
                }

                var inner = Alternatives(pattern, ref at);
                at++;
                return inner;
            case '[':
                return Class(pattern, ref at);
            case '\\':
                at += 2;
                return pattern[at - 1] switch { 'd' => "1", 'w' => "a", 's' => " ", 'S' => "a", 'D' => "a", 'b' or 'A' or 'z' => "", var other => other.ToString() };
            case '.':
                at++;
                return "a";
            case '^' or '$':
                at++;
                return "";
            default:
                return pattern[at++].ToString();
        }
    }

    private static string Class(string pattern, ref int at)
    {
        var end = pattern.IndexOf(']', at + 2);
        var inside = pattern[(at + 1)..end];
        at = end + 1;
        return "a1A-_./:@ Zz9bcdefgx0".FirstOrDefault(sample => Regex.IsMatch(sample.ToString(), $"[{inside}]")).ToString();
    }

    private static int Count(string pattern, ref int at)
    {
        if (at >= pattern.Length)
        {
            return 1;
        }

        switch (pattern[at])
        {
            case '*' or '?':
                at++;
                return 1;
            case '+':
                at++;
                return 2;
            case '{':
                var end = pattern.IndexOf('}', at);
                var count = int.Parse(pattern[(at + 1)..end].Split(',')[0], CultureInfo.InvariantCulture);
                at = end + 1;
                return Math.Max(count, pattern[end - 1] is ',' || pattern[..end].LastIndexOf(',') > at ? 1 : count);
            default:
                return 1;
        }
    }
}
