using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Mcp;

/// <summary>As an AI client meets the hub: by the protocol's own client.</summary>
public sealed class McpSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plans_and_actions_are_tools_with_what_they_take()
    {
        var plan = await PlanAsync("name: NAME\ndescription: Greets.\ninputs: { who: { type: string, required: true, description: Whom. } }\nsteps: [{ use: logic.transform, with: { value: 'Hello ${input.who}' } }]");
        await using var client = await ConnectAsync(hub.Admin);

        var tools = await client.ListToolsAsync(cancellationToken: Cancelled);

        var greet = tools.Single(tool => tool.Name == $"plan__{plan}").ProtocolTool;
        greet.Description.ShouldBe("Greets.");
        greet.InputSchema.GetProperty("properties").GetProperty("who").GetRawText().ShouldBe("""{"description":"Whom.","type":"string"}""");
        greet.InputSchema.GetProperty("required").GetRawText().ShouldBe("""["who"]""");
        tools.Select(tool => tool.Name).ShouldContain("logic__transform");
        tools.Select(tool => tool.Name).ShouldContain("search_actions");
        tools.Select(tool => tool.Name).ShouldBeUnique();
    }

    [Fact]
    public async Task A_plan_runs_as_an_execution_and_answers_with_its_output()
    {
        var plan = await PlanAsync("name: NAME\ninputs: { who: string }\nsteps: [{ use: logic.transform, with: { value: 'Hello ${input.who}' } }]");
        await using var client = await ConnectAsync(hub.Admin);

        var result = await client.CallToolAsync($"plan__{plan}", new Dictionary<string, object?> { ["who"] = "${cred:SECRET}" }, cancellationToken: Cancelled);

        result.IsError.ShouldNotBe(true);
        var execution = JsonElement.Parse(TextOf(result));
        execution.GetProperty("status").GetString().ShouldBe("succeeded");
        execution.GetProperty("output").GetString().ShouldBe("Hello ${cred:SECRET}");
        var found = await client.CallToolAsync("get_execution", new Dictionary<string, object?> { ["id"] = execution.GetProperty("id").GetString() }, cancellationToken: Cancelled);
        JsonElement.Parse(TextOf(found)).GetProperty("steps").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("logic__transform")]
    [InlineData("run_action")]
    public async Task What_is_given_to_an_action_is_data_whatever_stands_in_it(string tool)
    {
        await using var client = await ConnectAsync(hub.Admin);
        var value = new Dictionary<string, object?> { ["value"] = new[] { "${env.HOME}", "${1 + 1}", "{{step_1.output}}" } };

        var result = await client.CallToolAsync(tool, tool == "run_action" ? new() { ["use"] = "logic.transform", ["with"] = value } : value, cancellationToken: Cancelled);

        JsonElement.Parse(TextOf(result)).GetProperty("output").EnumerateArray().Select(item => item.GetString()).ShouldBe(["${env.HOME}", "${1 + 1}", "{{step_1.output}}"]);
    }

    [Fact]
    public async Task Actions_are_found_and_described()
    {
        await using var client = await ConnectAsync(hub.Admin);

        var found = await client.CallToolAsync("search_actions", new Dictionary<string, object?> { ["query"] = "http request" }, cancellationToken: Cancelled);
        var described = await client.CallToolAsync("describe_action", new Dictionary<string, object?> { ["use"] = "http.request" }, cancellationToken: Cancelled);

        JsonElement.Parse(TextOf(found))[0].GetProperty("use").GetString().ShouldBe("http.request");
        JsonElement.Parse(TextOf(described)).GetProperty("with").GetProperty("properties").TryGetProperty("url", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_viewer_sees_tools_and_may_start_nothing()
    {
        using var viewer = await hub.CreateMemberAsync("viewer");
        await using var client = await ConnectAsync(viewer);

        (await client.ListToolsAsync(cancellationToken: Cancelled)).ShouldNotBeEmpty();
        var result = await client.CallToolAsync("logic__transform", new Dictionary<string, object?> { ["value"] = 1 }, cancellationToken: Cancelled);

        result.IsError.ShouldBe(true);
        TextOf(result).ShouldContain("operators");
    }

    [Fact]
    public async Task Another_workspace_s_plans_are_nobody_s_tools()
    {
        var plan = await PlanAsync("name: NAME\nsteps: [{ use: logic.transform, with: { value: 1 } }]");
        using var stranger = await hub.CreateStrangerAsync();
        await using var client = await ConnectAsync(stranger);

        (await client.ListToolsAsync(cancellationToken: Cancelled)).Select(tool => tool.Name).ShouldNotContain($"plan__{plan}");
        var result = await client.CallToolAsync($"plan__{plan}", new Dictionary<string, object?>(), cancellationToken: Cancelled);

        result.IsError.ShouldBe(true);
        TextOf(result).ShouldContain("There is no tool");
    }

    [Theory]
    [InlineData("nothing__at_all", "{}", "There is no tool")]
    [InlineData("run_action", """{"use": "nothing.at_all"}""", "There is no action")]
    [InlineData("run_action", """{"use": "logic.transform", "with": {"wrong": 1}}""", "takes no 'wrong'")]
    [InlineData("run_action", """{"use": "slack.post_message", "with": {"token": "xoxb-plain", "text": "a"}}""", "${cred:NAME}")]
    [InlineData("get_execution", """{"id": "no id"}""", "no id")]
    [InlineData("get_execution", "{}", "'id' is missing")]
    public async Task Wrong_calls_are_told_as_results(string tool, string arguments, string message)
    {
        await using var client = await ConnectAsync(hub.Admin);

        var result = await client.CallToolAsync(tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments), cancellationToken: Cancelled);

        result.IsError.ShouldBe(true);
        TextOf(result).ShouldContain(message);
    }

    [Fact]
    public async Task What_fails_is_an_error_with_its_reason()
    {
        await using var client = await ConnectAsync(hub.Admin);

        var result = await client.CallToolAsync("http__request", new Dictionary<string, object?> { ["url"] = "http://127.0.0.1:9/" }, cancellationToken: Cancelled);

        result.IsError.ShouldBe(true);
        JsonElement.Parse(TextOf(result)).GetProperty("status").GetString().ShouldBe("failed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc": "1.0", "method": "ping", "id": 1}""")]
    public async Task What_is_no_message_is_refused(string body)
    {
        using var answer = await hub.Admin.PostAsync("/api/mcp", new StringContent(body, null, "application/json"), Cancelled);

        ((int)answer.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_long_list_of_plans_is_read_page_by_page()
    {
        using var stranger = await hub.CreateStrangerAsync();
        foreach (var number in Enumerable.Range(0, 205))
        {
            using var saved = await stranger.PostAsJsonAsync("/api/plans", new { name = $"many {number:000}", steps = new[] { new { use = "logic.transform", with = new { value = 1 } } } }, Cancelled);
            saved.EnsureSuccessStatusCode();
        }

        await using var client = await ConnectAsync(stranger);

        var tools = await client.ListToolsAsync(cancellationToken: Cancelled);

        tools.Count(tool => tool.Name.StartsWith("plan__many_", StringComparison.Ordinal)).ShouldBe(205);
        tools.Select(tool => tool.Name).ShouldBeUnique();
    }

    private async Task<string> PlanAsync(string text)
    {
        var name = HubFixture.NewName("mcp");
        using var saved = await hub.Admin.PostAsync("/api/plans", new StringContent(text.Replace("NAME", name, StringComparison.Ordinal), null, "application/yaml"), Cancelled);
        saved.EnsureSuccessStatusCode();
        return name;
    }

    private static Task<McpClient> ConnectAsync(HttpClient http) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(http.BaseAddress!, "/api/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http, ownsHttpClient: false),
        cancellationToken: Cancelled);

    private static string TextOf(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;
}
