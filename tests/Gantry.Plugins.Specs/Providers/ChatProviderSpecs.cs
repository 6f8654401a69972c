using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Plugins.Providers.Slack;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Slack and Teams, at a server that takes nothing but what their documents describe.</summary>
public sealed class ChatProviderSpecs : IAsyncLifetime
{
    private const string SlackHook = "/services/T000/B000/s3cr3tHook";
    private const string TeamsHook = "/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s1gnature-Value";

    private readonly ProviderStage stage = new();
    private LoopbackServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await LoopbackServer.StartAsync();
        server.Answer = AnswerAsync;
        stage.Secrets["SLACK_TOKEN"] = "xoxb-1-2-abc";
        stage.Secrets["SLACK_HOOK"] = $"{server.Url}{SlackHook}";
        stage.Secrets["TEAMS_HOOK"] = $"{server.Url}{TeamsHook}";
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_message_with_a_token_is_posted_and_answers_where_it_stands()
    {
        var outcome = await SlackAsync(new { channel = "#ops", text = "Grüße", blocks = new[] { new { type = "divider" } }, thread_ts = "1.2" });

        outcome.Error.ShouldBeNull();
        outcome.Output!.Value.GetRawText().ShouldBe("""{"channel":"C01","ts":"1503435956.000247"}""");
        var message = JsonElement.Parse(server.Requests.ShouldHaveSingleItem().Body);
        (message.GetProperty("text").GetString(), message.GetProperty("blocks")[0].GetProperty("type").GetString(), message.GetProperty("thread_ts").GetString())
            .ShouldBe(("Grüße", "divider", "1.2"));
    }

    [Theory]
    [InlineData("channel_not_found", ProviderErrorKind.NotFound, false)]
    [InlineData("invalid_auth", ProviderErrorKind.Unauthorized, false)]
    [InlineData("not_in_channel", ProviderErrorKind.Unauthorized, false)]
    [InlineData("ratelimited", ProviderErrorKind.RateLimited, true)]
    [InlineData("fatal_error", ProviderErrorKind.Unavailable, true)]
    [InlineData("invalid_blocks", ProviderErrorKind.BadRequest, false)]
    public async Task An_answer_that_is_not_ok_is_a_failure_although_its_status_is_200(string word, ProviderErrorKind kind, bool isTransient)
    {
        server.Answer = context => context.Response.WriteAsJsonAsync(new { ok = false, error = word });

        var outcome = await SlackAsync(new { channel = "#ops", text = "x" });

        (outcome.Error!.Kind, outcome.Error.IsTransient, outcome.Error.Message.Contains(word, StringComparison.Ordinal)).ShouldBe((kind, isTransient, true));
    }

