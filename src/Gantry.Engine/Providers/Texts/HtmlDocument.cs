using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Texts;

/// <summary>
/// HTML as a tree. It is not a browser's in every corner (nothing is moved out of tables, no html and body are made up), but the same for what is written with care, and it holds whatever
/// anybody wrote.
/// </summary>
public static class HtmlDocument
{
    private const int NodesMax = 500_000;

    /// <summary>What is nested more deeply becomes a sibling of that.</summary>
    private const int DepthMax = 200;

    private static readonly HashSet<string> empty = new(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"], StringComparer.Ordinal);

    private static readonly HashSet<string> blocks = new(
        ["address", "article", "aside", "blockquote", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
            "section", "table", "ul"], StringComparer.Ordinal);

    /// <summary>What a start tag ends that is open, up to the nearest of what stands last.</summary>
    private static readonly Dictionary<string, (string[] Ended, string[] Within)> implied = new(StringComparer.Ordinal)
    {
        ["li"] = (["li"], ["ul", "ol", "menu"]),
        ["dt"] = (["dt", "dd"], ["dl"]),
        ["dd"] = (["dt", "dd"], ["dl"]),
        ["option"] = (["option"], ["select"]),
        ["optgroup"] = (["option", "optgroup"], ["select"]),
        ["td"] = (["td", "th"], ["tr", "table"]),
        ["th"] = (["td", "th"], ["tr", "table"]),
        ["tr"] = (["td", "th", "tr"], ["table"]),
        ["tbody"] = (["td", "th", "tr", "tbody", "thead", "tfoot"], ["table"]),
        ["thead"] = (["td", "th", "tr", "tbody", "thead", "tfoot"], ["table"]),
        ["tfoot"] = (["td", "th", "tr", "tbody", "thead", "tfoot"], ["table"]),
    };

    /// <summary>The root, which is no element itself.</summary>
    public static HtmlNode Parse(string html)
    {
        var root = new HtmlNode("#root", []);
        List<HtmlNode> open = [root];
        var nodes = 0;
        foreach (var token in new HtmlTokens(html).Read())
        {
            if (++nodes > NodesMax)
            {
                throw HttpCall.Bad($"The HTML has more than {NodesMax:N0} elements and texts.");
            }

            switch (token.Kind)
            {
                case HtmlTokenKind.Text:
                    open[^1].Add(new HtmlNode("", [], token.Value));
                    break;
                case HtmlTokenKind.Start:
                    Start(open, token);
                    break;
                default:
                    End(open, token.Value);
                    break;
            }
        }

        return root;
    }

    public static bool IsEmptyElement(string name) => empty.Contains(name);

    public static bool IsBlock(string name) => blocks.Contains(name) || name is "li" or "dt" or "dd" or "tr" or "caption" or "figcaption" or "details" or "summary" or "title";

    private static void Start(List<HtmlNode> open, HtmlToken token)
    {
        if (blocks.Contains(token.Value))
        {
            EndUpTo(open, ["p"], ["button", "table", "td", "th", "li", "div", "section", "article", "blockquote"]);
        }

        if (implied.TryGetValue(token.Value, out var rule))
        {
            EndUpTo(open, rule.Ended, rule.Within);
        }

        var node = new HtmlNode(token.Value, token.Attributes!);
        open[^1].Add(node);
        if (!empty.Contains(token.Value) && open.Count < DepthMax)
        {
            open.Add(node);
        }
    }

    /// <summary>Ends the outermost of the named elements that is open within the nearest of the others.</summary>
    private static void EndUpTo(List<HtmlNode> open, string[] ended, string[] within)
    {
        var outermost = -1;
        for (var index = open.Count - 1; index > 0 && !within.Contains(open[index].Name); index--)
        {
            outermost = ended.Contains(open[index].Name) ? index : outermost;
        }

        if (outermost > 0)
        {
            open.RemoveRange(outermost, open.Count - outermost);
        }
    }

    /// <summary>An end tag of what is not open is none.</summary>
    private static void End(List<HtmlNode> open, string name)
    {
        var index = open.FindLastIndex(node => node.Name == name);
        if (index > 0)
        {
            open.RemoveRange(index, open.Count - index);
        }
    }
}
