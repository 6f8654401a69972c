using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Slack;

/// <summary>What Slack's answers mean: its methods say "ok": false with a status of 200, its webhooks say why in a word of text.</summary>
internal static class SlackAnswer
{
    /// <summary>An incoming webhook answers "ok" as text.</summary>
    public static ProviderResult OfWebhook(ProviderResult result)
    {
        if (result.IsSuccess)
        {
            return HttpAnswer.TextOf(result) == "ok"
                ? ProviderResult.Success(null, "Slack took the message.")
                : ProviderResult.Failure(new ProviderError
                {
                    Kind = ProviderErrorKind.Upstream,
                    Message = "What answered is not an incoming webhook of Slack: it would say 'ok'. Look at the URL in the credential.",
                });
        }

        return Word(HttpAnswer.TextOf(result)) is { } word ? Failure(result, word) : result;
    }

    /// <summary>A method answers {"ok": true, …} or {"ok": false, "error": "channel_not_found"}.</summary>
    public static ProviderResult OfMethod(ProviderResult result)
    {
        if (HttpAnswer.BodyOf(result) is not { ValueKind: JsonValueKind.Object } body || !body.TryGetProperty("ok", out var isOk))
        {
            return result.IsSuccess
                ? ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Upstream, Message = "The answer is not one of Slack's: it does not say whether it is 'ok'." })
                : result;
        }

        if (isOk.ValueKind == JsonValueKind.True && result.IsSuccess)
        {
            return ProviderResult.Success(Posted(body), "Slack took the message.");
        }

        var error = body.TryGetProperty("error", out var given) && given.ValueKind == JsonValueKind.String ? Scalars.TextOf(given) : null;
        return Failure(result, Word(error) ?? "unknown_error");
    }

    private static ProviderResult Failure(ProviderResult result, string word)
    {
        var (kind, isTransient, hint) = word switch
        {
            "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired" or "invalid_token" or "no_service" =>
                (ProviderErrorKind.Unauthorized, false, " Renew the credential."),
            "missing_scope" or "not_allowed_token_type" or "ekm_access_denied" or "action_prohibited" or "no_permission" =>
                (ProviderErrorKind.Unauthorized, false, " It needs the scope chat:write."),
            "not_in_channel" => (ProviderErrorKind.Unauthorized, false, " Invite the app into the channel."),
            "channel_not_found" or "channel_is_archived" or "is_archived" or "user_not_found" or "team_not_found" or "no_team" =>
                (ProviderErrorKind.NotFound, false, ""),
            "ratelimited" or "rate_limited" or "message_limit_exceeded" => (ProviderErrorKind.RateLimited, true, ""),
            "fatal_error" or "internal_error" or "service_unavailable" or "request_timeout" or "rollup_error" => (ProviderErrorKind.Unavailable, true, ""),
            _ => (result.Error?.Kind ?? ProviderErrorKind.BadRequest, result.Error?.IsTransient ?? false, ""),
        };
        return ProviderResult.Failure(
            new ProviderError
            {
                Kind = kind,
                Message = $"Slack refused the message: {word}.{hint}",
                IsTransient = isTransient,
                Status = result.Error?.Status,
                RetryAfter = result.Error?.RetryAfter,
            },
            result.Output);
    }

    /// <summary>What is needed to answer in its thread.</summary>
    private static JsonElement Posted(JsonElement body) => JsonSerializer.SerializeToElement(
        body.EnumerateObject().Where(property => property.Name is "channel" or "ts").ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal));

    /// <summary>One of Slack's error words; null for anything else.</summary>
    private static string? Word(string? text) =>
        text?.Trim() is { Length: > 0 and <= 80 } word
            && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? word : null;
}