    [Fact]
    public async Task Slack_says_how_long_it_wants_to_be_left_alone()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "30";
            return context.Response.WriteAsJsonAsync(new { ok = false, error = "ratelimited" });
        };

        var outcome = await SlackAsync(new { channel = "#ops", text = "x" });

        (outcome.Error!.Kind, outcome.Error.RetryAfter, outcome.Error.Status).ShouldBe((ProviderErrorKind.RateLimited, TimeSpan.FromSeconds(30), 429));
    }

    [Fact]
    public async Task A_message_is_posted_by_an_incoming_webhook() =>
        (await stage.RunAsync("slack.post_message", new { webhook_url = "${cred:SLACK_HOOK}", text = "x" })).Error.ShouldBeNull();

    [Fact]
    public async Task What_a_notification_tells_calls_nobody_and_leads_nowhere()
    {
        var text = new SlackProvider().Actions[0].Tells["text"].Replace("trigger.", "input.x.", StringComparison.Ordinal);

        var outcome = await stage.RunAsync(
            "slack.post_message", new { webhook_url = "${cred:SLACK_HOOK}", text }, """{"x":{"title":"a & b failed","text":"It said: <!channel> <http://evil.example|see here>"}}""");

        outcome.Error.ShouldBeNull();
        JsonElement.Parse(server.Requests.ShouldHaveSingleItem().Body).GetProperty("text").GetString()
            .ShouldBe("*a &amp; b failed*\nIt said: &lt;!channel&gt; &lt;http://evil.example|see here&gt;");
    }

    [Theory]
    [InlineData(404, "no_service", ProviderErrorKind.Unauthorized)]
    [InlineData(410, "channel_is_archived", ProviderErrorKind.NotFound)]
    [InlineData(400, "invalid_payload", ProviderErrorKind.BadRequest)]
    [InlineData(200, "<html>Welcome</html>", ProviderErrorKind.Upstream)]
    public async Task A_webhook_that_takes_nothing_says_why_and_its_url_is_never_shown(int status, string text, ProviderErrorKind kind)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(text);
        };

        var outcome = await stage.RunAsync("slack.post_message", new { webhook_url = "${cred:SLACK_HOOK}", text = "x" });

        outcome.Error!.Kind.ShouldBe(kind);
        $"{outcome.Error.Message} {outcome.Output?.Value}".ShouldNotContain("s3cr3tHook");
    }

    [Fact]
    public async Task A_webhook_that_is_not_reached_is_not_shown_either()
    {
        stage.Secrets["SLACK_HOOK"] = $"http://127.0.0.1:{LocalPort.Free()}{SlackHook}";

        var outcome = await stage.RunAsync("slack.post_message", new { webhook_url = "${cred:SLACK_HOOK}", text = "x" });

        outcome.Error!.IsTransient.ShouldBeTrue();
        outcome.Error.Message.ShouldNotContain("s3cr3tHook");
    }

    [Theory]
    [InlineData("""{"text":"x"}""")]
    [InlineData("""{"token":"${cred:SLACK_TOKEN}","text":"x"}""")]
    [InlineData("""{"token":"${cred:SLACK_TOKEN}","channel":"#ops"}""")]
    [InlineData("""{"token":"${cred:SLACK_TOKEN}","webhook_url":"${cred:SLACK_HOOK}","channel":"#ops","text":"x"}""")]
    [InlineData("""{"webhook_url":"${cred:SLACK_HOOK}","channel":"#ops","text":"x"}""")]
    public async Task What_slack_could_not_take_is_told_before_anything_is_sent(string parameters)
    {
        var outcome = await stage.RunAsync("slack.post_message", JsonElement.Parse(parameters));

        (outcome.Error!.Kind, server.Requests.Count).ShouldBe((ProviderErrorKind.BadRequest, 0));
    }

    [Fact]
    public async Task A_message_reaches_teams_as_an_adaptive_card()
    {
        var outcome = await stage.RunAsync("teams.post_message", new
        {
            webhook_url = "${cred:TEAMS_HOOK}",
            title = "Publish failed",
            text = "Step **feed**",
            facts = new { plan = "publish", attempt = 3 },
            link = "https://example.org/x",
        });

        outcome.Error.ShouldBeNull();
        var card = JsonElement.Parse(server.Requests.ShouldHaveSingleItem().Body).GetProperty("attachments")[0].GetProperty("content");
        card.GetProperty("body").EnumerateArray().Select(block => block.GetProperty("type").GetString()).ShouldBe(["TextBlock", "TextBlock", "FactSet"]);
        card.GetProperty("body")[2].GetProperty("facts")[1].GetRawText().ShouldBe("""{"title":"attempt","value":"3"}""");
        card.GetProperty("actions")[0].GetProperty("url").GetString().ShouldBe("https://example.org/x");
    }

    [Theory]
    [InlineData(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId 1", ProviderErrorKind.RateLimited, true)]
    [InlineData(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 404", ProviderErrorKind.Upstream, false)]
    [InlineData(401, "", ProviderErrorKind.Unauthorized, false)]
    [InlineData(502, "", ProviderErrorKind.Upstream, true)]
    public async Task What_teams_could_not_deliver_is_a_failure(int status, string text, ProviderErrorKind kind, bool isTransient)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(text);
        };

        var outcome = await stage.RunAsync("teams.post_message", new { webhook_url = "${cred:TEAMS_HOOK}", text = "x" });

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((kind, isTransient));
        outcome.Error.Message.ShouldNotContain("s1gnature");
    }

    [Fact]
    public async Task A_message_that_is_too_long_for_teams_is_not_sent()
    {
        var outcome = await stage.RunAsync("teams.post_message", new { webhook_url = "${cred:TEAMS_HOOK}", text = new string('x', 30_000) });

        (outcome.Error!.Kind, server.Requests.Count).ShouldBe((ProviderErrorKind.BadRequest, 0));
    }

    private Task<PlanOutcome> SlackAsync(object parameters) =>
        stage.RunAsync("slack.post_message", ProviderStage.Parameters(parameters, new { token = "${cred:SLACK_TOKEN}", api = $"{server.Url}/api/" }));

    private async Task AnswerAsync(HttpContext context)
    {
        var request = server.Requests.Last();
        var body = JsonElement.Parse(request.Body);
        var isJson = request.Method == "POST" && request.Headers["Content-Type"].StartsWith("application/json", StringComparison.Ordinal);
        switch (request.PathAndQuery)
        {
            case "/api/chat.postMessage" when isJson && request.Headers["Content-Type"] == "application/json; charset=utf-8"
                && request.Headers["Authorization"] == "Bearer xoxb-1-2-abc" && body.GetProperty("channel").GetString() is { Length: > 0 }:
                await context.Response.WriteAsJsonAsync(new { ok = true, channel = "C01", ts = "1503435956.000247", message = new { text = "…" } });
                break;
            case SlackHook when isJson && !body.TryGetProperty("channel", out _):
                await context.Response.WriteAsync("ok");
                break;
            case TeamsHook when isJson && body.GetProperty("type").GetString() == "message"
                && body.GetProperty("attachments")[0].GetProperty("contentType").GetString() == "application/vnd.microsoft.card.adaptive"
                && body.GetProperty("attachments")[0].GetProperty("content").GetProperty("type").GetString() == "AdaptiveCard":
                context.Response.StatusCode = 202;
                break;
            default:
                context.Response.StatusCode = 400;
                break;
        }
    }
}
