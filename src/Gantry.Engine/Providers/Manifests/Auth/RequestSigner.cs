using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>Puts into a request what signs in, and writes its body.</summary>
internal static class RequestSigner
{
    /// <summary>How long a signature is good whose time of expiry is signed with it.</summary>
    private static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(10);

    private static readonly AuthPlace[] Bearer = [new(ParameterPlace.Header, new ManifestText("Authorization"), new ManifestText("Bearer ${token.access_token}"))];

    private static readonly AuthPlace[] BearerJwt = [new(ParameterPlace.Header, new ManifestText("Authorization"), new ManifestText("Bearer ${token.jwt}"))];

    /// <summary>Fails with <see cref="ProviderException"/> when the connection has not what it takes.</summary>
    public static void Sign(ManifestAuth auth, RequestDraft draft, DigestState digest, DateTimeOffset now)
    {
        var scope = draft.Scope;
        try
        {
            switch (auth.Kind)
            {
                case AuthKind.Bearer:
                    SetAuthorization(draft, $"Bearer {auth.Texts["token"].Text(scope)}");
                    break;
                case AuthKind.Basic:
                    SetAuthorization(draft, BasicOf(auth.Texts["username"].Text(scope), auth.Texts.GetValueOrDefault("password")?.FindText(scope) ?? "", scope.Connection));
                    break;
                case AuthKind.ApiKey:
                    Send(auth.Send, draft, scope);
                    break;
                case AuthKind.OAuth2 or AuthKind.TokenExchange:
                    Send(auth.Send.Count > 0 ? auth.Send : Bearer, draft, scope);
                    break;
                case AuthKind.Jwt:
                    Send(auth.Send.Count > 0 ? auth.Send : auth.Jwt!.TokenUrl is null ? BearerJwt : Bearer, draft, scope);
                    break;
            }

            draft.WriteBody();
            switch (auth.Kind)
            {
                case AuthKind.Hmac:
                    SignByHmac(auth, draft, now);
                    break;
                case AuthKind.AwsSigV4:
                    SignForAws(auth, draft, now);
                    break;
                case AuthKind.OAuth1:
                    SetAuthorization(draft, OAuth1Signer.Sign(auth, draft, scope, now));
                    break;
                case AuthKind.Digest when digest.Next() is { } next:
                    AnswerDigest(auth, draft, next.Challenge, next.Count);
                    break;
            }
        }
        catch (ExpressionException exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = $"The connection '{scope.Connection.Name}' cannot sign in: {exception.Message}." });
        }
    }

    public static void AnswerDigest(ManifestAuth auth, RequestDraft draft, DigestChallenge challenge, int count)
    {
        var body = challenge.Quality == "auth-int" ? BodyOf(draft) : null;
        SetAuthorization(draft, DigestAuth.Answer(challenge, count, auth.Texts["username"].Text(draft.Scope), auth.Texts["password"].Text(draft.Scope), draft.Method, draft.Url().PathAndQuery, body));
    }

    /// <summary>RFC 7617; the encoded form is as secret as what is in it.</summary>
    public static string BasicOf(string user, string password, Connection connection)
    {
        if (user.Contains(':', StringComparison.Ordinal))
        {
            throw new ExpressionException("a user name with ':' in it cannot be carried by HTTP");
        }

        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        connection.Mask(encoded);
        return $"Basic {encoded}";
    }

    private static void SetAuthorization(RequestDraft draft, string value) => draft.SetHeader("Authorization", value);

    private static void Send(IReadOnlyList<AuthPlace> places, RequestDraft draft, ManifestScope scope)
    {
        foreach (var place in places)
        {
            if (place.Value.Find(scope) is { } value)
            {
                draft.Set(place.Place, place.Name.Text(scope), value);
            }
            else if (places.Count == 1)
            {
                // What alone signs in cannot be left out.
                place.Value.Text(scope);
            }
        }
    }

    private static void SignByHmac(ManifestAuth auth, RequestDraft draft, DateTimeOffset now)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        string? signature = null;
        var body = BodyOf(draft);
        var url = draft.Url();
        var signed = new ManifestScope(draft.Scope.Connection)
        {
            Input = draft.Scope.Input,
            Request = name => name switch
            {
                "method" => draft.Method,
                "path" => url.AbsolutePath,
                "target" => url.PathAndQuery,
                "query" => url.Query.TrimStart('?'),
                "url" => url.AbsoluteUri,
                "host" => url.Authority,
                "body" => Encoding.UTF8.GetString(body),
                "body_sha256" => Convert.ToHexStringLower(SHA256.HashData(body)),
                "body_md5" => Convert.ToHexStringLower(MD5.HashData(body)),
                "timestamp" => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                "expires" => (now + SignedFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                "timestamp_ms" => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                "date" => now.UtcDateTime.ToString("R", CultureInfo.InvariantCulture),
                "nonce" => nonce,
                "signature" => signature,
                _ => null,
            },
        };

        // What goes along with a signature in the query is often signed with it: those without the signature first.
        foreach (var place in auth.Send.Where(place => !place.Value.Source.Contains("request.signature", StringComparison.Ordinal)))
        {
            Put(draft, place, signed);
        }

        draft.WriteBody();
        body = BodyOf(draft);
        url = draft.Url();
        signature = Signatures.Write(
            Signatures.Hmac(auth.Algorithm, Signatures.Key(auth.Texts["key"].Text(signed), auth.KeyEncoding), Signatures.Join(auth.Signed.Select(part => (part.Text.Text(signed), part.Hash, part.Encoding)))), auth.SignatureEncoding);
        foreach (var place in auth.Send.Where(place => place.Value.Source.Contains("request.signature", StringComparison.Ordinal)))
        {
            Put(draft, place, signed);
        }

        draft.Scope.Use(signed.UsedFields);
        draft.WriteBody();
    }

    private static void Put(RequestDraft draft, AuthPlace place, ManifestScope scope)
    {
        if (place.Value.Find(scope) is { } value)
        {
            draft.Set(place.Place, place.Name.Text(scope), place.Place == ParameterPlace.Body ? value : Scalars.Text(StyledValue.Text(value)));
        }
    }

    private static void SignForAws(ManifestAuth auth, RequestDraft draft, DateTimeOffset now)
    {
        var scope = draft.Scope;
        var service = auth.Texts["service"].Text(scope);
        var keys = new AwsKeys(auth.Texts["access_key_id"].Text(scope), auth.Texts["secret_access_key"].Text(scope), auth.Texts.GetValueOrDefault("session_token")?.FindText(scope));
        var url = draft.Url();
        var hash = draft.Streamed is null ? draft.Body is { } body ? Convert.ToHexStringLower(SHA256.HashData(body)) : AwsSignature.Nothing
            : service == "s3" ? "UNSIGNED-PAYLOAD" : Convert.ToHexStringLower(SHA256.HashData(BodyOf(draft)));
        var time = AwsSignature.Time(now);
        draft.SetHeader("x-amz-date", time);
        if (service == "s3")
        {
            draft.SetHeader("x-amz-content-sha256", hash);
        }

        if (keys.SessionToken is { } token)
        {
            draft.SetHeader("x-amz-security-token", token);
        }

        List<KeyValuePair<string, string>> signed = [new("host", url.IsDefaultPort ? url.IdnHost : url.Authority), .. draft.SignedHeaders()];
        var query = string.Join('&', draft.Query.Select(pair => (Name: Signatures.Percent(pair.Key), Value: Signatures.Percent(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));

        // Every service but S3 encodes the path once more than it is sent.
        var path = service == "s3" ? url.AbsolutePath : string.Join('/', url.AbsolutePath.Split('/').Select(Signatures.Percent));
        SetAuthorization(draft, new AwsSignature(auth.Texts["region"].Text(scope), service).Sign(draft.Method, path, query, signed, hash, time, keys));
    }

    private static byte[] BodyOf(RequestDraft draft) => draft.Streamed is null
        ? draft.Body ?? []
        : throw new ExpressionException("a body with files is read while it is sent, and cannot be signed");
}
