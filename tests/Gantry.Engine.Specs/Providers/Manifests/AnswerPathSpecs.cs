using System.Text.Json;
using Gantry.Engine.Providers.Manifests;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.Manifests;

public sealed class AnswerPathSpecs
{
    private const string Answer = """{"data":{"items":[{"id":1},{"id":2}],"one":{"id":3},"@odata.nextLink":"n"},"errors":[{"message":"a"},{"message":"b"}],"list":[]}""";

    [Theory]
    [InlineData("data.items", """[{"id":1},{"id":2}]""")]
    [InlineData("data.items[0].id", "1")]
    [InlineData("data.items[-1].id", "2")]
    [InlineData("data['@odata.nextLink']", "\"n\"")]
    [InlineData("errors[*].message", """["a","b"]""")]
    [InlineData("data.one[]", """[{"id":3}]""")]
    [InlineData("data.items[]", """[{"id":1},{"id":2}]""")]
    [InlineData("data.none[]", "[]")]
    [InlineData("data.one[*].id", "[3]")]
    [InlineData(".", Answer)]
    [InlineData("data.none", null)]
    [InlineData("errors[7]", null)]
    public void A_path_leads_where_it_says(string path, string? expected) =>
        (AnswerPath.Parse(path).Find(JsonElement.Parse(Answer)) is { } found ? found.GetRawText() : null).ShouldBe(expected);

    [Theory]
    [InlineData("a[")]
    [InlineData("a..b")]
    [InlineData("a[x]")]
    [InlineData("a[].b")]
    [InlineData("header:")]
    public void What_is_no_path_is_refused(string path) => Should.Throw<FormatException>(() => AnswerPath.Parse(path));

    [Fact]
    public void Texts_are_joined_and_an_element_with_attributes_gives_its_text() =>
        AnswerPath.Parse("e[*]").FindText(JsonElement.Parse("""{"e":[{"@n":"1","#text":"one"},"two"]}""")).ShouldBe("one; two");
}
