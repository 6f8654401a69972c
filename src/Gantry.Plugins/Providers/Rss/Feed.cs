using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;

namespace Gantry.Plugins.Providers.Rss;

/// <summary>One item of a feed, in the same words whatever the feed's.</summary>
internal sealed record FeedItem
{
    /// <summary>The feed's own id for it; else its link; else a hash of what it says. The same at every reading.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public string? Link { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? Author { get; init; }

    /// <summary>Markup in which nothing can run.</summary>
    public string? Content { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<FeedEnclosure> Enclosures { get; init; } = [];
}

internal sealed record FeedEnclosure(string Url, string? Type, long? Length);

/// <summary>A feed, of whichever kind. Elements are known by their names and by the feed's own namespace, since extensions use the same names for other things.</summary>
internal sealed class Feed
{
    private static readonly XNamespace content = "http://purl.org/rss/1.0/modules/content/";
    private static readonly XNamespace dublin = "http://purl.org/dc/elements/1.1/";
    private static readonly XNamespace rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static readonly XNamespace atom = "http://www.w3.org/2005/Atom";

    private Feed(string title, string? link, List<FeedItem> items) => (Title, Link, Items) = (title, link, items);

    public string Title { get; }

    public string? Link { get; }

    public IReadOnlyList<FeedItem> Items { get; }

