using System.Text.Json;
using Gantry.Engine.Settings;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Settings;

public sealed class SettingCheckSpecs
{
    private static readonly Setting[] Settings =
    [
        new() { Name = "url", IsRequired = true, Help = "Where to." },
        new() { Name = "count", Type = SettingType.Integer, Default = JsonElement.Parse("5"), Help = "How many." },
        new() { Name = "flag", Type = SettingType.Boolean, Help = "A switch." },
        new() { Name = "any", Type = SettingType.Any, Help = "Anything." },
    ];

    [Theory]
    [InlineData("""{"url":"x"}""", """{"url":"x","count":5}""")]
    [InlineData("""{"url":"x","count":null}""", """{"url":"x","count":5}""")]
    [InlineData("""{"url":7,"count":"12345678901234567890123","flag":"false"}""", """{"url":"7","count":12345678901234567890123,"flag":false}""")]
    [InlineData("""{"count":5.0,"url":"x","any":null}""", """{"count":5.0,"url":"x","any":null}""")]
    public void Values_are_brought_into_their_types_and_defaults_filled_in(string given, string expected)
    {
        var findings = new List<SettingFinding>();

        var complete = SettingCheck.Complete(Settings, JsonElement.Parse(given), findings);

        findings.ShouldBeEmpty();
        complete.GetRawText().ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{}""", "The parameter 'url' is missing. Where to.")]
    [InlineData("""{"url":null}""", "The parameter 'url' is missing. Where to.")]
    [InlineData("""{"url":[]}""", "'url' must be a text, not a list.")]
    [InlineData("""{"url":"x","count":"5.5"}""", "'count' must be a whole number, not this text.")]
    [InlineData("""{"url":"x","count":1e3}""", "'count' must be a whole number, not this number.")]
    [InlineData("""{"url":"x","count":" 5"}""", "'count' must be a whole number, not this text.")]
    [InlineData("""{"url":"x","flag":"yes"}""", "'flag' must be true or false, not this text.")]
    [InlineData("""{"url":"x","ulr":1}""", "There is no parameter 'ulr'. Did you mean 'url'?")]
    [InlineData("""{"url":"x","\ud800":1}""", "The name of one parameter holds half of a surrogate pair, which is no character.")]
    public void What_does_not_fit_is_told(string given, string message)
    {
        var findings = new List<SettingFinding>();

        SettingCheck.Complete(Settings, JsonElement.Parse(given), findings);

        findings.ShouldHaveSingleItem().Message.ShouldBe(message);
    }
}
