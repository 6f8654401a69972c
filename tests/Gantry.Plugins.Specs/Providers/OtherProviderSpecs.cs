using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class OtherProviderSpecs : IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private LoopbackServer server = null!;

    public async ValueTask InitializeAsync() => server = await LoopbackServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_webhook_is_posted_its_payload()
    {
        var outcome = await stage.RunAsync("webhook.post", new { url = $"{server.Url}/hook", payload = new { @event = "${input.x}" } }, """{"x":{"a":[1]}}""");

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.PathAndQuery, request.Body).ShouldBe(("POST", "/hook", """{"event":{"a":[1]}}"""));
        request.Headers["Idempotency-Key"].Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("value", "[1,\"${input.x}\"]", "[1,{\"a\":5}]")]
    [InlineData("value", "null", "null")]
    [InlineData("set", "{\"total\":\"${input.x.a}\",\"text\":\"is ${input.x.a}\"}", "{\"total\":5,\"text\":\"is 5\"}")]
    public async Task A_transformation_gives_what_it_builds(string name, string value, string expected)
    {
        var outcome = await stage.RunAsync("logic.transform", new Dictionary<string, object> { [name] = JsonElement.Parse(value) }, """{"x":{"a":5}}""");

        outcome.Output?.Value.GetRawText().ShouldBe(expected);
    }

    [Fact]
    public async Task A_transformation_of_nothing_or_of_both_says_what_it_needs()
    {
        (await stage.RunAsync("logic.transform", new { })).Error!.Message.ShouldContain("'value' (any value) or 'set' (a map)");
        (await stage.RunAsync("logic.transform", new { value = 1, set = new { } })).Error!.Message.ShouldContain("not both");
    }

    [Theory]
    [InlineData("""{"type":"bearer","token":"${cred:KEY}"}""", "Authorization", "Bearer k3y", "/v1/users/5?q=1")]
    [InlineData("""{"type":"basic","username":"me","password":"${cred:KEY}"}""", "Authorization", "Basic bWU6azN5", "/v1/users/5?q=1")]
    [InlineData("""{"type":"header","name":"X-Key","value":"${cred:KEY}"}""", "X-Key", "k3y", "/v1/users/5?q=1")]
    [InlineData("""{"type":"query","name":"key","value":"${cred:KEY}"}""", "User-Agent", "Gantry", "/v1/users/5?key=k3y&q=1")]
    public async Task An_api_is_called_with_its_way_of_signing_in(string auth, string header, string value, string path)
    {
        stage.Secrets["KEY"] = "k3y";

        var outcome = await stage.RunAsync("custom_api.call", new
        {
            base_url = $"{server.Url}/v1/",
            auth = JsonElement.Parse(auth),
            method = "patch",
            path = "/users/5",
            query = new { q = 1 },
            body = new { name = "x" },
        });

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.PathAndQuery, request.Body, request.Headers[header]).ShouldBe(("PATCH", path, """{"name":"x"}""", value));
    }

    [Theory]
    [InlineData("../admin")]
    [InlineData("users/%2e%2e/../admin")]
    [InlineData("users/%2E%2E/admin")]
    [InlineData("users\\..\\admin")]
    [InlineData("users#x")]
    public async Task An_input_cannot_lead_a_path_out_of_the_base_url(string input)
    {
        var outcome = await stage.RunAsync(
            "custom_api.call", new { base_url = $"{server.Url}/v1", path = "/${input.x}" }, JsonSerializer.Serialize(new { x = input }));

        (outcome.Error!.Kind, server.Requests.Count).ShouldBe((ProviderErrorKind.BadRequest, 0));
    }

    [Fact]
    public void Every_provider_describes_itself()
    {
        foreach (var provider in AllPlugins.Providers.All)
        {
            provider.Id.ShouldMatch("^[a-z0-9_-]+$");
            provider.Actions.Select(action => action.Id).ShouldBeUnique();
            foreach (var action in provider.Actions)
            {
                action.Id.ShouldMatch("^[a-z0-9_]+$");
                action.Help.ShouldEndWith(".");
                action.Parameters.Select(parameter => parameter.Name).ShouldBeUnique();
                action.Parameters.ShouldAllBe(parameter => parameter.Help.EndsWith('.'));
            }
        }
    }
}
