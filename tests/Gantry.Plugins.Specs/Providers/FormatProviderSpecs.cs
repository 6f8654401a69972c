using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>CSV, JSON and XML, beside Python's own libraries for them.</summary>
public sealed class FormatProviderSpecs : IAsyncDisposable
{
    private readonly MemoryEndpoint files = new();
    private readonly ProviderStage stage = new();

    public FormatProviderSpecs() => stage.Endpoints = new OneEndpoint(files);

    public ValueTask DisposeAsync() => files.DisposeAsync();

    [Theory]
    [InlineData("a,b\r\n1,2\r\n", """[{"a":"1","b":"2"}]""")]
    [InlineData("a,b\n1,2", """[{"a":"1","b":"2"}]""")]
    [InlineData("a,b\r1,2\r", """[{"a":"1","b":"2"}]""")]
    [InlineData("\uFEFFa,b\n\"x, \"\"y\"\"\r\nz\",\n", """[{"a":"x, \"y\"\r\nz","b":""}]""")]
    [InlineData("a\n\"\"\n\nx\n", """[{"a":""},{"a":"x"}]""")]
    [InlineData("a,b\nit's 5\" long,x\n", """[{"a":"it's 5\" long","b":"x"}]""")]
    [InlineData("a,\n1,2\n", """[{"a":"1","column_2":"2"}]""")]
    [InlineData("", "[]")]
    [InlineData("a,b", "[]")]
    public async Task Csv_is_read_as_the_standard_says(string text, string rows) =>
        Same((await OutputAsync("csv.parse", new { text })).GetProperty("rows"), rows);

    [Theory]
    [InlineData("a,b\n1\n", "row in line 2 has 1 field, and there are 2 columns")]
    [InlineData("a,b\n\"x\ny\",1\n1,2,3\n", "row in line 4 has 3 fields")]
    [InlineData("a,b\n1,\"x\n", "begins in line 2 has no end")]
    [InlineData("a,b\n\"x\"y,1\n", "In line 2")]
    [InlineData("a,a\n1,2\n", "Two columns are named 'a'")]
    public async Task Csv_that_is_none_is_refused_with_its_line(string text, string message) =>
        (await stage.RunAsync("csv.parse", new { text })).Error!.Message.ShouldContain(message);

    [Fact]
    public async Task Csv_has_other_delimiters_names_and_encodings()
    {
        await WriteAsync("a.csv", Encoding.Latin1.GetBytes("für;\"x;y\"\r\nonly\r\n"));

        var output = await OutputAsync("csv.parse", new { from = "out:x/a.csv", encoding = "windows-1252", delimiter = ";", header = false, columns = new[] { "m", "n" }, ragged = true });

        Same(output.GetProperty("rows"), """[{"m":"für","n":"x;y"},{"m":"only","n":null}]""");
        (await stage.RunAsync("csv.parse", new { from = "out:x/a.csv" })).Error!.Message.ShouldContain("'encoding'");
        (await stage.RunAsync("csv.parse", new { from = "out:x/a.csv", encoding = "klingon" })).Error!.Message.ShouldContain("klingon");
    }

    [Fact]
    public async Task What_is_written_as_csv_is_read_by_others_as_it_was()
    {
        object?[][] rows = [["a,b", "c\"d", "e\r\nf", " g ", ""], [1.50m, true, null, new[] { 1, 2 }, "ü\U0001F389"], ["", "", "", "", ""]];

        var written = (await OutputAsync("csv.build", new { rows, columns = new[] { "1", "2", "3", "4", "5" } })).GetProperty("text").GetString()!;
        var read = await PythonPeer.AskAsync("import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(json.load(sys.stdin), newline='')))))", written);

        Same(read, """[["1","2","3","4","5"],["a,b","c\"d","e\r\nf"," g ",""],["1.50","true","","[1,2]","ü\uD83C\uDF89"],["","","","",""]]""");
        Same((await OutputAsync("csv.parse", new { text = written, header = false })).GetProperty("rows"), read.GetRawText());
    }

