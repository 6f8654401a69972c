using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Endpoints;

public sealed class NameBytesSpecs
{
    [Fact]
    public void Any_bytes_come_back_from_their_name()
    {
        var random = new Random(7);
        for (var time = 0; time < 20_000; time++)
        {
            var bytes = new byte[random.Next(1, 12)];
            random.NextBytes(bytes);
            var name = NameBytes.Decode(bytes);
            var back = new byte[NameBytes.Count(name)];
            NameBytes.Encode(name, back).ShouldBe(back.Length);
            back.ShouldBe(bytes);
        }
    }

    [Fact]
    public void A_string_that_no_bytes_make_is_refused()
    {
        foreach (var name in new[] { "\uD83D", "\uDC00", "\uDCC3\uDCA9" })
        {
            Should.Throw<EndpointException>(() => NameBytes.Encode(name, new byte[100])).Error.ShouldBe(EndpointError.BadPath);
        }
    }

    [Theory]
    [InlineData("${cred:NAME}", "NAME")]
    [InlineData("${cred:team/site.ftp-2}", "team/site.ftp-2")]
    [InlineData("${cred:}", null)]
    [InlineData("${cred:a b}", null)]
    [InlineData("x${cred:NAME}", null)]
    [InlineData("${cred:-x}", null)]
    [InlineData("plain", null)]
    public void A_reference_to_a_secret_is_the_whole_text(string text, string? name) => SecretRef.Parse(text)?.Name.ShouldBe(name);
}
