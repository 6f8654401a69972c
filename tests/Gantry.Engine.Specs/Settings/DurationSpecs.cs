using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Settings;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Settings;

public sealed class DurationSpecs
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("1h30m5s", 5405)]
    [InlineData("0s", 0)]
    public void A_number_and_a_unit_are_a_duration(string text, double seconds)
    {
        Duration.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("1w")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999999999999999999999d")]
    [InlineData("4000d")]
    [InlineData("5s5")]
    public void Anything_else_is_none(string text) => Duration.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), milliseconds =>
        {
            Duration.TryParse(Duration.Format(TimeSpan.FromMilliseconds(milliseconds)), out var duration).ShouldBeTrue();
            duration.TotalMilliseconds.ShouldBe(milliseconds);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
