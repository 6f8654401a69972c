using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>Hashes, keys and how signatures are written.</summary>
internal static class Signatures
{
    public static byte[] Hmac(string algorithm, byte[] key, byte[] data) => algorithm switch
    {
        "md5" => HMACMD5.HashData(key, data),
        "sha1" or "HMAC-SHA1" => HMACSHA1.HashData(key, data),
        "sha384" => HMACSHA384.HashData(key, data),
        "sha512" => HMACSHA512.HashData(key, data),
        _ => HMACSHA256.HashData(key, data),
    };

    /// <summary>Texts as they are and the hashes of others, one behind the other. Of nothing there is no hash.</summary>
    public static byte[] Join(IEnumerable<(string Text, string? Hash, string Encoding)> parts)
    {
        List<byte> joined = [];
        foreach (var (text, hash, encoding) in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            joined.AddRange((hash, encoding) switch
            {
                (null, _) => bytes,
                _ when bytes.Length == 0 => [],
                (_, "raw") => Hash(hash, bytes),
                _ => Encoding.ASCII.GetBytes(Write(Hash(hash, bytes), encoding)),
            });
        }

        return [.. joined];
    }

    private static byte[] Hash(string algorithm, byte[] data) => algorithm switch
    {
        "md5" => MD5.HashData(data),
        "sha1" => SHA1.HashData(data),
        "sha384" => SHA384.HashData(data),
        "sha512" => SHA512.HashData(data),
        _ => SHA256.HashData(data),
    };

    public static byte[] Key(string text, string encoding)
    {
        try
        {
            return encoding switch
            {
                "base64" => Convert.FromBase64String(Padded(text.Trim().Replace('-', '+').Replace('_', '/'))),
                "hex" => Convert.FromHexString(text.Trim()),
                _ => Encoding.UTF8.GetBytes(text),
            };
        }
        catch (FormatException)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = $"The key of the connection is not written in {encoding}." });
        }
    }

    public static string Write(byte[] signature, string encoding) => encoding switch
    {
        "base64" => Convert.ToBase64String(signature),
        "base64url" => Base64Url.EncodeToString(signature),
        "hex_upper" => Convert.ToHexString(signature),
        _ => Convert.ToHexStringLower(signature),
    };

    /// <summary>As OAuth 1 and AWS encode (RFC 3986): unreserved characters stay.</summary>
    public static string Percent(string text) => Uri.EscapeDataString(text);

    private static string Padded(string text) => text.PadRight((text.Length + 3) / 4 * 4, '=');
}
