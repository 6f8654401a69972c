using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>A signed JWT (RFC 7519) with a connection's key.</summary>
internal static class JwtAssertion
{
    public static string Make(ManifestAuth auth, ManifestScope scope, DateTimeOffset now)
    {
        var jwt = auth.Jwt!;
        var header = new BodyMap();
        header.Set("alg", Scalars.Text(jwt.Algorithm));
        header.Set("typ", Scalars.Text("JWT"));
        foreach (var (name, text) in jwt.Header)
        {
            if (text.Find(scope) is { } value)
            {
                header.Set([name], new BodyValue(value));
            }
        }

        var claims = jwt.Claims?.Make(scope) as BodyMap ?? new BodyMap();
        foreach (var (name, time) in new[] { ("iat", now), ("exp", now + jwt.Lifetime) })
        {
            if (!claims.Members.Any(member => member.Key == name))
            {
                claims.Set([name], new BodyValue(JsonElement.Parse($"{time.ToUnixTimeSeconds()}")));
            }
        }

        var signed = $"{Base64Url.EncodeToString(header.ToJson())}.{Base64Url.EncodeToString(claims.ToJson())}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(jwt.Algorithm, auth.Texts["key"].Text(scope), auth.KeyEncoding, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static byte[] Sign(string algorithm, string key, string encoding, byte[] data)
    {
        var hash = algorithm[2..] switch { "384" => HashAlgorithmName.SHA384, "512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        try
        {
            switch (algorithm[..2])
            {
                case "HS":
                    return Signatures.Hmac($"sha{algorithm[2..]}", Signatures.Key(key, encoding), data);
                case "ES":
                    using (var curve = ECDsa.Create())
                    {
                        curve.ImportFromPem(Pem(key, encoding));
                        return curve.SignData(data, hash);
                    }

                default:
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportFromPem(Pem(key, encoding));
                        return rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
                    }
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.Unauthorized,
                Message = $"The key of the connection is no private key in PEM for {algorithm}. Paste the whole file, from '-----BEGIN' to its end.",
            });
        }
    }

    /// <summary>In JSON files and environment variables the lines of a key are joined by '\n'.</summary>
    private static string Pem(string key, string encoding) =>
        (encoding == "text" ? key : Encoding.UTF8.GetString(Signatures.Key(key, encoding))).Replace("\\n", "\n", StringComparison.Ordinal);
}
