using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Hub.Vault.Keys;

/// <summary>
/// AES-256-GCM as it is stored: one byte for the form, a random nonce of 12 bytes, a tag of 16, and what was sealed. It opens only with the key and the same
/// associated data.
/// </summary>
internal static class Envelope
{
    public const int KeyBytes = 32;
    private const byte Form = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + NonceBytes + TagBytes;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated)
    {
        var envelope = new byte[HeadBytes + plain.Length];
        envelope[0] = Form;
        var nonce = envelope.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, envelope.AsSpan(HeadBytes), envelope.AsSpan(1 + NonceBytes, TagBytes), associated);
        return envelope;
    }

    /// <summary>Null when the key, a byte of the envelope or the associated data is another than at sealing. The caller wipes what comes out.</summary>
    public static byte[]? TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associated)
    {
        if (envelope.Length < HeadBytes || envelope[0] != Form) return null;
        // Pinned, so that the collector leaves no copy behind that nobody wipes.
        var plain = GC.AllocateUninitializedArray<byte>(envelope.Length - HeadBytes, pinned: true);
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(envelope.Slice(1, NonceBytes), envelope[HeadBytes..], envelope.Slice(1 + NonceBytes, TagBytes), plain, associated);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Texts that an envelope is bound to, each with its length before it, so that no two lists of texts are the same bytes. Null is not the empty text.</summary>
    public static byte[] Bind(params ReadOnlySpan<string?> texts)
    {
        var size = 0;
        foreach (var text in texts) size += sizeof(int) + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));
        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        foreach (var text in texts)
        {
            var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, length);
            rest = rest[(sizeof(int) + Math.Max(length, 0))..];
        }

        return bytes;
    }
}
