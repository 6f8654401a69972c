using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>Signs one session's messages and checks those of the server: by HMAC-SHA256 in SMB 2, by AES-128-CMAC in SMB 3 (MS-SMB2, 3.1.4.1). For one thread at a time.</summary>
internal sealed class SmbSigner : IDisposable
{
    private const int BlockBytes = 16;
    private const int SignatureOffset = 48;

    private readonly byte[] key;
    private readonly Aes? aes;
    private readonly byte[] ofWholeBlocks = new byte[BlockBytes];
    private readonly byte[] ofOthers = new byte[BlockBytes];

    /// <param name="dialect">As the server chose it.</param>
    /// <param name="sessionKey">Of the login.</param>
    /// <param name="history">The hash of all that led to the login (SMB 3.1.1).</param>
    public SmbSigner(int dialect, ReadOnlySpan<byte> sessionKey, ReadOnlySpan<byte> history)
    {
        key = dialect switch
        {
            < SmbDialect.Smb30 => sessionKey.ToArray(),
            SmbDialect.Smb311 => Derived(sessionKey, "SMBSigningKey\0"u8, history),
            _ => Derived(sessionKey, "SMB2AESCMAC\0"u8, "SmbSign\0"u8),
        };
        if (dialect >= SmbDialect.Smb30)
        {
            aes = Aes.Create();
            aes.Key = key;
            aes.EncryptEcb(new byte[BlockBytes], ofWholeBlocks, PaddingMode.None);
            Double(ofWholeBlocks);
            ofWholeBlocks.CopyTo(ofOthers, 0);
            Double(ofOthers);
        }
    }

    public void Sign(Span<byte> message)
    {
        var signature = message.Slice(SignatureOffset, BlockBytes);
        signature.Clear();
        Compute(message, signature);
    }

    public bool IsGood(ReadOnlySpan<byte> message)
    {
        Span<byte> computed = stackalloc byte[BlockBytes];
        var copy = ArrayPool<byte>.Shared.Rent(message.Length);
        try
        {
            message.CopyTo(copy);
            copy.AsSpan(SignatureOffset, BlockBytes).Clear();
            Compute(copy.AsSpan(0, message.Length), computed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        return CryptographicOperations.FixedTimeEquals(computed, message.Slice(SignatureOffset, BlockBytes));
    }

    public void Dispose() => aes?.Dispose();

    private void Compute(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (aes is null)
        {
            Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(key, message, hash);
            hash[..BlockBytes].CopyTo(signature);
            return;
        }

        // CMAC (RFC 4493) is the last block of CBC, whose last block of content is changed first.
        var length = (message.Length + BlockBytes - 1) / BlockBytes * BlockBytes;
        var blocks = ArrayPool<byte>.Shared.Rent(length * 2);
        try
        {
            var content = blocks.AsSpan(0, length);
            var chained = blocks.AsSpan(length, length);
            message.CopyTo(content);
            content[message.Length..].Clear();
            var isWhole = length == message.Length;
            if (!isWhole)
            {
                content[message.Length] = 0x80;
            }

            var last = content[^BlockBytes..];
            var change = isWhole ? ofWholeBlocks : ofOthers;
            for (var i = 0; i < BlockBytes; i++)
            {
                last[i] ^= change[i];
            }

            Span<byte> begin = stackalloc byte[BlockBytes];
            begin.Clear();
            aes.EncryptCbc(content, begin, chained, PaddingMode.None);
            chained[^BlockBytes..].CopyTo(signature);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(blocks);
        }
    }

    /// <summary>In the field of 2^128, as RFC 4493 has it.</summary>
    private static void Double(Span<byte> block)
    {
        var isCarried = (block[0] & 0x80) != 0;
        for (var i = 0; i < BlockBytes; i++)
        {
            block[i] = (byte)((block[i] << 1) | (i + 1 < BlockBytes ? block[i + 1] >> 7 : 0));
        }

        if (isCarried)
        {
            block[^1] ^= 0x87;
        }
    }

    /// <summary>SP 800-108 in counter mode, for 128 bits.</summary>
    private static byte[] Derived(ReadOnlySpan<byte> from, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context)
    {
        const int Bits = 128;
        var input = new byte[sizeof(int) + label.Length + 1 + context.Length + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(input, 1);
        label.CopyTo(input.AsSpan(sizeof(int)));
        context.CopyTo(input.AsSpan(sizeof(int) + label.Length + 1));
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(input.Length - sizeof(int)), Bits);
        return HMACSHA256.HashData(from, input)[..(Bits / 8)];
    }
}

/// <summary>Versions of SMB, as they are said on the line.</summary>
internal static class SmbDialect
{
    public const int Smb21 = 0x0210;
    public const int Smb30 = 0x0300;
    public const int Smb302 = 0x0302;
    public const int Smb311 = 0x0311;
}
