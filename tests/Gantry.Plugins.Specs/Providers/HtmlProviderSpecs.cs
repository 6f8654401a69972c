using System.Text.Json;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>HTML, and the HTML that Markdown becomes.</summary>
public sealed class HtmlProviderSpecs
{
    private readonly ProviderStage stage = new();

    [Theory]
    [InlineData("<p>One <b>two</b>\n three</p><p>four<br>five", "One two three\n\nfour\nfive")]
    [InlineData("<title>x</title><style>a{}</style><script>if (a < b) alert('</p>')</script>text", "x\ntext")]
    [InlineData("<ul><li>a<li>b</ul>after", "- a\n- b\n\nafter")]
    [InlineData("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc")]
    [InlineData("a &amp; b &lt;c&gt; &uuml;&#128512; &unknown; &#x41;", "a & b <c> ü\U0001F600 &unknown; A")]
    [InlineData("a<!-- <p>no</p> -->b<!DOCTYPE html>c<?php echo 1 ?>d", "abcd")]
    [InlineData("1 < 2 and <3", "1 < 2 and <3")]
    [InlineData("<pre>a\n  b</pre>", "a\n  b")]
    [InlineData("", "")]
    [InlineData("</p></div>x", "x")]
    public async Task Text_is_what_people_read(string text, string expected) => (await OutputAsync("html.text", new { text })).GetProperty("text").GetString().ShouldBe(expected);

    [Fact]
    public async Task Links_are_told_when_they_are_asked_for() =>
        (await OutputAsync("html.text", new { text = "<a href='https://example.org/'>there</a>", links = true })).GetProperty("text").GetString().ShouldBe("there (https://example.org/)");

    [Theory]
    [InlineData("a", "x,y,z")]
    [InlineData("div > a", "x")]
    [InlineData("div a.on", "y")]
    [InlineData("#top", "x")]
    [InlineData("a[href^='/b']", "y")]
    [InlineData("a[rel~=next][href$=c], a#top", "x,z")]
    [InlineData("p + p a", "z")]
    [InlineData("p ~ p a", "z")]
    [InlineData("p:first-child a", "")]
    [InlineData("p:nth-child(2) > a", "y")]
    [InlineData("*[HREF]", "x,y,z")]
    [InlineData("a.none", "")]
    public async Task A_selector_finds(string selector, string expected)
    {
        const string Text = "<div><a id=top href=/a>x</a><p><a class='big on' href='/b'>y</a></p><p><a href=/c rel='prev next'>z</a></p></div>";

        var values = (await OutputAsync("html.select", new { text = Text, selector })).GetProperty("values");

        string.Join(',', values.EnumerateArray().Select(value => value.GetProperty("text").GetString())).ShouldBe(expected);
    }

