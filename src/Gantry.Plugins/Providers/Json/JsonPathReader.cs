using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Selector = System.Action<System.Text.Json.JsonElement, System.Text.Json.JsonElement, System.Collections.Generic.List<System.Text.Json.JsonElement>, Gantry.Plugins.Providers.Json.JsonPathEffort>;
using Test = System.Func<System.Text.Json.JsonElement, System.Text.Json.JsonElement, Gantry.Plugins.Providers.Json.JsonPathEffort, bool>;
using Value = System.Func<System.Text.Json.JsonElement, System.Text.Json.JsonElement, Gantry.Plugins.Providers.Json.JsonPathEffort, System.Text.Json.JsonElement?>;

namespace Gantry.Plugins.Providers.Json;

/// <summary>Reads a path. Whatever it is not is refused with the place where it stops being one.</summary>
internal sealed class JsonPathReader(string path)
{
    private const int LengthMax = 4_000;
    private const int DepthMax = 30;

    private int at;
    private int depth;

    public JsonPath ReadAll()
    {
        Require(path.Length is > 0 and <= LengthMax && path[0] == '$', "A path begins with $");
        at = 1;
        var read = new JsonPath(Segments());
        Require(at == path.Length, "A path goes on with .name or [...]");
        return read;
    }

    private List<JsonPathSegment> Segments()
    {
        List<JsonPathSegment> segments = [];
        while (at < path.Length)
        {
            SkipBlanks();
            var isDeep = Take("..");
            if (Take("["))
            {
                segments.Add(new JsonPathSegment(isDeep, Bracketed()));
            }
            else if (isDeep || Take("."))
            {
                segments.Add(new JsonPathSegment(isDeep, [Take("*") ? JsonPathSelectors.Wildcard() : JsonPathSelectors.Name(ShortName())]));
            }
            else
            {
                break;
            }
        }

        return segments;
    }

    private List<Selector> Bracketed()
    {
        List<Selector> selectors = [];
        do
        {
            SkipBlanks();
            selectors.Add(OneSelector());
            SkipBlanks();
        }
        while (Take(","));
        Require(Take("]"), "Here a ] is missing");
        return selectors;
    }

    private Selector OneSelector()
    {
        if (Take("*"))
        {
            return JsonPathSelectors.Wildcard();
        }

        if (Take("?"))
        {
            return JsonPathSelectors.Filter(Or());
        }

        if (Is('\'') || Is('"'))
        {
            return JsonPathSelectors.Name(Quoted());
        }

        var start = Number();
        SkipBlanks();
        if (!Take(":"))
        {
            return JsonPathSelectors.Index(start ?? throw Bad("Here stands no name, number, slice, * or filter"));
        }

        SkipBlanks();
        var end = Number();
        SkipBlanks();
        var step = Take(":") ? StepOf() : 1;
        return JsonPathSelectors.Slice(start, end, step);
    }

    private long StepOf()
    {
        SkipBlanks();
        return Number() ?? 1;
    }

    private Test Or()
    {
        Require(++depth <= DepthMax, "Filters are nested too deeply");
        var test = And();
        SkipBlanks();
        while (Take("||"))
        {
            var (left, right) = (test, And());
            test = (root, value, effort) => left(root, value, effort) || right(root, value, effort);
            SkipBlanks();
        }

        depth--;
        return test;
    }

    private Test And()
    {
        var test = Basic();
        SkipBlanks();
        while (Take("&&"))
        {
            var (left, right) = (test, Basic());
            test = (root, value, effort) => left(root, value, effort) && right(root, value, effort);
            SkipBlanks();
        }

        return test;
    }

