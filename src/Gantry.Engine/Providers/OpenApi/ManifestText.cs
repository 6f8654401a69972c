using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>A manifest as people write it: maps as blocks, and each parameter, field and small map on a line of its own.</summary>
internal static class ManifestText
{
    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal) { "actions", "params", "connection", "paging_profiles" };

    public static string Write(JsonObject manifest)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in manifest)
        {
            WriteMember(text, name, value, 0, name is "actions" or "connection" ? 2 : 0);
        }

        return text.ToString();
    }

    /// <param name="text">What is written to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">A map with blocks left is written as a block, all else on one line.</param>
    /// <param name="indent">Spaces before it.</param>
    /// <param name="blocks">How many maps deep are blocks.</param>
    private static void WriteMember(StringBuilder text, string name, JsonNode? value, int indent, int blocks)
    {
        text.Append(' ', indent);
        WriteScalar(text, name);
        text.Append(':');
        switch (value)
        {
            case JsonObject { Count: > 0 } map when blocks > 0:
                text.Append('\n');
                foreach (var (inner, item) in map)
                {
                    WriteMember(text, inner, item, indent + 2, Blocks.Contains(inner) ? 1 : blocks - 1);
                }

                break;
            case JsonArray { Count: > 0 } list when name == "auth" && indent == 0:
                text.Append('\n');
                foreach (var item in list)
                {
                    text.Append("  - ");
                    WriteFlow(text, item);
                    text.Append('\n');
                }

                break;
            default:
                text.Append(' ');
                WriteFlow(text, value);
                text.Append('\n');
                break;
        }
    }

    private static void WriteFlow(StringBuilder text, JsonNode? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                text.Append('{');
                var isNext = false;
                foreach (var (name, item) in map)
                {
                    text.Append(isNext ? ", " : "");
                    isNext = true;
                    WriteScalar(text, name);
                    text.Append(": ");
                    WriteFlow(text, item);
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    WriteFlow(text, list[i]);
                }

                text.Append(']');
                break;
            default:
                if (value.GetValueKind() == JsonValueKind.String)
                {
                    WriteScalar(text, (string)value!);
                }
                else
                {
                    text.Append(value.ToJsonString());
                }

                break;
        }
    }

    private static void WriteScalar(StringBuilder text, string scalar)
    {
        if (IsPlain(scalar))
        {
            text.Append(scalar);
            return;
        }

        text.Append('"');
        foreach (var rune in scalar.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                default:
                    if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xFEFF or 0xFFFE or 0xFFFF)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
                    }
                    else
                    {
                        text.Append(rune);
                    }

                    break;
            }
        }

        text.Append('"');
    }

    /// <summary>What no reader of YAML, of whichever version, takes for something else.</summary>
    private static bool IsPlain(string scalar) =>
        scalar.Length > 0
        && (char.IsAsciiLetter(scalar[0]) || scalar[0] == '/')
        && scalar[^1] != ' '
        && scalar.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '/' or '.' or '-' or ' ')
        && scalar.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n");
}
