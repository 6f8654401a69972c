using System.Buffers;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Paths below an endpoint's prefix as keys of its bucket, and keys as they stand in requests.</summary>
/// <param name="prefix">Without '/' at either end; "" is the whole bucket.</param>
internal sealed class S3Keys(string prefix)
{
    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html</summary>
    public const int KeyBytesMax = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What needs no escape, by the rules of signatures (Signature Version 4), which are stricter than those of addresses.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>How long a name in the root may be.</summary>
    public int NameBytesMax { get; } = KeyBytesMax - (prefix.Length == 0 ? 0 : Encoding.UTF8.GetByteCount(prefix) + 1);

    /// <summary>The key of a file. A path that no key can hold fails with BadPath.</summary>
    public string Of(string path)
    {
        var key = prefix.Length == 0 ? path : path.Length == 0 ? prefix : $"{prefix}/{path}";
        try
        {
            return key.Length * 3 <= KeyBytesMax && key.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 || Strict.GetByteCount(key) <= KeyBytesMax
                ? key
                : throw new EndpointException(
                    EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' is too long: S3 keeps keys of {KeyBytesMax} bytes at most, the whole path counted.");
        }
        catch (EncoderFallbackException)
        {
            throw new EndpointException(EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' is not UTF-8, and S3 keeps only keys that are.");
        }
    }

    /// <summary>What all keys in a folder begin with; "" for the root of a bucket. With its '/' it is the key of the folder's marker.</summary>
    public string OfFolder(string path) => Of(path) is { Length: > 0 } key ? Marker(key, path) : "";

    /// <summary>Whether the key is one of a file below the prefix.</summary>
    public bool Holds(string key) => prefix.Length == 0 || key.StartsWith(prefix + "/", StringComparison.Ordinal);

    public static string Escape(string text, bool keepsSlashes = false)
    {
        if (text.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (Plain.Contains((char)rune.Value) || (keepsSlashes && rune.Value == '/')))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                escaped.Append('%').Append(Convert.ToHexString([value]));
            }
        }

        return escaped.ToString();
    }

    private static string Marker(string key, string path) => Encoding.UTF8.GetByteCount(key) < KeyBytesMax
        ? key + "/"
        : throw new EndpointException(EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' is too long for a folder: its files' keys would not fit into {KeyBytesMax} bytes.");
}