    private Test Basic()
    {
        SkipBlanks();
        if (Take("!"))
        {
            Require(++depth <= DepthMax, "Filters are nested too deeply");
            var inner = Basic();
            depth--;
            return (root, value, effort) => !inner(root, value, effort);
        }

        if (Take("("))
        {
            var inner = Or();
            SkipBlanks();
            Require(Take(")"), "Here a ) is missing");
            return inner;
        }

        var isPath = Is('@') || Is('$');
        var begin = at;
        var left = Comparable();
        SkipBlanks();
        if (((string[])["==", "!=", "<=", ">=", "<", ">"]).FirstOrDefault(Take) is { } comparison)
        {
            SkipBlanks();
            var right = Comparable();
            return (root, value, effort) => JsonComparison.Holds(comparison, left(root, value, effort), right(root, value, effort));
        }

        Require(isPath, "A filter compares, or asks whether a path leads to something");
        var end = at;
        at = begin;
        var exists = PathIn();
        at = end;
        return (root, value, effort) => exists(root, value, effort).Count > 0;
    }

    private Func<JsonElement, JsonElement, JsonPathEffort, IReadOnlyList<JsonElement>> PathIn()
    {
        Require(++depth <= DepthMax, "Filters are nested too deeply");
        var isRoot = path[at++] == '$';
        var inner = new JsonPath(Segments());
        depth--;
        return (root, value, effort) => inner.Find(root, isRoot ? root : value, effort);
    }

    /// <summary>Null stands for nothing, which is another thing than null in JSON.</summary>
    private Value Comparable()
    {
        if (Is('@') || Is('$'))
        {
            var inner = PathIn();
            return (root, value, effort) => inner(root, value, effort) is [var one] ? one : null;
        }

        if (Is('\'') || Is('"'))
        {
            var text = JsonSerializer.SerializeToElement(Quoted());
            return (_, _, _) => text;
        }

        var length = path.AsSpan(at).IndexOfAny(" \t\n\r)]&|,<>=!") is var found && found < 0 ? path.Length - at : found;
        var literal = path.Substring(at, length);
        Require(literal is "true" or "false" or "null" || Engine.Settings.Scalars.IsNumber(literal), "Here stands no value: a path, a text in quotes, a number, true, false or null");
        at += length;
        var known = JsonElement.Parse(literal);
        return (_, _, _) => known;
    }

    private string ShortName()
    {
        var begin = at;
        while (at < path.Length && (char.IsLetterOrDigit(path[at]) || path[at] is '_' or '-' || path[at] > '\u007F'))
        {
            at++;
        }

        Require(at > begin && !char.IsAsciiDigit(path[begin]), "Here a name is missing; one with other characters is written ['so']");
        return path[begin..at];
    }

    private string Quoted()
    {
        var quote = path[at++];
        var text = new System.Text.StringBuilder();
        for (; at < path.Length && path[at] != quote; at++)
        {
            text.Append(path[at] == '\\' ? Escaped() : path[at]);
        }

        Require(at++ < path.Length, "A text in quotes has no end");
        return text.ToString();
    }

    private char Escaped()
    {
        at++;
        switch (at < path.Length ? path[at] : '\0')
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case '\'' or '"' or '\\' or '/': return path[at];
            case 'u' when at + 4 < path.Length && ushort.TryParse(path.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                at += 4;
                return (char)code;
            default: throw Bad("This escape is none");
        }
    }

    private long? Number()
    {
        var begin = at;
        at += Is('-') ? 1 : 0;
        while (at < path.Length && char.IsAsciiDigit(path[at]))
        {
            at++;
        }

        if (at == begin)
        {
            return null;
        }

        const long Most = 9_007_199_254_740_991;
        return Engine.Settings.Scalars.IsInteger(path.AsSpan(begin, at - begin)) && long.TryParse(path.AsSpan(begin, at - begin), CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= Most
            ? number
            : throw Bad("This number is none that an index can be");
    }

    private void SkipBlanks()
    {
        while (at < path.Length && path[at] is ' ' or '\t' or '\n' or '\r')
        {
            at++;
        }
    }

    private bool Is(char character) => at < path.Length && path[at] == character;

    private bool Take(string token)
    {
        var isThere = string.CompareOrdinal(path, at, token, 0, token.Length) == 0;
        at += isThere ? token.Length : 0;
        return isThere;
    }

    private void Require(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw Bad(otherwise);
        }
    }

    private Exception Bad(string message) => HttpCall.Bad($"'path' is no JSONPath. {message}, at character {Math.Min(at, path.Length) + 1}.");
}