    [Fact]
    public async Task Maps_become_columns_in_the_order_in_which_they_come()
    {
        object[] rows = [new { b = 1 }, new { a = "=1+1", b = 2 }];

        var output = await OutputAsync("csv.build", new { rows, line_end = "lf", guard_formulas = true, to = "out:x/r.csv", encoding = "utf-16" });

        output.GetProperty("size").GetInt32().ShouldBeGreaterThan(0);
        Encoding.Unicode.GetString(await ReadAsync("r.csv")).ShouldBe("b,a\n1,\n2,'=1+1\n");
    }

    [Theory]
    [InlineData("""{"a":1.10,"b":[null,true]}""", """{"a":1.10,"b":[null,true]}""")]
    [InlineData("\uFEFF[]", "[]")]
    public async Task Json_is_read(string text, string value) => Same(await OutputAsync("json.parse", new { text }), value);

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("[1,]")]
    [InlineData("{'a':1}")]
    [InlineData("")]
    public async Task Json_that_is_none_is_refused(string text) => (await stage.RunAsync("json.parse", new { text })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Fact]
    public async Task Json_nested_without_end_is_refused() =>
        (await stage.RunAsync("json.parse", new { text = new string('[', 100_000) })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Fact]
    public async Task Json_goes_line_by_line_both_ways()
    {
        var text = (await OutputAsync("json.build", new { value = new object?[] { new { a = "ü\n" }, 1, null }, lines = true })).GetProperty("text").GetString()!;

        text.ShouldBe("{\"a\":\"ü\\n\"}\n1\nnull\n");
        Same(await OutputAsync("json.parse", new { text = text + "\n", lines = true }), "[{\"a\":\"ü\\n\"},1,null]");
        (await stage.RunAsync("json.parse", new { text = "1\nx\n", lines = true })).Error!.Message.ShouldContain("Line 2");
    }

    [Theory]
    [InlineData("$", """[{"store":{"book":[{"t":"A","p":8,"i":"x"},{"t":"B","p":12},{"t":"C","p":8.5,"i":null}],"bi cycle":{"p":19}}}]""")]
    [InlineData("$.store.book[*].t", """["A","B","C"]""")]
    [InlineData("$..p", "[19,8,12,8.5]")]
    [InlineData("$['store']['bi cycle'].p", "[19]")]
    [InlineData("$.store.book[-1].t", """["C"]""")]
    [InlineData("$.store.book[0,2].t", """["A","C"]""")]
    [InlineData("$.store.book[1:].t", """["B","C"]""")]
    [InlineData("$.store.book[::-1].t", """["C","B","A"]""")]
    [InlineData("$.store.book[::0].t", "[]")]
    [InlineData("$.store.book[?@.p < 10].t", """["A","C"]""")]
    [InlineData("$.store.book[?(@.i && @.p == 8)].t", """["A"]""")]
    [InlineData("$.store.book[?@.i].t", """["A","C"]""")]
    [InlineData("$.store.book[?!@.i].t", """["B"]""")]
    [InlineData("$.store.book[?@.i == null].t", """["C"]""")]
    [InlineData("$.store.book[?@.p > $.store.book[0].p || @.t == 'A'].t", """["A","B","C"]""")]
    [InlineData("$.store.book[?@.none == @.other].t", """["A","B","C"]""")]
    [InlineData("$.none[*].x", "[]")]
    public async Task A_path_finds_what_the_standard_says(string path, string values)
    {
        var value = JsonElement.Parse("""{"store":{"book":[{"t":"A","p":8,"i":"x"},{"t":"B","p":12},{"t":"C","p":8.5,"i":null}],"bi cycle":{"p":19}}}""");

        var found = (await OutputAsync("json.query", new { value, path })).GetProperty("values");

        found.EnumerateArray().Select(item => item.GetRawText()).ShouldBe(JsonElement.Parse(values).EnumerateArray().Select(item => item.GetRawText()), ignoreOrder: path.Contains("..", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("store")]
    [InlineData("$.")]
    [InlineData("$[")]
    [InlineData("$['a]")]
    [InlineData("$[01]")]
    [InlineData("$[?]")]
    [InlineData("$[?@.a ==]")]
    [InlineData("$[?1 == 1 &&]")]
    [InlineData("$.a b")]
    public async Task A_path_that_is_none_is_refused(string path) => (await stage.RunAsync("json.query", new { value = 1, path })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Fact]
    public async Task A_path_that_finds_without_end_is_given_up()
    {
        var value = JsonElement.Parse(string.Concat(Enumerable.Repeat("[1,", 20)) + "[]" + new string(']', 20));

        (await stage.RunAsync("json.query", new { value, path = "$" + string.Concat(Enumerable.Repeat("..*", 12)) })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task Xml_is_read_and_written_back()
    {
        const string Text = """<a:feed xmlns:a="urn:x" xml:lang="en" n="1"><item id="5">one &amp; two</item><item/><b><![CDATA[<x>]]></b>tail</a:feed>""";

        var value = await OutputAsync("xml.parse", new { text = Text, lists = new[] { "b" } });

        Same(value, """{"a:feed":{"@xmlns:a":"urn:x","@xml:lang":"en","@n":"1","item":[{"@id":"5","#text":"one & two"},null],"b":["<x>"],"#text":"tail"}}""");
        var written = (await OutputAsync("xml.build", new { value })).GetProperty("text").GetString()!;
        Same(await OutputAsync("xml.parse", new { text = written, lists = new[] { "b" } }), value.GetRawText());
        written.ShouldStartWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    }

    [Fact]
    public async Task Xml_of_a_file_is_in_the_encoding_that_it_says()
    {
        await WriteAsync("a.xml", Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>für</a>"));

        Same(await OutputAsync("xml.parse", new { from = "out:x/a.xml" }), """{"a":"für"}""");
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a><a/>")]
    [InlineData("<a>&nbsp;</a>")]
    [InlineData("<a><b></a>")]
    [InlineData("")]
    [InlineData("<a/><b/>")]
    public async Task Xml_with_a_document_type_or_that_is_none_is_refused(string text) => (await stage.RunAsync("xml.parse", new { text })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Theory]
    [InlineData(15_000)]
    [InlineData(40)]
    public async Task Xml_nested_too_deeply_is_refused(int depth) =>
        (await stage.RunAsync("xml.parse", new { text = string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth)) })).Error!.Message.ShouldContain("deep");

    [Theory]
    [InlineData("//i[@n='2']/text()", """["two"]""")]
    [InlineData("//i/@n", """["1","2"]""")]
    [InlineData("count(//i)", "[2]")]
    [InlineData("string(//i)", """["one"]""")]
    [InlineData("//p:q", """[{"@xmlns":"urn:q","#text":"deep"}]""")]
    [InlineData("//i[1]", """[{"@n":"1","#text":"one"}]""")]
    [InlineData("//none", "[]")]
    public async Task An_xpath_finds(string xpath, string values) =>
        Same((await OutputAsync("xml.query", new { text = "<r><i n='1'>one</i><i n='2'>two</i><q xmlns='urn:q'>deep</q></r>", xpath, namespaces = new { p = "urn:q" } })).GetProperty("values"), values);

    [Theory]
    [InlineData("//[")]
    [InlineData("//z:q")]
    [InlineData("document('file:///etc/passwd')")]
    [InlineData("")]
    public async Task An_xpath_that_is_none_is_refused(string xpath) => (await stage.RunAsync("xml.query", new { text = "<a/>", xpath })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Theory]
    [InlineData("""{"a":1,"b":2}""")]
    [InlineData("""{"a b":1}""")]
    [InlineData("""{"p:a":1}""")]
    [InlineData("""{"a":"\u0001"}""")]
    [InlineData("""{"a":{"@x":{}}}""")]
    [InlineData("""{"a":[1,2]}""")]
    public async Task A_value_that_is_no_xml_is_refused(string value) => (await stage.RunAsync("xml.build", new { value = JsonElement.Parse(value) })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    private static void Same(JsonElement value, string expected) => JsonElement.DeepEquals(value, JsonElement.Parse(expected)).ShouldBeTrue(value.GetRawText());

    private async Task<JsonElement> OutputAsync(string use, object parameters)
    {
        var outcome = await stage.RunAsync(use, parameters);
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }

    private async Task WriteAsync(string path, byte[] content) => await files.WriteAsync(path, new MemoryStream(content), new WriteOptions { PartialName = ".part" }, CancellationToken.None);

    private async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = await files.OpenReadAsync(path, 0, null, CancellationToken.None);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    private sealed class OneEndpoint(MemoryEndpoint endpoint) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<IEndpoint>(endpoint);
    }
}
