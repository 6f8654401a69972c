namespace Gantry.Engine.Providers.Texts;

/// <summary>An element, or a text.</summary>
public sealed class HtmlNode
{
    private readonly List<HtmlNode> children = [];

    internal HtmlNode(string name, IReadOnlyList<KeyValuePair<string, string>> attributes, string text = "") => (Name, Attributes, Text) = (name, attributes, text);

    /// <summary>In lower case; empty for a text.</summary>
    public string Name { get; }

    /// <summary>Names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; }

    /// <summary>Of a text, what it says; of an element, nothing.</summary>
    public string Text { get; }

    public HtmlNode? Parent { get; private set; }

    public IReadOnlyList<HtmlNode> Children => children;

    public bool IsText => Name.Length == 0;

    /// <summary>Null when it has none.</summary>
    public string? Find(string attribute) => Attributes.FirstOrDefault(pair => pair.Key == attribute).Value;

    /// <summary>All elements below it, in the order of the document.</summary>
    public IEnumerable<HtmlNode> Descendants()
    {
        var rest = new Stack<HtmlNode>(children.AsEnumerable().Reverse());
        while (rest.TryPop(out var node))
        {
            if (!node.IsText)
            {
                yield return node;
            }

            for (var index = node.children.Count - 1; index >= 0; index--)
            {
                rest.Push(node.children[index]);
            }
        }
    }

    internal void Add(HtmlNode child)
    {
        child.Parent = this;
        children.Add(child);
    }
}
