using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class RssProviderSpecs : IAsyncLifetime
{
    private const string Rss = """
        <?xml version="1.0" encoding="utf-8"?>
        <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
        <channel><title>News &amp; more</title><link>https://example.org/</link>
        <item><title>Two</title><media:title>wrong</media:title><link>/two</link><guid isPermaLink="false">id-2</guid><pubDate>Tue, 03 Feb 2026 10:00:00 +0100</pubDate>
          <description>short</description><content:encoded><![CDATA[<p onclick="x()">long <script>evil()</script></p>]]></content:encoded><dc:creator>Ann</dc:creator>
          <category>a</category><category>b</category><enclosure url="https://example.org/a.mp3" type="audio/mpeg" length="5"/></item>
        <item><title>One</title><guid>https://example.org/one</guid><pubDate>Mon, 2 Feb 26 09:00 EST</pubDate></item>
        <item><title>No date</title><link>javascript:alert(1)</link></item>
        <item><title>No date</title></item>
        </channel></rss>
        """;

    private const string Atom = """
        <feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/blog/"><title type="html">A &lt;b&gt;B&lt;/b&gt;</title><link rel="self" href="feed"/><link href="."/>
        <entry><id>urn:1</id><title>One &lt;x&gt;</title><link rel="alternate" href="one"/><link rel="enclosure" href="a.pdf" type="application/pdf"/><published>2026-02-01T10:00:00+01:00</published>
          <updated>2026-02-02T10:00:00.5Z</updated><author><name>Ann</name></author><category term="t" label="Label"/>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x<br/><b>y</b></div></content></entry></feed>
        """;

    private const string Rdf = """
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://example.org/"><title>Old</title><link>https://example.org/</link></channel>
        <item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link><dc:date>2026-02-01</dc:date><description>f&#252;r</description></item></rdf:RDF>
        """;

    private readonly ProviderStage stage = new();
    private LoopbackServer server = null!;

    public async ValueTask InitializeAsync() => server = await LoopbackServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Rss_is_read()
    {
        var output = await ReadAsync(Rss);

        (output.GetProperty("title").GetString(), output.GetProperty("count").GetInt32()).ShouldBe(("News & more", 3));
        var item = output.GetProperty("items")[0];
        Texts(item, "id", "title", "link", "author", "content", "text", "published_at").ShouldBe(["id-2", "Two", $"{server.Url}/two", "Ann", "<p>long </p>", "long", "2026-02-03T09:00:00Z"]);
        item.GetProperty("categories").GetRawText().ShouldBe("""["a","b"]""");
        item.GetProperty("enclosures").GetRawText().ShouldBe("""[{"url":"https://example.org/a.mp3","type":"audio/mpeg","length":5}]""");
        Texts(output.GetProperty("items")[1], "id", "link", "published_at").ShouldBe(["https://example.org/one", "https://example.org/one", "2026-02-02T14:00:00Z"]);
        Texts(output.GetProperty("items")[2], "link").ShouldBe([null]);
    }

    [Fact]
    public async Task An_item_has_the_same_id_at_every_reading() =>
        (await ReadAsync(Rss)).GetProperty("items")[2].GetProperty("id").GetString().ShouldBe((await ReadAsync(Rss)).GetProperty("items")[2].GetProperty("id").GetString());

    [Fact]
    public async Task Atom_is_read()
    {
        var output = await ReadAsync(Atom);

        Texts(output, "title", "link").ShouldBe(["A B", "https://example.org/blog/"]);
        Texts(output.GetProperty("items")[0], "id", "title", "link", "author", "text", "published_at", "updated_at")
            .ShouldBe(["urn:1", "One <x>", "https://example.org/blog/one", "Ann", "x\ny", "2026-02-01T09:00:00Z", "2026-02-02T10:00:00.5Z"]);
        output.GetProperty("items")[0].GetProperty("categories").GetRawText().ShouldBe("""["Label"]""");
        output.GetProperty("items")[0].GetProperty("enclosures")[0].GetProperty("url").GetString().ShouldBe("https://example.org/blog/a.pdf");
    }

    [Fact]
    public async Task The_older_form_is_read_also_in_another_encoding()
    {
        var bytes = Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" + Rdf.Replace("&#252;", "ü", StringComparison.Ordinal));

        var output = await ReadAsync(bytes, "application/xml");

        Texts(output.GetProperty("items")[0], "id", "title", "text", "published_at").ShouldBe(["https://example.org/1", "One", "für", "2026-02-01T00:00:00Z"]);
    }

    [Theory]
    [InlineData("2026-02-02T14:00:00Z", 50, "Two,No date")]
    [InlineData("2026-02-02T13:59:59Z", 50, "Two,One,No date")]
    [InlineData("2026-02-02", 1, "Two")]
    public async Task Only_what_is_newer_is_given(string since, int limit, string titles)
    {
        var output = await ReadAsync(Rss, since: since, limit: limit);

        string.Join(',', output.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("title").GetString())).ShouldBe(titles);
    }

    [Theory]
    [InlineData("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><title>&x;</title></channel></rss>")]
    [InlineData("<html><body>no feed</body></html>")]
    [InlineData("<rss>")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task What_is_no_feed_is_told_so(string content)
    {
        Serve(Encoding.UTF8.GetBytes(content), "text/xml");

        (await stage.RunAsync("rss.read", new { url = server.Url })).Error!.Kind.ShouldBe(ProviderErrorKind.Upstream);
    }

    [Fact]
    public async Task A_feed_is_only_fetched_from_where_it_may()
    {
        stage.EgressAllowed.Clear();

        (await stage.RunAsync("rss.read", new { url = server.Url })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        server.Requests.ShouldBeEmpty();
    }

    private static string?[] Texts(JsonElement item, params string[] names) => [.. names.Select(name => item.GetProperty(name).GetString())];

    private Task<JsonElement> ReadAsync(string feed, string since = "1990-01-01", int limit = 50) => ReadAsync(Encoding.UTF8.GetBytes(feed), "application/rss+xml", since, limit);

    private async Task<JsonElement> ReadAsync(byte[] feed, string type, string since = "1990-01-01", int limit = 50)
    {
        Serve(feed, type);
        var outcome = await stage.RunAsync("rss.read", new { url = server.Url + "/feed", since, limit });
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }

    private void Serve(byte[] content, string type) => server.Answer = async context =>
    {
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(content);
    };
}
