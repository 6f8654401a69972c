using System.Net;

namespace Gantry.Engine.Providers.Texts;

internal enum HtmlTokenKind
{
    Text,
    Start,
    End,
}

/// <summary>One piece of HTML.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The text with its references resolved; of tags the name in lower case.</param>
/// <param name="Attributes">Of a start tag, names in lower case; the first of a name counts. Null for others.</param>
internal sealed record HtmlToken(HtmlTokenKind Kind, string Value, IReadOnlyList<KeyValuePair<string, string>>? Attributes = null);

/// <summary>Takes HTML apart as browsers do, for what pages and mails really have: comments, declarations and instructions are left out; nothing is an error.</summary>
internal sealed class HtmlTokens(string html)
{
    private const int AttributesMax = 200;

    /// <summary>What is in them is text up to their own end tag.</summary>
    private static readonly HashSet<string> raw = new(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"], StringComparer.Ordinal);

    private int at;

    public IEnumerable<HtmlToken> Read()
    {
        while (at < html.Length)
        {
            if (html[at] != '<')
            {
                var length = html.AsSpan(at).IndexOf('<');
                yield return Text(length < 0 ? html.Length : at + length);
            }
            else if (IsTagAt(at + 1))
            {
                var start = StartTag();
                yield return start;
                if (start.Value == "plaintext")
                {
                    yield return new HtmlToken(HtmlTokenKind.Text, html[at..]);
                    yield break;
                }

                if (raw.Contains(start.Value) && RawText(start.Value) is { Length: > 0 } text)
                {
                    yield return new HtmlToken(HtmlTokenKind.Text, start.Value is "textarea" or "title" ? WebUtility.HtmlDecode(text) : text);
                }
            }
            else if (at + 1 < html.Length && html[at + 1] == '/' && IsTagAt(at + 2))
            {
                yield return EndTag();
            }
            else if (at + 1 < html.Length && html[at + 1] is '!' or '?' or '/')
            {
                SkipDeclaration();
            }
            else
            {
                at++;
                yield return new HtmlToken(HtmlTokenKind.Text, "<");
            }
        }
    }

    private bool IsTagAt(int place) => place < html.Length && char.IsAsciiLetter(html[place]);

    private HtmlToken Text(int end)
    {
        var text = html[at..end];
        at = end;
        return new HtmlToken(HtmlTokenKind.Text, WebUtility.HtmlDecode(text));
    }

    private void SkipDeclaration()
    {
        if (html.AsSpan(at).StartsWith("<!--"))
        {
            at += 4;
            if (html.AsSpan(at).StartsWith(">") || html.AsSpan(at).StartsWith("->"))
            {
                at = html.IndexOf('>', at) + 1;
                return;
            }

            var (plain, odd) = (html.IndexOf("-->", at, StringComparison.Ordinal), html.IndexOf("--!>", at, StringComparison.Ordinal));
            at = plain < 0 && odd < 0 ? html.Length : odd < 0 || (plain >= 0 && plain < odd) ? plain + 3 : odd + 4;
            return;
        }

        var end = html.IndexOf('>', at);
        at = end < 0 ? html.Length : end + 1;
    }

    private HtmlToken StartTag()
    {
        at++;
        var name = TagName();
        List<KeyValuePair<string, string>> attributes = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        while (at < html.Length)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/'))
            {
                at++;
            }

            if (at >= html.Length || html[at] == '>')
            {
                break;
            }

            var attribute = Attribute();
            if (attributes.Count < AttributesMax && known.Add(attribute.Key))
            {
                attributes.Add(attribute);
            }
        }

        at = Math.Min(at + 1, html.Length);
        return new HtmlToken(HtmlTokenKind.Start, name, attributes);
    }

    private HtmlToken EndTag()
    {
        at += 2;
        var name = TagName();
        while (at < html.Length && html[at] != '>')
        {
            // A '>' in quotes does not end it.
            if (html[at] is '"' or '\'' && html.IndexOf(html[at], at + 1) is var quote and > 0)
            {
                at = quote;
            }

            at++;
        }

        at = Math.Min(at + 1, html.Length);
        return new HtmlToken(HtmlTokenKind.End, name);
    }

    private string TagName()
    {
        var begin = at;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>'))
        {
            at++;
        }

        return html[begin..at].ToLowerInvariant();
    }

    private KeyValuePair<string, string> Attribute()
    {
        var begin = at++;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>' or '='))
        {
            at++;
        }

        var name = html[begin..at].ToLowerInvariant();
        SkipSpaces();
        if (at >= html.Length || html[at] != '=')
        {
            return new(name, "");
        }

        at++;
        SkipSpaces();
        return new(name, WebUtility.HtmlDecode(Value()));
    }

    private string Value()
    {
        if (at >= html.Length)
        {
            return "";
        }

        int end;
        if (html[at] is '"' or '\'')
        {
            var begin = at + 1;
            end = html.IndexOf(html[at], begin);
            end = end < 0 ? html.Length : end;
            at = Math.Min(end + 1, html.Length);
            return html[begin..end];
        }

        end = at;
        while (end < html.Length && !IsSpace(html[end]) && html[end] != '>')
        {
            end++;
        }

        var value = html[at..end];
        at = end;
        return value;
    }

    private string RawText(string name)
    {
        var begin = at;
        for (var from = at; ;)
        {
            var end = html.IndexOf("</" + name, from, StringComparison.OrdinalIgnoreCase);
            if (end < 0)
            {
                at = html.Length;
                return html[begin..];
            }

            var after = end + 2 + name.Length;
            if (after >= html.Length || IsSpace(html[after]) || html[after] is '/' or '>')
            {
                at = end;
                return html[begin..end];
            }

            from = after;
        }
    }

    private void SkipSpaces()
    {
        while (at < html.Length && IsSpace(html[at]))
        {
            at++;
        }
    }

    private static bool IsSpace(char character) => character is ' ' or '\t' or '\n' or '\r' or '\f';
}
