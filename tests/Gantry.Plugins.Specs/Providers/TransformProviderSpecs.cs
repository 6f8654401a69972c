using System.Text.Json;
using Gantry.Engine.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class TransformProviderSpecs
{
    private const string Items = """[{"name":"a","size":1,"customer":{"country":"AT"},"tags":["x","y"]},{"name":"b","size":2.5,"customer":{"country":"DE"},"tags":[]},{"name":"c","size":10}]""";

    private readonly ProviderStage stage = new();

    [Theory]
    [InlineData("""{"customer.country":"AT"}""", "all", "a")]
    [InlineData("""{"customer.country":null}""", "all", "c")]
    [InlineData("""{"size":2.50}""", "all", "b")]
    [InlineData("""{}""", "all", "abc")]
    [InlineData("""{"name":"a","size":2}""", "all", "")]
    [InlineData("""{"name":"a","size":10}""", "any", "ac")]
    [InlineData("""[{"field":"size","is":">=","value":2.5}]""", "all", "bc")]
    [InlineData("""[{"field":"size","is":"<","value":"5"}]""", "all", "")]
    [InlineData("""[{"field":"name","is":"!=","value":"b"}]""", "all", "ac")]
    [InlineData("""[{"field":"tags","is":"contains","value":"x"}]""", "all", "a")]
    [InlineData("""[{"field":"name","is":"in","value":["b","c"]}]""", "all", "bc")]
    [InlineData("""[{"field":"customer","is":"missing"}]""", "all", "c")]
    [InlineData("""[{"field":"tags[0]","is":"exists"}]""", "all", "a")]
    public async Task A_filter_keeps_what_meets_its_conditions(string where, string match, string names)
    {
        var outcome = await stage.RunAsync("logic.filter", new { items = "${input.x}", where = JsonElement.Parse(where), match }, $$"""{"x":{{Items}}}""");

        outcome.Error.ShouldBeNull();
        string.Concat(outcome.Output!.Value.EnumerateArray().Select(item => item.GetProperty("name").GetString())).ShouldBe(names);
    }

    [Theory]
    [InlineData("\"x\"", "'where' is a map")]
    [InlineData("[{}]", "'where[0]'")]
    [InlineData("""[{"field":"a","is":"like","value":1}]""", "must be one of: ==")]
    [InlineData("""[{"field":"a","is":">"}]""", "needs a 'value'")]
    [InlineData("""[{"field":"a","equals":1}]""", "'equals'")]
    [InlineData("""{"a[":1}""", "no path")]
    public async Task A_condition_that_means_nothing_is_refused(string where, string message) =>
        (await stage.RunAsync("logic.filter", new { items = new[] { 1 }, where = JsonElement.Parse(where) })).Error!.Message.ShouldContain(message);

    [Theory]
    [InlineData("if", "'- if: ${…}'")]
    [InlineData("switch", "'- if: ${…}'")]
    [InlineData("foreach", "'- each: ${…}'")]
    [InlineData("filtr", "'filter'")]
    public async Task Who_looks_for_a_control_step_among_the_actions_is_told_where_it_is(string action, string message) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => stage.RunAsync($"logic.{action}", new { }))).Message.ShouldContain(message);

    [Theory]
    [InlineData("""{"title":"name","country":"customer.country","kind":{"value":["k"]},"tag":{"path":"tags[0]","default":"none"}}""", false, "null",
        """[{"title":"a","country":"AT","kind":["k"],"tag":"x"},{"title":"b","country":"DE","kind":["k"],"tag":"none"},{"title":"c","country":null,"kind":["k"],"tag":"none"}]""")]
    [InlineData("""{"country":"customer.country"}""", false, "leave_out", """[{"country":"AT"},{"country":"DE"},{}]""")]
    [InlineData("""{"name":"size"}""", true, "null",
        """[{"name":1,"size":1,"customer":{"country":"AT"},"tags":["x","y"]},{"name":2.5,"size":2.5,"customer":{"country":"DE"},"tags":[]},{"name":10,"size":10}]""")]
    public async Task Fields_get_other_names(string fields, bool keep, string missing, string expected)
    {
        var outcome = await stage.RunAsync("transform.map", new { items = "${input.x}", fields = JsonElement.Parse(fields), keep, missing }, $$"""{"x":{{Items}}}""");

        outcome.Error.ShouldBeNull();
        JsonElement.DeepEquals(outcome.Output!.Value, JsonElement.Parse(expected)).ShouldBeTrue(outcome.Output.Value.GetRawText());
    }

    [Fact]
    public async Task One_map_becomes_one_map_and_what_is_missing_may_be_a_failure()
    {
        var one = await stage.RunAsync("transform.map", new { items = new { a = 1 }, fields = new { b = "a" } });
        var missing = await stage.RunAsync("transform.map", new { items = new[] { new { a = 1 } }, fields = new { b = "c" }, missing = "fail" });

        one.Output!.Value.GetRawText().ShouldBe("""{"b":1}""");
        missing.Error!.Message.ShouldContain("'c' in item 0");
    }

    [Theory]
    [InlineData("json", """{"a":[1,2]}""", "{}", """{"a":[1,2]}""")]
    [InlineData("csv", "a;b\n1;2\n", """{"delimiter":";"}""", """{"columns":["a","b"],"count":1,"rows":[{"a":"1","b":"2"}]""")]
    [InlineData("xml", "<a><b>1</b></a>", """{"lists":["b"]}""", """{"a":{"b":["1"]}}""")]
    public async Task A_text_is_read_by_its_format(string format, string text, string options, string expected)
    {
        var outcome = await stage.RunAsync("transform.parse", new { format, text, options = JsonElement.Parse(options) });

        outcome.Error.ShouldBeNull();
        outcome.Output!.Value.GetRawText().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("json", """{"delimiter":";"}""", "delimiter")]
    [InlineData("csv", """{"header":"maybe"}""", "header")]
    public async Task Options_that_a_format_has_not_are_refused(string format, string options, string message) =>
        (await stage.RunAsync("transform.parse", new { format, text = "1", options = JsonElement.Parse(options) })).Error!.Message.ShouldContain(message);
}
