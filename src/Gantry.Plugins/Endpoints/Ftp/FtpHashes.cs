using System.Security.Cryptography;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Hashes that a server computes: HASH (draft-bryan-ftpext-hash), and the older words XSHA256, XSHA1 and XMD5. XCRC proves too little.</summary>
internal static class FtpHashes
{
    private static readonly (string Name, string OfHash, string Verb)[] known =
    [
        ("sha256", "SHA-256", "XSHA256"), ("sha512", "SHA-512", "XSHA512"), ("sha1", "SHA-1", "XSHA1"), ("md5", "MD5", "XMD5"),
    ];

    /// <param name="features">The lines of FEAT.</param>
    /// <returns>The names, the best first; the verb is that of the server, "HASH SHA-256" where the algorithm is chosen first.</returns>
    public static IReadOnlyList<(string Name, string Verb)> Of(IReadOnlyCollection<string> features)
    {
        var offered = features.FirstOrDefault(line => line.StartsWith("HASH ", StringComparison.OrdinalIgnoreCase))?[5..]
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => name.TrimEnd('*')).ToList() ?? [];
        return
        [
            .. known.Select(hash => (hash.Name, Verb: features.Any(line => IsWord(line, hash.Verb)) ? hash.Verb
                : offered.Contains(hash.OfHash, StringComparer.OrdinalIgnoreCase) ? "HASH " + hash.OfHash : ""))
                .Where(hash => hash.Verb.Length > 0),
        ];
    }

    /// <summary>The digits in a reply such as "213 SHA-256 0-49 6B2F… name" or "250 6B2F…"; null when there are none of that length.</summary>
    public static string? DigitsIn(string text, string hashName)
    {
        var length = hashName switch { "sha256" => 64, "sha512" => 128, "sha1" => 40, _ => 32 };
        return text.Split([' ', '"'], StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => word.Length == length && word.All(char.IsAsciiHexDigit))?.ToLowerInvariant();
    }

    public static string OfNothing(string hashName) => Convert.ToHexStringLower(hashName switch
    {
        "sha256" => SHA256.HashData([]),
        "sha512" => SHA512.HashData([]),
        "sha1" => SHA1.HashData([]),
        _ => MD5.HashData([]),
    });

    private static bool IsWord(string line, string verb) =>
        line.StartsWith(verb, StringComparison.OrdinalIgnoreCase) && (line.Length == verb.Length || line[verb.Length] is ' ' or ';');
}
