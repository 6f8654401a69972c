using System.Security;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>An answer that has values where the paths of a manifest look for them.</summary>
internal sealed partial class AnswerSketch
{
    private readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
    private JsonNode? root;

    public IReadOnlyDictionary<string, string> Headers => headers;

    public void Header(string name, string value) => headers[name] = value;

    public AnswerSketch Set(string? path, JsonNode? value)
    {
        if (path is null)
        {
            return this;
        }

        if (path.StartsWith("header:", StringComparison.Ordinal))
        {
            headers[path[7..]] = value is JsonValue scalar ? WrittenValue.Plain(scalar) : "x";
            return this;
        }

        path = path.StartsWith("pages:", StringComparison.Ordinal) ? path[6..] : path;
        var parts = Part.Matches(path).Select(match => match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Value.Trim('[', ']')).Where(part => part is not ("" or "$")).ToList();
        root = Put(root, parts, value);
        return this;
    }

    public string Json() => (root ?? new JsonObject()).ToJsonString();

    public string Xml()
    {
        var text = new StringBuilder();
        var top = root as JsonObject ?? new JsonObject { ["Answer"] = null };
        if (top.Count == 0)
        {
            top["Answer"] = null;
        }

        Write(text, top.First().Key, top.First().Value);
        return text.ToString();
    }

    private static JsonNode? Put(JsonNode? node, List<string> parts, JsonNode? value)
    {
        if (parts.Count == 0)
        {
            return value?.DeepClone();
        }

        var rest = parts[1..];
        if (parts[0] is "*" || int.TryParse(parts[0], out _))
        {
            var list = node as JsonArray ?? [];
            var inner = Put(list.Count > 0 ? list[0]?.DeepClone() : null, rest, value);
            return new JsonArray(inner);
        }

        var map = node is JsonObject known ? known : [];
        map[parts[0]] = Put(map[parts[0]]?.DeepClone(), rest, value);
        return map;
    }

    private static void Write(StringBuilder text, string name, JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Write(text, name, item);
            }

            return;
        }

        text.Append('<').Append(name);
        foreach (var (attribute, value) in (node as JsonObject ?? []).Where(member => member.Key.StartsWith('@')))
        {
            text.Append(' ').Append(attribute.AsSpan(1)).Append("=\"").Append(SecurityElement.Escape(value?.ToString())).Append('"');
        }

        text.Append('>');
        if (node is JsonObject map)
        {
            foreach (var (member, value) in map.Where(member => !member.Key.StartsWith('@')))
            {
                if (member == "#text")
                {
                    text.Append(SecurityElement.Escape(value?.ToString()));
                }
                else
                {
                    Write(text, member, value);
                }
            }
        }
        else if (node is not null)
        {
            text.Append(SecurityElement.Escape(node.ToString()));
        }

        text.Append("</").Append(name).Append('>');
    }

    [GeneratedRegex(@"\['(?<quoted>[^']*)'\]|\[""(?<quoted>[^""]*)""\]|\[[^\]]*\]|[^.\[]+", RegexOptions.None, 1000)]
    private static partial Regex Part { get; }
}
