using System.Text;

namespace Gantry.Engine.Providers.Texts;

/// <summary>HTML as people read it: text with its paragraphs, or markup in which nothing can run.</summary>
public static class HtmlText
{
    private static readonly HashSet<string> unseen = new(
        ["script", "style", "template", "head", "noscript", "iframe", "object", "embed", "svg", "math", "noembed", "noframes", "select", "datalist"], StringComparer.Ordinal);

    /// <summary>Runs of blanks are one, blocks are lines, paragraphs have an empty line between them.</summary>
    /// <param name="node">What is read.</param>
    /// <param name="withLinks">Whether links tell where they lead, in brackets behind them.</param>
    public static string Of(HtmlNode node, bool withLinks = false)
    {
        var text = new StringBuilder();
        Append(text, node, withLinks, isPre: false);
        return text.ToString().Trim();
    }

    /// <summary>As markup again, well-formed, with all that is special escaped.</summary>
    public static string Markup(HtmlNode node)
    {
        var markup = new StringBuilder();
        AppendMarkup(markup, node);
        return markup.ToString();
    }

    internal static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal).Replace("`", "&#96;", StringComparison.Ordinal);

    private static void Append(StringBuilder text, HtmlNode node, bool withLinks, bool isPre)
    {
        if (node.IsText)
        {
            AppendText(text, node.Text, isPre);
            return;
        }

        if (unseen.Contains(node.Name))
        {
            return;
        }

        switch (node.Name)
        {
            case "br":
                TrimBlanks(text).Append('\n');
                return;
            case "img":
                AppendText(text, node.Find("alt") ?? "", isPre: false);
                return;
            case "td" or "th" when text.Length > 0 && text[^1] != '\n':
                TrimBlanks(text).Append('\t');
                break;
        }

        var lines = node.Name is "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "blockquote" or "pre" or "table" or "ul" or "ol" or "dl" ? 2 : HtmlDocument.IsBlock(node.Name) ? 1 : 0;
        Break(text, lines);
        if (node.Name == "li")
        {
            text.Append("- ");
        }

        foreach (var child in node.Children)
        {
            Append(text, child, withLinks, isPre || node.Name == "pre");
        }

        if (withLinks && node.Name == "a" && node.Find("href") is { Length: > 0 } link)
        {
            TrimBlanks(text).Append(" (").Append(link).Append(')');
        }

        Break(text, lines);
    }

    private static void AppendText(StringBuilder text, string said, bool isPre)
    {
        foreach (var character in said)
        {
            var isBlank = character is ' ' or '\t' or '\n' or '\r' or '\f';
            if (isPre || !isBlank)
            {
                text.Append(character);
            }
            else if (text.Length > 0 && text[^1] is not (' ' or '\n' or '\t'))
            {
                text.Append(' ');
            }
        }
    }

    private static void Break(StringBuilder text, int lines)
    {
        if (lines == 0 || TrimBlanks(text).Length == 0)
        {
            return;
        }

        var have = 0;
        while (have < 2 && have < text.Length && text[^(have + 1)] == '\n')
        {
            have++;
        }

        text.Append('\n', Math.Max(0, lines - have));
    }

    private static StringBuilder TrimBlanks(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }

        return text;
    }

    private static void AppendMarkup(StringBuilder markup, HtmlNode node)
    {
        if (node.IsText)
        {
            markup.Append(node.Parent?.Name is "script" or "style" ? node.Text : Escape(node.Text));
            return;
        }

        var isElement = node.Name != "#root";
        if (isElement)
        {
            markup.Append('<').Append(node.Name);
            foreach (var (name, value) in node.Attributes)
            {
                markup.Append(' ').Append(name).Append("=\"").Append(Escape(value)).Append('"');
            }

            markup.Append('>');
        }

        foreach (var child in node.Children)
        {
            AppendMarkup(markup, child);
        }

        if (isElement && !HtmlDocument.IsEmptyElement(node.Name))
        {
            markup.Append("</").Append(node.Name).Append('>');
        }
    }
}
