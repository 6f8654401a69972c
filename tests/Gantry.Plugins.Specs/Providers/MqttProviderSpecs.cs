using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class MqttBrokerFixture() : SharedServer<MqttBroker>(MqttBroker.StartAsync);

public sealed class MqttProviderSpecs(MqttBrokerFixture fixture) : IClassFixture<MqttBrokerFixture>, IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private readonly string topic = $"open/{Guid.CreateVersion7():N}";
    private MqttBroker broker = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await fixture.GetAsync();
        stage.Secrets["MQTT"] = MqttBroker.Password;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_published_and_kept_is_received(int qos)
    {
        (await RunAsync("publish", new { topic = topic + "/a", payload = "ü\n", qos, retain = true })).Error.ShouldBeNull();
        (await RunAsync("publish", new { topic = topic + "/b", payload = new { x = 1 }, qos, retain = true })).Error.ShouldBeNull();

        var outcome = await RunAsync("subscribe", new { topics = new[] { topic + "/+", "open/none/#" }, qos, count = 2 });

        outcome.Error.ShouldBeNull();
        var messages = outcome.Output!.Value.GetProperty("messages").EnumerateArray().OrderBy(message => message.GetProperty("topic").GetString(), StringComparer.Ordinal).ToList();
        messages.Select(message => message.GetProperty("payload").GetString()).ShouldBe(["ü\n", "{\"x\":1}"]);
        messages.ShouldAllBe(message => message.GetProperty("retained").GetBoolean());
    }

    [Fact]
    public async Task A_large_message_goes_whole()
    {
        var payload = string.Concat(Enumerable.Range(0, 60_000).Select(number => number.ToString("x5")));
        (await RunAsync("publish", new { topic, payload, retain = true })).Error.ShouldBeNull();

        (await RunAsync("subscribe", new { topics = topic })).Output!.Value.GetProperty("messages")[0].GetProperty("payload").GetString().ShouldBe(payload);
    }

    [Fact]
    public async Task Waiting_for_what_does_not_come_ends_in_time() =>
        (await RunAsync("subscribe", new { topics = topic, timeout = "200ms" })).Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);

    [Fact]
    public async Task A_wrong_login_is_refused()
    {
        stage.Secrets["MQTT"] = "wrong";

        (await RunAsync("publish", new { topic })).Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
    }

    [Fact]
    public async Task The_certificate_is_checked()
    {
        (await RunAsync("publish", new { topic, tls = "verify", port = broker.TlsPort })).Error!.Message.ShouldContain("TLS failed");
        (await RunAsync("publish", new { topic, tls = "verify", port = broker.TlsPort, certificate_sha256 = broker.Certificate.Fingerprint })).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("publish", "")]
    [InlineData("publish", "a/+")]
    [InlineData("publish", "a/#")]
    [InlineData("publish", "a\0b")]
    [InlineData("subscribe", "a/#/b")]
    [InlineData("subscribe", "a+")]
    public async Task What_is_no_topic_is_refused(string action, string wrong) =>
        (await RunAsync(action, action == "publish" ? new { topic = wrong } : new { topics = wrong })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Fact]
    public async Task Only_what_may_be_reached_is()
    {
        stage.EgressAllowed.Clear();

        (await RunAsync("publish", new { topic })).Error!.Message.ShouldContain("egress_allow");
    }

    [Fact]
    public async Task What_is_no_broker_is_told_so()
    {
        await using var web = await LoopbackServer.StartAsync();

        (await RunAsync("publish", new { topic, port = web.Port })).Error!.Kind.ShouldBe(ProviderErrorKind.Upstream);
    }

    private Task<PlanOutcome> RunAsync(string action, object parameters)
    {
        var common = new { host = "127.0.0.1", port = broker.Port, user = MqttBroker.User, password = "${cred:MQTT}", tls = "none" };
        return stage.RunAsync($"mqtt.{action}", ProviderStage.Parameters(common, parameters));
    }
}