    [Fact]
    public async Task An_element_is_given_whole_or_by_one_attribute()
    {
        const string Text = "<a href='/a?x=1&amp;y=2' title='\"q\"'>x<b>y</b></a><a>z</a>";

        (await OutputAsync("html.select", new { text = Text, selector = "a" })).GetProperty("first").GetProperty("html").GetString()
            .ShouldBe("<a href=\"/a?x=1&amp;y=2\" title=\"&quot;q&quot;\">x<b>y</b></a>");
        (await OutputAsync("html.select", new { text = Text, selector = "a", attribute = "href" })).GetProperty("values").GetRawText().ShouldBe("[\"/a?x=1\\u0026y=2\"]");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a >")]
    [InlineData("a[")]
    [InlineData("a::before")]
    [InlineData("a:has(b)")]
    [InlineData("a,,b")]
    public async Task A_selector_that_is_none_is_refused(string selector) =>
        (await stage.RunAsync("html.select", new { text = "<a>", selector })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Theory]
    [InlineData("<b onclick=alert(1)>x</b>", "<b>x</b>")]
    [InlineData("<script>alert(1)</script>x<SCRIPT SRC=//evil>y", "x")]
    [InlineData("<img src=x onerror=alert(1)>", "<img src=\"x\">")]
    [InlineData("<a href='javascript:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href=' java\tscript&#58;alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href='JaVaScRiPt:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href='&#1;javascript:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<img src='data:text/html,x'>", "<img>")]
    [InlineData("<a href='https://example.org/?a=1&b=\"'>x</a>", "<a href=\"https://example.org/?a=1&amp;b=&quot;\" rel=\"noopener noreferrer nofollow\">x</a>")]
    [InlineData("<svg><style><img src=x onerror=alert(1)></svg>y", "")]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">z", "<img src=\"x\">&quot;&gt;z")]
    [InlineData("<textarea></textarea><b>x", "<b>x</b>")]
    [InlineData("<p style='position:fixed'>x<form action=//evil><input name=a>y</form>", "<p>x</p>y")]
    [InlineData("<title><b>x</title><b>y", "<b>y</b>")]
    [InlineData("<iframe src=//evil></iframe><object data=x></object><embed src=x><base href=//evil><meta http-equiv=refresh>ok", "ok")]
    [InlineData("<b title='`\">'>x", "<b title=\"&#96;&quot;&gt;\">x</b>")]
    [InlineData("a < b <!-- c -->& d", "a &lt; b &amp; d")]
    [InlineData("<table><tr><td colspan=2>x", "<table><tr><td colspan=\"2\">x</td></tr></table>")]
    public async Task What_could_run_is_left_out(string text, string expected)
    {
        var safe = (await OutputAsync("html.sanitize", new { text })).GetProperty("text").GetString()!;

        safe.ShouldBe(expected);
        (await OutputAsync("html.sanitize", new { text = safe })).GetProperty("text").GetString().ShouldBe(safe);
    }

    [Fact]
    public async Task Html_nested_without_end_is_read_all_the_same()
    {
        var text = string.Concat(Enumerable.Repeat("<div><b>", 20_000)) + "x";

        (await OutputAsync("html.text", new { text })).GetProperty("text").GetString().ShouldBe("x");
        (await OutputAsync("html.sanitize", new { text })).GetProperty("text").GetString()!.ShouldContain("x");
    }

    [Theory]
    [InlineData("# A *b*", "<h1>A <em>b</em></h1>\n")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n")]
    [InlineData("[x](javascript:alert(1)) <script>alert(1)</script>", "<p><a>x</a> </p>\n")]
    [InlineData("```js\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n")]
    [InlineData("---\ntitle: x\n---\ny", "<p>y</p>\n")]
    public async Task Markdown_becomes_html_that_is_safe(string text, string expected) => (await OutputAsync("markdown.to_html", new { text })).GetProperty("text").GetString().ShouldBe(expected);

    [Fact]
    public async Task Markdown_that_is_trusted_keeps_what_is_in_it()
    {
        (await OutputAsync("markdown.to_html", new { text = "<script>1</script>", trusted = true })).GetProperty("text").GetString()!.ShouldContain("<script>");
        (await OutputAsync("markdown.to_text", new { text = "# A\n\n- *b* [c](https://example.org)\n" })).GetProperty("text").GetString().ShouldBe("A\n\n- b c");
    }

    [Theory]
    [InlineData(">")]
    [InlineData("* ")]
    [InlineData("[")]
    [InlineData("**a ")]
    public async Task Markdown_nested_without_end_is_answered(string piece)
    {
        var outcome = await stage.RunAsync("markdown.to_html", new { text = string.Concat(Enumerable.Repeat(piece, 30_000)) });

        (outcome.Error?.Kind).ShouldBeOneOf(null, ProviderErrorKind.BadRequest);
    }

    private async Task<JsonElement> OutputAsync(string use, object parameters)
    {
        var outcome = await stage.RunAsync(use, parameters);
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }
}
