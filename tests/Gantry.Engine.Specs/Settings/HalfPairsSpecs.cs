using System.Text.Json;
using Gantry.Engine.Settings;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Settings;

public sealed class HalfPairsSpecs
{
    [Theory]
    [InlineData("""{"a":"\ud83d"}""", """{"a":"\ufffd"}""")]
    [InlineData("""["\uDE00\uD83D","\ud83dx"]""", """["\ufffd\ufffd","\ufffdx"]""")]
    [InlineData("""["\ud83d\ud83d\ude00"]""", """["\ufffd\ud83d\ude00"]""")]
    [InlineData("""["\\\ud83d"]""", """["\\\ufffd"]""")]
    [InlineData("""["\ud83d\n"]""", """["\ufffd\n"]""")]
    public void Half_of_a_pair_becomes_the_character_for_what_is_none(string json, string mended)
    {
        HalfPairs.AreIn(json).ShouldBeTrue();
        HalfPairs.Mend(json).ShouldBe(mended);
        JsonElement.Parse(HalfPairs.Mend(json)).ToString().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""["\ud83d\ude00","\\ud83d","\u00e4","plain","\\"]""")]
    [InlineData("\"\\")]
    [InlineData("\"\\u")]
    [InlineData("\"\\ud8")]
    [InlineData("\"\\u+d8f")]
    [InlineData("")]
    public void All_else_stays_as_it_is(string json)
    {
        HalfPairs.AreIn(json).ShouldBeFalse();
        HalfPairs.Mend(json).ShouldBeSameAs(json);
    }
}
