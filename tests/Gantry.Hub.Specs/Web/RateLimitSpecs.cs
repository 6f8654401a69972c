using System.Net;
using Gantry.Hub.Web;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

public sealed class RateLimitSpecs
{
    private readonly ManualClock clock = new();

    [Fact]
    public void The_requests_of_ten_seconds_may_come_at_once_and_then_one_after_the_other()
    {
        var buckets = new RateLimits.Buckets(perMinute: 60, clock);
        for (var i = 0; i < 10; i++) buckets.Take("a").ShouldBeNull();

        var wait = buckets.Take("a");

        wait.ShouldBe(TimeSpan.FromSeconds(1));
        buckets.Take("b").ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(1));
        buckets.Take("a").ShouldBeNull();
        buckets.Take("a").ShouldNotBeNull();
    }

    [Fact]
    public void A_flood_of_names_neither_fills_the_memory_nor_frees_whoever_used_up_theirs()
    {
        var buckets = new RateLimits.Buckets(perMinute: 60, clock);
        for (var i = 0; i < 10; i++) buckets.Take("greedy");

        for (var i = 0; i < 100_000; i++) buckets.Take("name" + i);

        buckets.Count.ShouldBeLessThanOrEqualTo(RateLimits.Buckets.RememberedMax);
        buckets.Take("greedy").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1:2::9", "2001:db8:1:2::/64")]
    public void Addresses_are_counted_by_network(string address, string text, string network) =>
        ClientAddress.Of(IPAddress.Parse(address)).ShouldBe(new ClientAddress(text, network));

    [Theory]
    [InlineData("*")]
    [InlineData("https://app.example.org/")]
    [InlineData("app.example.org")]
    [InlineData("https://a.example.org/x")]
    [InlineData("null")]
    public void What_is_no_origin_stops_the_start(string origin) =>
        Should.Throw<Gantry.Hub.Database.HubStartException>(() => WebOptions.ReadOrigins(origin)).Message.ShouldContain(origin);

    [Fact]
    public void What_is_no_proxy_stops_the_start()
    {
        WebOptions.ReadProxies("10.0.0.5, 10.1.0.0/16,::1").Select(network => network.ToString()).ShouldBe(["10.0.0.5/32", "10.1.0.0/16", "::1/128"]);
        Should.Throw<Gantry.Hub.Database.HubStartException>(() => WebOptions.ReadProxies("proxy.example.org")).Message.ShouldContain("proxy.example.org");
    }
}
