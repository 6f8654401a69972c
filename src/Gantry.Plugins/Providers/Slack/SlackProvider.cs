using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Slack;

/// <summary>
/// Messages in Slack, by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) or by chat.postMessage with a token
/// (https://docs.slack.dev/reference/methods/chat.postMessage).
/// </summary>
public sealed class SlackProvider : IProvider
{
    /// <summary>Slack cuts longer texts off; it is told here instead.</summary>
    private const int TextLengthMax = 40_000;

    private const int BlocksMax = 50;

    /// <summary>What others said must call nobody (&lt;!channel&gt;) and lead nowhere (https://docs.slack.dev/messaging/formatting-message-text#escaping).</summary>
    private const string Escaped = "| split('&') | join('&amp;') | split('<') | join('&lt;') | split('>') | join('&gt;')";

    public string Id => "slack";

    public string Title => "Slack";

    public string Help => "Posts messages to channels of Slack.";

    public string Category => "Communication";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "post_message",
            Help = "Posts a message, by a webhook's URL or by a token and a channel.",
            Tells = new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = $"*${{trigger.title {Escaped}}}*\n${{trigger.text {Escaped}}}" },
            Parameters =
            [
                new() { Name = "webhook_url", IsSecret = true, Help = "The URL of an incoming webhook, as ${cred:NAME}: whoever has it can post." },
                new() { Name = "token", IsSecret = true, Help = "A bot's or a user's token with chat:write, as ${cred:NAME}." },
                new() { Name = "channel", Help = "With a token: the channel's id or name, such as C0123456789 or #ops." },
                new() { Name = "text", Help = "The message, in Slack's mrkdwn; with 'blocks' it is what notifications show." },
                new() { Name = "blocks", Type = SettingType.List, Help = "The message as blocks of Block Kit." },
                new() { Name = "thread_ts", Help = "With a token: the 'ts' of a message, to answer in its thread." },
                new() { Name = "unfurl_links", Type = SettingType.Boolean, Help = "Whether Slack shows what links lead to." },
                new() { Name = "api", Default = Scalars.Text("https://slack.com/api"), Help = "Where Slack's methods are." },
                HttpParameters.Timeout,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        var message = MessageOf(http);
        switch (http.FindText("webhook_url"), http.FindText("token"))
        {
            case ({ }, null):
                foreach (var name in (string[])["channel", "thread_ts"])
                {
                    if (message.ContainsKey(name))
                    {
                        throw HttpCall.Bad($"'{name}' goes with a token: a webhook posts where it was made for.");
                    }
                }

                return SlackAnswer.OfWebhook(await SecretUrl.PostAsync(http, call, "webhook_url", JsonSerializer.SerializeToUtf8Bytes(message), cancellationToken));
            case (null, { } token):
                if (!message.ContainsKey("channel"))
                {
                    throw HttpCall.Bad("With a token, 'channel' says where the message goes: an id such as C0123456789, or a name such as #ops.");
                }

                http.AddHeader("Authorization", $"Bearer {await http.RevealAsync("token", Scalars.Text(token), cancellationToken)}");
                http.SetBody(JsonSerializer.SerializeToUtf8Bytes(message), "application/json; charset=utf-8");
                return SlackAnswer.OfMethod(await http.SendAsync(HttpMethod.Post, $"{http.FindText("api")!.TrimEnd('/')}/chat.postMessage", cancellationToken));
            default:
                throw HttpCall.Bad("Slack is reached by 'webhook_url', or by 'token' and 'channel': give one of the two.");
        }
    }

    private static JsonObject MessageOf(HttpCall http)
    {
        var message = new JsonObject();
        foreach (var name in (string[])["channel", "text", "thread_ts"])
        {
            if (http.FindText(name) is { } value)
            {
                message[name] = value;
            }
        }

        foreach (var name in (string[])["blocks", "unfurl_links"])
        {
            if (http.Find(name) is { } value)
            {
                message[name] = JsonNode.Parse(value.GetRawText());
            }
        }

        if (message["text"]?.GetValue<string>() is not { Length: > 0 } && message["blocks"] is not JsonArray { Count: > 0 })
        {
            throw HttpCall.Bad("A message needs 'text' or 'blocks'.");
        }

        if (message["text"]?.GetValue<string>().Length > TextLengthMax)
        {
            throw HttpCall.Bad($"'text' has more than {TextLengthMax} characters, and Slack would cut it off. Send it as a file, or shorten it.");
        }

        return message["blocks"] is not JsonArray { Count: > BlocksMax } ? message : throw HttpCall.Bad($"A message has at most {BlocksMax} blocks.");
    }
}
