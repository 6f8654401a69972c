using System.Globalization;
using System.Text.Json;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>
/// A way into an answer: data.items, errors[0].detail, errors[*].message, ['@odata.nextLink'], Item[] (a list even where there is one), header:NAME for a header of the answer, and
/// '.' for all of it.
/// </summary>
public sealed class AnswerPath
{
    private const string HeaderMark = "header:";
    private const string PagesMark = "pages:";

    private readonly List<Part> parts;

    private AnswerPath(string source, string? header, bool isPages, List<Part> parts) => (Source, Header, IsPages, this.parts) = (source, header, isPages, parts);

    public string Source { get; }

    /// <summary>The header it names; null when it leads into the body.</summary>
    public string? Header { get; }

    /// <summary>What it tells counts pages, not items.</summary>
    public bool IsPages { get; }

    public override string ToString() => Source;

    /// <summary>Fails with <see cref="FormatException"/>.</summary>
    public static AnswerPath Parse(string text)
    {
        if (text.StartsWith(HeaderMark, StringComparison.Ordinal))
        {
            return text.Length > HeaderMark.Length ? new(text, text[HeaderMark.Length..].Trim(), false, []) : throw new FormatException("a header's name is missing after 'header:'");
        }

        var isPages = text.StartsWith(PagesMark, StringComparison.Ordinal);
        var path = isPages ? text[PagesMark.Length..] : text;
        if (path is "" or "." or "$")
        {
            return new(text, null, isPages, []);
        }

        return new(text, null, isPages, ParseParts(path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path));
    }

    /// <summary>What is there; null when nothing is. Several values, by [*], come as a list.</summary>
    public JsonElement? Find(JsonElement answer)
    {
        List<JsonElement> found = [answer];
        var isMany = false;
        var isWrapped = false;
        foreach (var part in parts)
        {
            if (part.Kind == PartKind.Wrap)
            {
                isWrapped = true;
                continue;
            }

            List<JsonElement> next = [];
            foreach (var value in found)
            {
                Enter(value, part, next);
            }

            isMany |= part.Kind == PartKind.Each;
            found = next;
        }

        found.RemoveAll(value => value.ValueKind is JsonValueKind.Undefined);
        if (isWrapped)
        {
            return found is [{ ValueKind: JsonValueKind.Array } list] ? list : ListOf(found.Where(value => value.ValueKind != JsonValueKind.Null));
        }

        return isMany ? found.Count == 0 ? null : ListOf(found) : found is [var only] ? only : null;
    }

    /// <summary>The texts and numbers there, joined; null when there are none.</summary>
    public string? FindText(JsonElement answer)
    {
        if (Find(answer) is not { } value)
        {
            return null;
        }

        var texts = (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(TextOf) : [TextOf(value)])
            .Where(text => !string.IsNullOrWhiteSpace(text)).Distinct(StringComparer.Ordinal).ToList();
        return texts.Count == 0 ? null : string.Join("; ", texts);
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Settings.Scalars.TextOf(value),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Object when value.TryGetProperty("#text", out var text) => TextOf(text),
        _ => value.GetRawText(),
    };

    private static JsonElement ListOf(IEnumerable<JsonElement> values) => JsonSerializer.SerializeToElement(values);

    private static void Enter(JsonElement value, Part part, List<JsonElement> next)
    {
        switch (part.Kind)
        {
            case PartKind.Each when value.ValueKind == JsonValueKind.Array:
                next.AddRange(value.EnumerateArray());
                break;
            case PartKind.Each when value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined):
                // XML has one element where there could be several.
                next.Add(value);
                break;
            case PartKind.Index when value.ValueKind == JsonValueKind.Array && IndexIn(value, part.Index) is { } index:
                next.Add(value[index]);
                break;
            case PartKind.Index when value.ValueKind == JsonValueKind.Object && value.TryGetProperty(part.Name, out var numbered):
                next.Add(numbered);
                break;
            case PartKind.Index when part.Index is 0 or -1 && value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined):
                next.Add(value);
                break;
            case PartKind.Name when value.ValueKind == JsonValueKind.Object && value.TryGetProperty(part.Name, out var member):
                next.Add(member);
                break;
            case PartKind.Name when part.Name == "#text" && value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array):
                next.Add(value);
                break;
        }
    }

    private static int? IndexIn(JsonElement list, int index)
    {
        var at = index < 0 ? list.GetArrayLength() + index : index;
        return at >= 0 && at < list.GetArrayLength() ? at : null;
    }

    private static List<Part> ParseParts(string path)
    {
        List<Part> parts = [];
        for (var at = 0; at < path.Length;)
        {
            if (path[at] == '[')
            {
                at = ParseBracket(path, at, parts);
            }
            else if (path[at] == '.' && at > 0 && at + 1 < path.Length && path[at + 1] is not ('.' or '['))
            {
                at++;
            }
            else if (path[at] is '.' or ']')
            {
                throw new FormatException($"'{path[at]}' is not understood at character {at + 1}");
            }
            else
            {
                var end = path.AsSpan(at).IndexOfAny('.', '[') is var length and >= 0 ? at + length : path.Length;
                var name = path[at..end];
                if (name == "*")
                {
                    parts.Add(new(PartKind.Each, "*", 0));
                }
                else
                {
                    parts.Add(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? new(PartKind.Index, name, index) : new(PartKind.Name, name, 0));
                }

                at = end;
            }
        }

        return parts;
    }

    private static int ParseBracket(string path, int at, List<Part> parts)
    {
        var quote = at + 1 < path.Length && path[at + 1] is '\'' or '"' ? path[at + 1] : '\0';
        var end = quote == '\0' ? path.IndexOf(']', at) : path.IndexOf($"{quote}]", at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new FormatException("']' is missing");
        }

        var inside = quote == '\0' ? path[(at + 1)..end].Trim() : path[(at + 2)..end];
        parts.Add((quote, inside) switch
        {
            ('\0', "") when end == path.Length - 1 => new(PartKind.Wrap, "", 0),
            ('\0', "*") => new(PartKind.Each, "*", 0),
            ('\0', _) when int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) => new(PartKind.Index, inside, index),
            ('\0', _) => throw new FormatException("in brackets stands a number, '*', or a name in quotes; '[]' only at the end"),
            _ => new Part(PartKind.Name, inside, 0),
        });
        return end + (quote == '\0' ? 1 : 2);
    }

    private enum PartKind
    {
        Name,
        Index,
        Each,
        Wrap,
    }

    private sealed record Part(PartKind Kind, string Name, int Index);
}