    /// <param name="document">What was read.</param>
    /// <param name="address">Where from: relative links are below it.</param>
    public static Feed Read(XDocument document, Uri? address)
    {
        var root = document.Root!;
        if (root.Name.LocalName == "feed")
        {
            return new Feed(PlainOf(Child(root, "title")), AtomLink(root, address), [.. Children(root, "entry").Select(entry => OfAtom(entry, address))]);
        }

        var channel = root.Elements().FirstOrDefault(child => child.Name.LocalName == "channel");
        if (channel is null || root.Name.LocalName is not ("rss" or "RDF"))
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.Upstream,
                Message = $"The URL gives no feed: its XML begins with '{root.Name.LocalName}', and a feed with rss, RDF or feed.",
            });
        }

        var items = root.Descendants().Where(child => child.Name.LocalName == "item" && (child.Parent == channel || child.Parent == root));
        return new Feed(TextOf(Child(channel, "title")) ?? "", Absolute(TextOf(Child(channel, "link")), channel, address), [.. items.Select(item => OfRss(item, address))]);
    }

    /// <summary>{title, link, count, items}.</summary>
    public JsonElement ToJson(IReadOnlyList<FeedItem> items) => JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["title"] = Title,
        ["link"] = Link,
        ["count"] = items.Count,
        ["items"] = items.Select(item => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = item.Id,
            ["title"] = item.Title,
            ["link"] = item.Link,
            ["published_at"] = item.PublishedAt?.UtcDateTime,
            ["updated_at"] = item.UpdatedAt?.UtcDateTime,
            ["author"] = item.Author,
            ["content"] = item.Content,
            ["text"] = item.Content is null ? null : HtmlText.Of(HtmlDocument.Parse(item.Content)),
            ["categories"] = item.Categories,
            ["enclosures"] = item.Enclosures.Select(file => new Dictionary<string, object?>(StringComparer.Ordinal) { ["url"] = file.Url, ["type"] = file.Type, ["length"] = file.Length }),
        }),
    });

    private static FeedItem OfRss(XElement item, Uri? address)
    {
        var guid = TextOf(Child(item, "guid"));
        var isLink = guid is not null && Child(item, "guid")!.Attribute("isPermaLink")?.Value != "false";
        var link = Absolute(TextOf(Child(item, "link")) ?? (isLink ? guid : null), item, address);
        var title = TextOf(Child(item, "title")) ?? "";
        var body = TextOf(item.Element(content + "encoded")) ?? TextOf(Child(item, "description"));
        var published = TextOf(Child(item, "pubDate")) ?? TextOf(item.Element(dublin + "date"));
        return new FeedItem
        {
            Id = guid ?? item.Attribute(rdf + "about")?.Value ?? link ?? HashOf(title, published, body),
            Title = title,
            Link = link,
            PublishedAt = FeedDate.Parse(published),
            UpdatedAt = FeedDate.Parse(TextOf(item.Element(atom + "updated"))),
            Author = TextOf(item.Element(dublin + "creator")) ?? TextOf(Child(item, "author")),
            Content = body is null ? null : SafeHtml.Of(body),
            Categories = [.. Children(item, "category").Concat(item.Elements(dublin + "subject")).Select(TextOf).OfType<string>()],
            Enclosures = [.. Children(item, "enclosure").Where(file => file.Attribute("url") is not null).Select(file => EnclosureOf(file, "url", address))],
        };
    }

    private static FeedItem OfAtom(XElement entry, Uri? address)
    {
        var link = AtomLink(entry, address);
        var title = PlainOf(Child(entry, "title"));
        var body = HtmlOf(Child(entry, "content")) ?? HtmlOf(Child(entry, "summary"));
        var published = TextOf(Child(entry, "published")) ?? TextOf(Child(entry, "issued"));
        var updated = TextOf(Child(entry, "updated")) ?? TextOf(Child(entry, "modified"));
        return new FeedItem
        {
            Id = TextOf(Child(entry, "id")) ?? link ?? HashOf(title, published ?? updated, body),
            Title = title,
            Link = link,
            PublishedAt = FeedDate.Parse(published) ?? FeedDate.Parse(updated),
            UpdatedAt = FeedDate.Parse(updated),
            Author = TextOf(Child(entry, "author") is { } author ? Child(author, "name") : null),
            Content = body is null ? null : SafeHtml.Of(body),
            Categories = [.. Children(entry, "category").Select(category => category.Attribute("label")?.Value ?? category.Attribute("term")?.Value).OfType<string>()],
            Enclosures = [.. Children(entry, "link").Where(file => file.Attribute("rel")?.Value == "enclosure" && file.Attribute("href") is not null).Select(file => EnclosureOf(file, "href", address))],
        };
    }

    private static FeedEnclosure EnclosureOf(XElement file, string name, Uri? address) => new(
        Absolute(file.Attribute(name)!.Value, file, address)!, file.Attribute("type")?.Value, long.TryParse(file.Attribute("length")?.Value, out var length) && length > 0 ? length : null);

    private static IEnumerable<XElement> Children(XElement parent, string name) => parent.Elements(parent.Name.Namespace + name);

    private static XElement? Child(XElement parent, string name) => Children(parent, name).FirstOrDefault();

    /// <summary>Null when it is not there, or says nothing.</summary>
    private static string? TextOf(XElement? element) => element?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static string? AtomLink(XElement entry, Uri? address)
    {
        var links = Children(entry, "link").Where(link => link.Attribute("href") is not null).ToList();
        var chosen = links.Find(link => link.Attribute("rel")?.Value is null or "alternate");
        return Absolute(chosen?.Attribute("href")?.Value, chosen ?? entry, address);
    }

    private static string PlainOf(XElement? element) => HtmlOf(element) is { } html ? HtmlText.Of(HtmlDocument.Parse(html)) : "";

    /// <summary>As its type says: text, HTML in a text, or XHTML.</summary>
    private static string? HtmlOf(XElement? element) => element?.Attribute("type")?.Value.ToLowerInvariant() switch
    {
        _ when element is null => null,
        "xhtml" or "application/xhtml+xml" => string.Concat(element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting))),
        "html" or "text/html" => TextOf(element),
        null or "text" or "text/plain" => TextOf(element) is { } text ? System.Net.WebUtility.HtmlEncode(text) : null,
        _ => null,
    };

    /// <summary>Null for what is no address of the web.</summary>
    private static string? Absolute(string? link, XElement place, Uri? address)
    {
        if (link is null)
        {
            return null;
        }

        var start = place.AncestorsAndSelf().Select(element => element.Attribute(XNamespace.Xml + "base")?.Value).Reverse().OfType<string>()
            .Aggregate(address, (around, given) => around is not null && Uri.TryCreate(around, given, out var inner) ? inner : around);
        var isKnown = start is null ? Uri.TryCreate(link, UriKind.Absolute, out var url) : Uri.TryCreate(start, link, out url);
        return isKnown && url!.Scheme is "http" or "https" ? url!.AbsoluteUri : null;
    }

    private static string HashOf(params string?[] parts) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
