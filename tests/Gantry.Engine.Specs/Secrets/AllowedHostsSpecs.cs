using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class AllowedHostsSpecs
{
    [Theory]
    [InlineData("WWW.Example.org.", "www.example.org")]
    [InlineData(" a.example ", "a.example")]
    [InlineData("*.Example.org", "*.example.org")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("192.0.2.7:22", "192.0.2.7:22")]
    [InlineData("[2001:DB8::1]", "[2001:db8::1]")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443")]
    [InlineData("[::ffff:192.0.2.7]", "192.0.2.7")]
    public void A_host_is_kept_as_it_is_compared(string given, string kept) => AllowedHosts.Normalise(given).ShouldBe(kept);

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.192.0.2.7")]
    [InlineData("a.*.example")]
    [InlineData("http://a.example")]
    [InlineData("a.example/path")]
    [InlineData("a.example:0")]
    [InlineData("a.example:65536")]
    [InlineData("a.example:")]
    [InlineData("user@a.example")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]x")]
    [InlineData("2001:db8::1:x")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    public void What_is_no_host_is_refused(string given) => AllowedHosts.Normalise(given).ShouldBeNull();

    [Theory]
    [InlineData("www.example.org", "WWW.EXAMPLE.ORG.", 443, true)]
    [InlineData("www.example.org", "example.org", 443, false)]
    [InlineData("www.example.org", "www.example.org.evil.example", 443, false)]
    [InlineData("*.example.org", "a.b.example.org", 443, true)]
    [InlineData("*.example.org", "example.org", 443, false)]
    [InlineData("*.example.org", "evilexample.org", 443, false)]
    [InlineData("a.example:22", "a.example", 22, true)]
    [InlineData("a.example:22", "a.example", 2222, false)]
    [InlineData("a.example:22", "a.example", null, false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", 80, true)]
    [InlineData("[2001:db8::1]", "2001:0db8:0::1", 80, true)]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]", 80, true)]
    [InlineData("a.example", "", 80, false)]
    public void A_secret_goes_to_its_hosts_and_nowhere_else(string allowed, string host, int? port, bool isAllowed) =>
        AllowedHosts.Allow([allowed], host, port).ShouldBe(isAllowed);

    [Fact]
    public void Without_hosts_a_secret_goes_anywhere() => AllowedHosts.Allow([], "anywhere.example", null).ShouldBeTrue();
}
