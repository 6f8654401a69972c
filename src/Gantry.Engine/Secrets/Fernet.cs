using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Tokens as Python's cryptography writes and reads them (https://github.com/fernet/spec), so that files move both ways: version 0x80, the time, an IV, AES-128-CBC,
/// and HMAC-SHA256 over all of it. With several keys it is that library's MultiFernet: the first encrypts, each may decrypt.
/// </summary>
public sealed class Fernet
{
    private const byte Version = 0x80;
    private const int TimeEnd = 9;
    private const int BlockLength = 16;
    private const int HeaderLength = TimeEnd + BlockLength;
    private const int SignatureLength = HMACSHA256.HashSizeInBytes;
    private const int SkewSeconds = 60;

    private readonly IReadOnlyList<FernetKey> keys;

    /// <param name="keys">At least one; they stay whoever's made them.</param>
    public Fernet(params IReadOnlyList<FernetKey> keys)
    {
        this.keys = keys.Count > 0 ? keys : throw new ArgumentException("Fernet needs at least one key.", nameof(keys));
    }

    /// <summary>The token, in ASCII.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plain, DateTimeOffset now) => Seal(plain, (ulong)Math.Max(0, now.ToUnixTimeSeconds()));

    /// <summary>
    /// The plain bytes; null when no key opens the token, or it is none. With a time to live, also when it is older than that, or made more than a minute after now.
    /// </summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> token, TimeSpan? timeToLive = null, DateTimeOffset now = default)
    {
        if (Read(token) is not { } data || !IsInTime(TimeOf(data), timeToLive, now))
        {
            return null;
        }

        return keys.Select(key => Open(key, data)).FirstOrDefault(plain => plain is not null);
    }

    /// <summary>When the token was made, in seconds since 1970; null when no key verifies it.</summary>
    public ulong? FindTime(ReadOnlySpan<byte> token) =>
        Read(token) is { } data && keys.Any(key => IsSigned(key, data)) ? TimeOf(data) : null;

    /// <summary>The same content and time under the first key; null when no key opens the token.</summary>
    public byte[]? Rotate(ReadOnlySpan<byte> token)
    {
        if (Read(token) is not { } data || keys.Select(key => Open(key, data)).FirstOrDefault(plain => plain is not null) is not { } content)
        {
            return null;
        }

        try
        {
            return Seal(content, TimeOf(data));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[]? Read(ReadOnlySpan<byte> token) =>
        LenientBase64.Decode(token) is { Length: >= TimeEnd } data && data[0] == Version ? data : null;

    private static ulong TimeOf(byte[] data) => BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(1));

    /// <summary>A token's time may be any number of 64 bits, so it is compared in more.</summary>
    private static bool IsInTime(ulong time, TimeSpan? timeToLive, DateTimeOffset now)
    {
        if (timeToLive is not { } limit)
        {
            return true;
        }

        Int128 seconds = now.ToUnixTimeSeconds();
        return time + (Int128)(long)Math.Floor(limit.TotalSeconds) >= seconds && seconds + SkewSeconds >= time;
    }

    private static bool IsSigned(FernetKey key, byte[] data)
    {
        if (data.Length < SignatureLength)
        {
            return false;
        }

        Span<byte> signature = stackalloc byte[SignatureLength];
        HMACSHA256.HashData(key.Signing, data.AsSpan(0, data.Length - SignatureLength), signature);
        return CryptographicOperations.FixedTimeEquals(signature, data.AsSpan(data.Length - SignatureLength));
    }

    /// <summary>Null when the key is another one, or the content is none although it is signed.</summary>
    private static byte[]? Open(FernetKey key, byte[] data)
    {
        var length = data.Length - HeaderLength - SignatureLength;
        if (length <= 0 || length % BlockLength != 0 || !IsSigned(key, data))
        {
            return null;
        }

        var encrypting = key.Encrypting;
        try
        {
            using var aes = Aes.Create();
            aes.Key = encrypting;
            return aes.DecryptCbc(data.AsSpan(HeaderLength, length), data.AsSpan(TimeEnd, BlockLength));
        }
        catch (CryptographicException)
        {
            // The padding is wrong: whoever has the key signed something else.
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encrypting);
        }
    }

    private byte[] Seal(ReadOnlySpan<byte> plain, ulong time)
    {
        var sealedLength = ((plain.Length / BlockLength) + 1) * BlockLength;
        var data = new byte[HeaderLength + sealedLength + SignatureLength];
        data[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(1), time);
        var iv = data.AsSpan(TimeEnd, BlockLength);
        RandomNumberGenerator.Fill(iv);
        var encrypting = keys[0].Encrypting;
        using (var aes = Aes.Create())
        {
            aes.Key = encrypting;
            aes.EncryptCbc(plain, iv, data.AsSpan(HeaderLength, sealedLength));
        }

        CryptographicOperations.ZeroMemory(encrypting);
        HMACSHA256.HashData(keys[0].Signing, data.AsSpan(0, HeaderLength + sealedLength), data.AsSpan(HeaderLength + sealedLength));
        return LenientBase64.Encode(data);
    }
}
