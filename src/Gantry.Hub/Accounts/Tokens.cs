using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Hub.Accounts;

/// <summary>Opaque random texts of 256 bits. The database holds their hashes only, so a stolen copy of it opens nothing.</summary>
internal static class Tokens
{
    private const string KeyPrefix = "gty_";
    private const string SessionPrefix = "gts_";

    public static string NewSession() => SessionPrefix + NewSecret();

    /// <summary>Only these are taken from a cookie.</summary>
    public static bool IsSession(string token) => token.StartsWith(SessionPrefix, StringComparison.Ordinal);

    public static string NewRefresh() => "gtr_" + NewSecret();

    public static string NewApiKey(Guid id, string secret) => $"{KeyPrefix}{id:N}_{secret}";

    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>For people to type once: 20 letters and digits that cannot be mistaken for one another, 100 bits.</summary>
    public static string NewPassword()
    {
        var letters = RandomNumberGenerator.GetItems<char>("abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 20);
        return string.Join('-', letters.Chunk(5).Select(part => new string(part)));
    }

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Null when the token has not the form of an API key.</summary>
    public static (Guid Id, string Secret)? ParseApiKey(string token) =>
        token.StartsWith(KeyPrefix, StringComparison.Ordinal) && token.Length > 37 && token[36] == '_'
        && Guid.TryParseExact(token.AsSpan(4, 32), "N", out var id) ? (id, token[37..]) : null;
}
