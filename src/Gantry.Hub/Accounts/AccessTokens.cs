using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Keys;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>
/// Signed access tokens: JSON Web Tokens (RFC 7519, 9068) of exactly one form. Nothing in a token chooses how it is verified, see
/// docs/decisions/0009-access-tokens.md.
/// </summary>
internal sealed class AccessTokens(HubKeys keys, AccountOptions options, TimeProvider clock)
{
    public const string Issuer = "gantry";
    public const string Audience = "gantry-api";

    private const string Algorithm = "ES256";
    private const string Type = "at+jwt";
    private const int LengthMax = 2048;
    private const int SignatureLength = 64;

    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(30);

    /// <summary>Whether a token might be one of these; all other kinds begin otherwise.</summary>
    public static bool IsForm(string token) => token.StartsWith("eyJ", StringComparison.Ordinal);

    /// <summary>A new token for a session.</summary>
    public async ValueTask<(string Token, DateTimeOffset ExpiresAt)> IssueAsync(Guid user, Guid session, CancellationToken cancellationToken)
    {
        var key = await keys.TokenKeyAsync(cancellationToken);
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = now + options.TokenLength;
        var claims = new Claims(Issuer, Audience, user, session, Guid.CreateVersion7(now), now.ToUnixTimeSeconds(), now.ToUnixTimeSeconds(), expiresAt.ToUnixTimeSeconds());
        var body = $"{Encode(new Header(Algorithm, Type, key.Id))}.{Encode(claims)}";
        var signature = key.Sign(Encoding.ASCII.GetBytes(body), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return ($"{body}.{Base64Url.EncodeToString(signature)}", expiresAt);
    }

    /// <summary>Null when the token is not of this database's hubs, was changed, or does not hold now. Whether its session still stands is not asked here.</summary>
    public async ValueTask<AccessToken?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > LengthMax || token.Split('.') is not [var head, var body, var tail]) return null;
        if (Decode<Header>(head) is not { Alg: Algorithm, Typ: Type, Kid: var keyId } || Decode(tail) is not { Length: SignatureLength } signature) return null;
        var signed = Encoding.ASCII.GetBytes($"{head}.{body}");
        if (!await keys.IsSignedAsync(keyId, KeyPurpose.Token, signed, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, cancellationToken)) return null;
        if (Decode<Claims>(body) is not { Iss: Issuer, Aud: Audience } claims) return null;
        var now = clock.GetUtcNow();
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(claims.Exp);
        return now < expiresAt + SkewMax && now >= DateTimeOffset.FromUnixTimeSeconds(claims.Nbf) - SkewMax
            ? new AccessToken(claims.Sub, claims.Sid, expiresAt) : null;
    }

    private static string Encode<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value, HubJson.Options));

    private static T? Decode<T>(string part) where T : class
    {
        try
        {
            return Decode(part) is { } json ? JsonSerializer.Deserialize<T>(json, HubJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null for anything but the letters of base64url: no padding, no spaces.</summary>
    private static byte[]? Decode(string part) =>
        part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') && Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : null;

    private sealed record Header(string Alg, string Typ, string Kid);

    private sealed record Claims(string Iss, string Aud, Guid Sub, Guid Sid, Guid Jti, long Iat, long Nbf, long Exp);
}

/// <summary>What a good token says.</summary>
internal sealed record AccessToken(Guid UserId, Guid SessionId, DateTimeOffset ExpiresAt);
