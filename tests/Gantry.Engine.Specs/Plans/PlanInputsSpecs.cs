using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class PlanInputsSpecs
{
    private const string Text = "inputs: {site: string, count: {type: integer, default: 5}, note: {required: false}}\nsteps: [{use: a.b}]";

    [Theory]
    [InlineData("""{"site":"x"}""", """{"site":"x","count":5,"note":null}""")]
    [InlineData("""{"site":5,"count":"7","note":[1]}""", """{"site":"5","count":7,"note":[1]}""")]
    [InlineData("""{"site":"x","count":null}""", """{"site":"x","count":5,"note":null}""")]
    public void Every_declared_input_has_a_value(string given, string expected)
    {
        var findings = new List<SettingFinding>();

        PlanInputs.Complete(PlanStage.Read(Text), JsonElement.Parse(given), findings).GetRawText().ShouldBe(expected);

        findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "The input 'site' is missing.")]
    [InlineData("{}", "The input 'site' is missing.")]
    [InlineData("[]", "The inputs are a map of names and values, not a list.")]
    [InlineData("""{"site":"x","cuont":1}""", "There is no input 'cuont'. Did you mean 'count'?")]
    [InlineData("""{"site":"x","count":"many"}""", "'count' must be a whole number, not this text.")]
    public void What_is_missing_or_unknown_or_of_another_type_is_told(string? given, string message)
    {
        var findings = new List<SettingFinding>();

        PlanInputs.Complete(PlanStage.Read(Text), given is null ? null : JsonElement.Parse(given), findings);

        findings.ShouldHaveSingleItem().Message.ShouldBe(message);
    }
}
