using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Providers.Manifests.Connections;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>HTTP Digest (RFC 7616): MD5 and SHA-256, their session forms, qop auth and auth-int, and servers of RFC 2069 without qop.</summary>
internal static class DigestAuth
{
    /// <summary>The strongest challenge that is understood; null when there is none.</summary>
    public static DigestChallenge? Read(IEnumerable<string> headers)
    {
        List<DigestChallenge> known = [];
        foreach (var parameters in headers.SelectMany(Challenges))
        {
            var algorithm = parameters.GetValueOrDefault("algorithm") ?? "MD5";
            var qualities = parameters.GetValueOrDefault("qop")?.Split(',', StringSplitOptions.TrimEntries);
            if (parameters.TryGetValue("nonce", out var nonce) && Rank(algorithm) >= 0)
            {
                var quality = qualities is null ? null : qualities.Contains("auth", StringComparer.OrdinalIgnoreCase) ? "auth" : "auth-int";
                known.Add(new(parameters.GetValueOrDefault("realm") ?? "", nonce, parameters.GetValueOrDefault("opaque"), algorithm, quality,
                    string.Equals(parameters.GetValueOrDefault("userhash"), "true", StringComparison.OrdinalIgnoreCase)));
            }
        }

        return known.OrderByDescending(challenge => Rank(challenge.Algorithm)).FirstOrDefault();
    }

    public static string Answer(DigestChallenge challenge, int count, string user, string password, string method, string uri, byte[]? body)
    {
        var nonceCount = count.ToString("x8", CultureInfo.InvariantCulture);
        var clientNonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var first = Hash(challenge, $"{user}:{challenge.Realm}:{password}");
        if (challenge.Algorithm.EndsWith("-sess", StringComparison.OrdinalIgnoreCase))
        {
            first = Hash(challenge, $"{first}:{challenge.Nonce}:{clientNonce}");
        }

        var second = Hash(challenge, challenge.Quality == "auth-int" ? $"{method}:{uri}:{Hash(challenge, body ?? [])}" : $"{method}:{uri}");
        var response = Hash(challenge, challenge.Quality is { } quality ? $"{first}:{challenge.Nonce}:{nonceCount}:{clientNonce}:{quality}:{second}" : $"{first}:{challenge.Nonce}:{second}");
        var name = challenge.HashesUser ? Hash(challenge, $"{user}:{challenge.Realm}") : user;
        var text = new StringBuilder($"Digest username=\"{Quoted(name)}\", realm=\"{Quoted(challenge.Realm)}\", nonce=\"{Quoted(challenge.Nonce)}\", uri=\"{uri}\", response=\"{response}\", algorithm={challenge.Algorithm}");
        if (challenge.Opaque is { } opaque)
        {
            text.Append(CultureInfo.InvariantCulture, $", opaque=\"{Quoted(opaque)}\"");
        }

        if (challenge.Quality is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $", qop={challenge.Quality}, nc={nonceCount}, cnonce=\"{clientNonce}\"");
        }

        return challenge.HashesUser ? text.Append(", userhash=true").ToString() : text.ToString();
    }

    private static int Rank(string algorithm) => algorithm.ToUpperInvariant() switch
    {
        "SHA-256" => 3,
        "SHA-256-SESS" => 2,
        "MD5" => 1,
        "MD5-SESS" => 0,
        _ => -1,
    };

    private static string Hash(DigestChallenge challenge, string text) => Hash(challenge, Encoding.UTF8.GetBytes(text));

    private static string Hash(DigestChallenge challenge, byte[] bytes) => Convert.ToHexStringLower(
        challenge.Algorithm.StartsWith("SHA-256", StringComparison.OrdinalIgnoreCase) ? SHA256.HashData(bytes) : MD5.HashData(bytes));

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>Several may stand in one header, or each in one of its own.</summary>
    private static IEnumerable<Dictionary<string, string>> Challenges(string header)
    {
        Dictionary<string, string>? current = null;
        for (var at = 0; at < header.Length;)
        {
            while (at < header.Length && header[at] is ' ' or ',' or '\t')
            {
                at++;
            }

            var start = at;
            while (at < header.Length && header[at] is not (' ' or ',' or '=' or '\t'))
            {
                at++;
            }

            var word = header[start..at];
            if (at < header.Length && header[at] == '=')
            {
                at++;
                var value = ReadValue(header, ref at);
                current?.TryAdd(word.ToLowerInvariant(), value);
            }
            else if (word.Length > 0)
            {
                if (current is not null)
                {
                    yield return current;
                }

                current = word.Equals("Digest", StringComparison.OrdinalIgnoreCase) ? new(StringComparer.Ordinal) : null;
            }
        }

        if (current is not null)
        {
            yield return current;
        }
    }

    private static string ReadValue(string header, ref int at)
    {
        var value = new StringBuilder();
        if (at < header.Length && header[at] == '"')
        {
            for (at++; at < header.Length && header[at] != '"'; at++)
            {
                if (header[at] == '\\' && at + 1 < header.Length)
                {
                    at++;
                }

                value.Append(header[at]);
            }

            at++;
            return value.ToString();
        }

        while (at < header.Length && header[at] is not (',' or ' ' or '\t'))
        {
            value.Append(header[at++]);
        }

        return value.ToString();
    }
}
