using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class RedisServerFixture() : SharedServer<RedisServer>(RedisServer.StartAsync);

public sealed class RedisProviderSpecs(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private readonly string key = Guid.CreateVersion7().ToString();
    private RedisServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await fixture.GetAsync();
        stage.Secrets["REDIS"] = RedisServer.Password;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("\"ü \\r\\n$5\\r\\nFLUSHALL\\r\\n\"", "\"ü \\r\\n$5\\r\\nFLUSHALL\\r\\n\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("{\"a\":[1]}", "\"{\\u0022a\\u0022:[1]}\"")]
    [InlineData("5", "\"5\"")]
    public async Task What_is_set_is_read(string value, string read)
    {
        Same(await OutputAsync("set", new { key, value = JsonElement.Parse(value) }), """{"written":true}""");

        Same(await OutputAsync("get", new { key }), $$"""{"found":true,"value":{{read}}}""");
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_no_failure()
    {
        Same(await OutputAsync("get", new { key }), """{"found":false,"value":null}""");
        Same(await OutputAsync("delete", new { key }), """{"deleted":false}""");
    }

    [Fact]
    public async Task It_is_set_only_when_it_is_meant_to()
    {
        Same(await OutputAsync("set", new { key, value = "a", when = "present" }), """{"written":false}""");
        Same(await OutputAsync("set", new { key, value = "a", when = "absent", ttl = "1h" }), """{"written":true}""");
        Same(await OutputAsync("set", new { key, value = "b", when = "absent" }), """{"written":false}""");
        Same(await OutputAsync("delete", new { key }), """{"deleted":true}""");
    }

    [Fact]
    public async Task Numbers_are_counted_and_json_is_read()
    {
        Same(await OutputAsync("increment", new { key, by = 5 }), """{"value":5}""");
        Same(await OutputAsync("increment", new { key, by = -7 }), """{"value":-2}""");
        Same(await OutputAsync("get", new { key, json = true }), """{"found":true,"value":-2}""");
        await OutputAsync("set", new { key, value = "no number" });
        (await RunAsync("increment", new { key })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        (await RunAsync("get", new { key, json = true })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task Databases_are_apart_and_messages_go_to_nobody_when_nobody_listens()
    {
        await OutputAsync("set", new { key, value = "x", database = 3 });

        Same(await OutputAsync("get", new { key }), """{"found":false,"value":null}""");
        Same(await OutputAsync("publish", new { channel = "c", message = new { a = 1 } }), """{"receivers":0}""");
        (await RunAsync("get", new { key, database = 99 })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task A_large_value_comes_whole()
    {
        var value = string.Concat(Enumerable.Range(0, 100_000).Select(number => number.ToString("x5")));
        await OutputAsync("set", new { key, value });

        (await OutputAsync("get", new { key })).GetProperty("value").GetString().ShouldBe(value);
    }

    [Fact]
    public async Task The_certificate_is_checked()
    {
        (await RunAsync("get", new { key, tls = "verify", port = server.TlsPort })).Error!.Message.ShouldContain("TLS failed");
        Same(await OutputAsync("get", new { key, tls = "verify", port = server.TlsPort, ca = server.Certificate.Pem }), """{"found":false,"value":null}""");
    }

    [Fact]
    public async Task A_login_that_is_wrong_or_may_not_is_refused()
    {
        (await RunAsync("set", new { key, value = "x", user = "reader" })).Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        stage.Secrets["REDIS"] = "wrong-secret-word";
        var outcome = await RunAsync("get", new { key });
        (outcome.Error!.Kind, outcome.Error.Message.Contains("wrong-secret-word", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.Unauthorized, false));
    }

    [Fact]
    public async Task Only_what_may_be_reached_is()
    {
        stage.EgressAllowed.Clear();

        (await RunAsync("get", new { key })).Error!.Message.ShouldContain("egress_allow");
    }

    [Fact]
    public async Task What_is_no_redis_is_told_so()
    {
        await using var web = await LoopbackServer.StartAsync();

        (await RunAsync("get", new { key, port = web.Port })).Error!.Kind.ShouldBe(ProviderErrorKind.Upstream);
    }

    private static void Same(JsonElement value, string expected) => JsonElement.DeepEquals(value, JsonElement.Parse(expected)).ShouldBeTrue(value.GetRawText());

    private async Task<JsonElement> OutputAsync(string action, object parameters)
    {
        var outcome = await RunAsync(action, parameters);
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }

    private Task<PlanOutcome> RunAsync(string action, object parameters)
    {
        var common = new { host = "127.0.0.1", port = server.Port, password = "${cred:REDIS}", tls = "none" };
        return stage.RunAsync($"redis.{action}", ProviderStage.Parameters(common, parameters));
    }
}
