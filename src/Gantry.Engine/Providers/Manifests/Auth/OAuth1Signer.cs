using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>OAuth 1.0a (RFC 5849), in the Authorization header.</summary>
internal static class OAuth1Signer
{
    public static string Sign(ManifestAuth auth, RequestDraft draft, ManifestScope scope, DateTimeOffset now)
    {
        var token = auth.Texts.GetValueOrDefault("token")?.FindText(scope);
        List<KeyValuePair<string, string>> own =
        [
            new("oauth_consumer_key", auth.Texts["consumer_key"].Text(scope)),
            new("oauth_nonce", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            new("oauth_signature_method", auth.Algorithm),
            new("oauth_timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            new("oauth_version", "1.0"),
        ];
        if (token is not null)
        {
            own.Add(new("oauth_token", token));
        }

        var url = draft.Url();
        var signed = own.Concat(Pairs(url.Query.TrimStart('?'))).Concat(draft.Encoding == BodyEncoding.Form ? draft.Fields : [])
            .Select(pair => (Name: Signatures.Percent(pair.Key), Value: Signatures.Percent(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);
        var baseText = string.Join('&', draft.Method, Signatures.Percent(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)),
            Signatures.Percent(string.Join('&', signed.Select(pair => $"{pair.Name}={pair.Value}"))));
        var key = $"{Signatures.Percent(auth.Texts["consumer_secret"].Text(scope))}&{Signatures.Percent(auth.Texts.GetValueOrDefault("token_secret")?.FindText(scope) ?? "")}";
        own.Add(new("oauth_signature", Convert.ToBase64String(Signatures.Hmac(auth.Algorithm, Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(baseText)))));
        var realm = auth.Texts.GetValueOrDefault("realm")?.FindText(scope) is { } known ? $"realm=\"{Signatures.Percent(known)}\", " : "";
        return $"OAuth {realm}{string.Join(", ", own.Select(pair => $"{Signatures.Percent(pair.Key)}=\"{Signatures.Percent(pair.Value)}\""))}";
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string query) =>
        query.Length == 0 ? [] : query.Split('&').Select(pair => pair.Split('=', 2)).Select(parts => KeyValuePair.Create(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : ""));
}
