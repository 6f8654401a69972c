using System.Text;

namespace Gantry.Engine.Providers.Texts;

/// <summary>
/// Makes of any HTML what can be shown in a page: elements and attributes of a list, links of known kinds, everything else left out, and all of it written anew, so that no browser can read
/// it otherwise than it was read here.
/// </summary>
public static class SafeHtml
{
    private static readonly HashSet<string> kept = new(
        ["a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4",
            "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
            "thead", "time", "tr", "u", "ul", "var"], StringComparer.Ordinal);

    /// <summary>What is in these goes with them; of any other element that is not kept, its content stays.</summary>
    private static readonly HashSet<string> dropped = new(
        ["script", "style", "template", "head", "title", "noscript", "iframe", "object", "embed", "applet", "svg", "math", "textarea", "select", "xmp", "noembed", "noframes", "plaintext", "frameset",
            "audio", "video", "canvas", "annotation-xml"], StringComparer.Ordinal);

    private static readonly HashSet<string> attributes = new(
        ["title", "alt", "lang", "dir", "colspan", "rowspan", "scope", "start", "reversed", "width", "height", "datetime", "cite", "href", "src"], StringComparer.Ordinal);

    public static string Of(string html)
    {
        var markup = new StringBuilder();
        foreach (var child in HtmlDocument.Parse(html).Children)
        {
            Append(markup, child);
        }

        return markup.ToString();
    }

    private static void Append(StringBuilder markup, HtmlNode node)
    {
        if (node.IsText)
        {
            markup.Append(HtmlText.Escape(node.Text));
            return;
        }

        if (dropped.Contains(node.Name))
        {
            return;
        }

        var isKept = kept.Contains(node.Name);
        if (isKept)
        {
            AppendStart(markup, node);
        }

        foreach (var child in node.Children)
        {
            Append(markup, child);
        }

        if (isKept && !HtmlDocument.IsEmptyElement(node.Name))
        {
            markup.Append("</").Append(node.Name).Append('>');
        }
    }

    private static void AppendStart(StringBuilder markup, HtmlNode node)
    {
        markup.Append('<').Append(node.Name);
        var hasLink = false;
        foreach (var (name, value) in node.Attributes)
        {
            var isKept = name switch
            {
                "href" => node.Name == "a" && IsSafe(value, isImage: false),
                "src" => node.Name == "img" && IsSafe(value, isImage: true),
                "cite" => IsSafe(value, isImage: false),
                _ => attributes.Contains(name),
            };
            if (isKept)
            {
                hasLink |= name == "href";
                markup.Append(' ').Append(name).Append("=\"").Append(HtmlText.Escape(value)).Append('"');
            }
        }

        markup.Append(hasLink ? " rel=\"noopener noreferrer nofollow\">" : ">");
    }

    /// <summary>Browsers leave out control characters and blanks where they look for the scheme.</summary>
    private static bool IsSafe(string link, bool isImage)
    {
        var seen = new string([.. link.Where(character => !char.IsControl(character) && !char.IsWhiteSpace(character))]);
        var end = seen.AsSpan().IndexOfAny(":/?#");
        if (end < 0 || seen[end] != ':')
        {
            return true;
        }

        var scheme = seen[..end].ToLowerInvariant();
        return scheme is "http" or "https" || (!isImage && scheme is "mailto" or "tel");
    }
}
