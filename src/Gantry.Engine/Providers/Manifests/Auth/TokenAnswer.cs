using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>What is in an answer with a token.</summary>
internal static class TokenAnswer
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    /// <summary>JSON, XML, or a form as older servers answer.</summary>
    public static JsonElement Read(WebAnswer web)
    {
        if (web.MediaType?.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(web.Body).Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2)).DistinctBy(pair => pair[0])
                .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : "", StringComparer.Ordinal));
        }

        return AnswerBody.Read(web, null, needsTree: false).Value;
    }

    public static bool IsError(JsonElement body, ManifestAuth auth) =>
        auth.Kind == AuthKind.OAuth2 && body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String
        && !(body.TryGetProperty("access_token", out var token) && token.ValueKind == JsonValueKind.String);

    public static ConnectionToken TokenOf(VendorAnswer answer, ManifestAuth auth, DateTimeOffset now)
    {
        Dictionary<string, JsonElement> values = new(StringComparer.Ordinal);
        if (answer.Body.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in answer.Body.EnumerateObject().Where(member => member.Value.ValueKind is not JsonValueKind.Null))
            {
                values[member.Name] = member.Value;
            }
        }
        else if (answer.Body.ValueKind == JsonValueKind.String)
        {
            // Some answer nothing but the token.
            values["access_token"] = answer.Body;
        }

        foreach (var (name, path) in auth.Token.Paths)
        {
            if (answer.Find(path) is { } found)
            {
                values[name] = found;
            }
        }

        return new ConnectionToken { Values = values.Count == 0 ? Empty : JsonSerializer.SerializeToElement(values), ExpiresAt = EndOf(values, auth.Token.Lifetime, now) };
    }

    private static DateTimeOffset? EndOf(Dictionary<string, JsonElement> values, TimeSpan? lifetime, DateTimeOffset now)
    {
        if (values.TryGetValue("expires_in", out var seconds) && double.TryParse(ManifestValue.Plain(seconds), CultureInfo.InvariantCulture, out var count) && count is > 0 and < 1e10)
        {
            return now + TimeSpan.FromSeconds(count);
        }

        if (values.TryGetValue("expires_at", out var end))
        {
            var text = ManifestValue.Plain(end);
            if (double.TryParse(text, CultureInfo.InvariantCulture, out var epoch) && epoch is > 1e8 and < 1e14)
            {
                return DateTimeOffset.UnixEpoch + (epoch > 1e11 ? TimeSpan.FromMilliseconds(epoch) : TimeSpan.FromSeconds(epoch));
            }

            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                return date;
            }
        }

        return now + lifetime;
    }
}
