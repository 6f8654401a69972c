using System.Buffers;
using System.Buffers.Text;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Base64 as Python's urlsafe_b64decode takes it, since files that it accepts must open here too: both alphabets, anything else between the characters passed
/// over (line breaks, spaces, even non-letters), reading ends where the padding is complete, and bits that are left over do not matter.
/// </summary>
internal static class LenientBase64
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Null when the padding is missing or a single character is left over.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text) => DecodeClean(text) ?? DecodeAny(text);

    /// <summary>What every writer writes, the fast way; null for anything that needs a closer look.</summary>
    private static byte[]? DecodeClean(ReadOnlySpan<byte> text)
    {
        var digits = text.TrimEnd((byte)'=');
        if (text.Length % 4 != 0 || text.Length - digits.Length > 2 || digits.ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var decoded = new byte[Base64Url.GetMaxDecodedLength(digits.Length)];
        return Base64Url.DecodeFromUtf8(digits, decoded, out _, out var written) == OperationStatus.Done && written == decoded.Length ? decoded : null;
    }

    private static byte[]? DecodeAny(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[(text.Length / 4 * 3) + 3];
        var length = 0;
        var place = 0;
        var pads = 0;
        var left = 0;
        foreach (var character in text)
        {
            if (character == '=')
            {
                if (place >= 2 && place + ++pads >= 4)
                {
                    return Cut(decoded, length);
                }

                continue;
            }

            if (ValueOf(character) is not (>= 0 and var value))
            {
                continue;
            }

            pads = 0;
            if (place > 0)
            {
                decoded[length++] = (byte)((left << (place * 2)) | (value >> (6 - (place * 2))));
            }

            left = value;
            place = (place + 1) % 4;
        }

        return place == 0 ? Cut(decoded, length) : null;
    }

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new byte[(bytes.Length + 2) / 3 * 4];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        text.AsSpan().Replace((byte)'+', (byte)'-');
        text.AsSpan().Replace((byte)'/', (byte)'_');
        return text;
    }

    /// <summary>The scratch may hold a key, so it is not left behind.</summary>
    private static byte[] Cut(byte[] scratch, int length)
    {
        var decoded = scratch[..length];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(scratch);
        return decoded;
    }

    private static int ValueOf(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'-' or (byte)'+' => 62,
        (byte)'_' or (byte)'/' => 63,
        _ => -1,
    };
}
