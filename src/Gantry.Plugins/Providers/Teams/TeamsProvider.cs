using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Teams;

/// <summary>
/// Messages in Microsoft Teams, by the URL of a workflow "When a Teams webhook request is received", which takes Adaptive Cards
/// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
/// </summary>
public sealed class TeamsProvider : IProvider
{
    /// <summary>What Teams takes of a message.</summary>
    private const int BytesMax = 28 * 1024;

    private const string CardType = "application/vnd.microsoft.card.adaptive";

    public string Id => "teams";

    public string Title => "Microsoft Teams";

    public string Help => "Posts messages to channels and chats of Microsoft Teams.";

    public string Category => "Communication";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "post_message",
            Help = "Posts a message by a workflow's URL, as an Adaptive Card.",
            Tells = new Dictionary<string, string>(StringComparer.Ordinal) { ["title"] = "${trigger.title}", ["text"] = "${trigger.text}" },
            Parameters =
            [
                new() { Name = "webhook_url", IsSecret = true, IsRequired = true, Help = "The URL of the workflow, as ${cred:NAME}: whoever has it can post." },
                new() { Name = "title", Help = "A line above the text, in bold." },
                new() { Name = "text", Help = "The message; some Markdown is shown as such." },
                new() { Name = "facts", Type = SettingType.Map, Help = "Names and values, shown as a table below the text." },
                new() { Name = "link", Help = "A URL that a button below opens." },
                new() { Name = "link_title", Default = Scalars.Text("Open"), Help = "What stands on the button." },
                new() { Name = "card", Type = SettingType.Map, Help = "An Adaptive Card of your own, in place of all these." },
                HttpParameters.Timeout,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        var card = http.Find("card") is { } own ? OwnCard(own) : CardOf(http);
        var message = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = CardType, ["contentUrl"] = null, ["content"] = card }),
        });
        if (message.Length > BytesMax)
        {
            throw HttpCall.Bad($"The message has {message.Length:N0} bytes, and Teams takes {BytesMax:N0}. Shorten it, and link to the rest.");
        }

        return AnswerOf(await SecretUrl.PostAsync(http, call, "webhook_url", message, cancellationToken));
    }

    /// <summary>A failure behind the webhook comes with a status of 200 and a text that tells the real one.</summary>
    private static ProviderResult AnswerOf(ProviderResult result)
    {
        if (!result.IsSuccess)
        {
            return result;
        }

        var body = HttpAnswer.TextOf(result) ?? "";
        if (!body.Contains("failed with error", StringComparison.OrdinalIgnoreCase))
        {
            return ProviderResult.Success(null, "Teams took the message.");
        }

        var isCrowded = body.Contains("429", StringComparison.Ordinal);
        return ProviderResult.Failure(new ProviderError
        {
            Kind = isCrowded ? ProviderErrorKind.RateLimited : ProviderErrorKind.Upstream,
            Message = isCrowded ? "Teams has had too many messages at once." : "Teams took the request, and then could not deliver the message.",
            IsTransient = isCrowded,
            Status = isCrowded ? 429 : null,
        });
    }

    private static JsonNode OwnCard(JsonElement card) =>
        card.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("AdaptiveCard")
            ? JsonNode.Parse(card.GetRawText())!
            : throw HttpCall.Bad("'card' is an Adaptive Card: a map with type: AdaptiveCard, a version and a body.");

    private static JsonObject CardOf(HttpCall http)
    {
        var body = new JsonArray();
        if (http.FindText("title") is { Length: > 0 } title)
        {
            body.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = title, ["weight"] = "Bolder", ["size"] = "Medium", ["wrap"] = true });
        }

        if (http.FindText("text") is { Length: > 0 } text)
        {
            body.Add(new JsonObject { ["type"] = "TextBlock", ["text"] = text, ["wrap"] = true });
        }

        if (http.Find("facts") is { } facts && facts.EnumerateObject().Any())
        {
            body.Add(new JsonObject { ["type"] = "FactSet", ["facts"] = new JsonArray([.. facts.EnumerateObject().Select(Fact)]) });
        }

        if (body.Count == 0)
        {
            throw HttpCall.Bad("A message needs 'text', 'title', 'facts' or a 'card'.");
        }

        // 1.4 is what Teams shows on phones as well.
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = body,
        };
        if (http.FindText("link") is { Length: > 0 } link)
        {
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = http.FindText("link_title"), ["url"] = link });
        }

        return card;
    }

    private static JsonNode Fact(JsonProperty fact) => new JsonObject
    {
        ["title"] = fact.Name,
        ["value"] = fact.Value.ValueKind == JsonValueKind.String ? Scalars.TextOf(fact.Value) : fact.Value.GetRawText(),
    };
}
