using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>One login by NTLM, version 2 (MS-NLMP): the password never leaves this machine, and the key of the session comes out of it.</summary>
internal sealed class Ntlm(string user, string domain, string password)
{
    // Unicode, target, sign, NTLM, always sign, extended security, target information, version, 128 bits, own key, 56 bits.
    private const uint Wishes = 0xE288_8215;
    private const uint HasOwnKey = 0x4000_0000;
    private const int KeyBytes = 16;
    private const int ChallengeBytes = 8;
    private const int HeadBytes = 88;
    private const int ProofOffset = 72;
    private const ushort EndOfList = 0;
    private const ushort FlagsId = 6;
    private const ushort TimeId = 7;
    private const int HasProof = 2;

    private static readonly byte[] signature = "NTLMSSP\0"u8.ToArray();
    private byte[] first = [];

    /// <summary>Known after <see cref="Answer"/>.</summary>
    public byte[] SessionKey { get; private set; } = [];

    /// <summary>The first message.</summary>
    public byte[] Begin()
    {
        first = new byte[40];
        signature.CopyTo(first, 0);
        first[8] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(first.AsSpan(12), Wishes);
        WriteVersion(first.AsSpan(32));
        return first;
    }

    /// <summary>The message that answers the server's challenge; null when that is none.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> challenge, DateTimeOffset now)
    {
        if (challenge.Length < 48 || !challenge.StartsWith(signature) || challenge[8] != 2 || Field(challenge, 40) is not { } information)
        {
            return null;
        }

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(challenge[20..]) & Wishes;
        var (list, time, isTimed) = Told(information);
        var key = HMACMD5.HashData(HashOf(password), Encoding.Unicode.GetBytes(user.ToUpperInvariant() + domain));

        // What is proved: both challenges, the time and what the server said of itself.
        byte[] content =
        [
            1, 1, 0, 0, 0, 0, 0, 0, .. isTimed ? time : BitConverter.GetBytes(now.ToFileTime()), .. RandomNumberGenerator.GetBytes(ChallengeBytes), 0, 0, 0, 0, .. list, 0, 0, 0, 0,
        ];
        var proof = HMACMD5.HashData(key, (byte[])[.. challenge.Slice(24, ChallengeBytes), .. content]);
        var baseKey = HMACMD5.HashData(key, proof);
        SessionKey = (flags & HasOwnKey) != 0 ? RandomNumberGenerator.GetBytes(KeyBytes) : baseKey;
        var message = Written(
            flags, new byte[24], [.. proof, .. content], Encoding.Unicode.GetBytes(domain), Encoding.Unicode.GetBytes(user), [], (flags & HasOwnKey) != 0 ? Rc4(baseKey, SessionKey) : []);
        if (isTimed)
        {
            HMACMD5.HashData(SessionKey, (byte[])[.. first, .. challenge, .. message]).CopyTo(message, ProofOffset);
        }

        return message;
    }

    /// <summary>MD4 (RFC 1320) of the password, which the framework does not have.</summary>
    internal static byte[] HashOf(string password) => Md4(Encoding.Unicode.GetBytes(password));

    internal static byte[] Md4(ReadOnlySpan<byte> text)
    {
        var padded = new byte[((text.Length + 8) / 64 * 64) + 64];
        text.CopyTo(padded);
        padded[text.Length] = 0x80;
        BinaryPrimitives.WriteInt64LittleEndian(padded.AsSpan(padded.Length - 8), text.Length * 8L);
        uint[] state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        var words = new uint[16];
        for (var at = 0; at < padded.Length; at += 64)
        {
            for (var i = 0; i < 16; i++)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(at + (i * 4)));
            }

            AddBlock(state, words);
        }

        var hash = new byte[KeyBytes];
        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(i * 4), state[i]);
        }

        return hash;
    }

    /// <summary>The list without its end, with the server's time and, where it told that, the promise of a proof over all three messages.</summary>
    private static (byte[] List, byte[] Time, bool IsTimed) Told(ReadOnlySpan<byte> list)
    {
        List<byte> kept = [];
        byte[]? time = null;
        while (list.Length >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(list) is var id && id != EndOfList)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(list[2..]);
            if (list.Length < 4 + length)
            {
                break;
            }

            time = id == TimeId && length == 8 ? list.Slice(4, length).ToArray() : time;
            if (id != FlagsId)
            {
                kept.AddRange(list[..(4 + length)]);
            }

            list = list[(4 + length)..];
        }

        if (time is not null)
        {
            kept.AddRange([(byte)FlagsId, 0, 4, 0, HasProof, 0, 0, 0]);
        }

        return ([.. kept, 0, 0, 0, 0], time ?? [], time is not null);
    }

    private static byte[] Written(uint flags, params ReadOnlySpan<byte[]> fields)
    {
        var message = new byte[HeadBytes + fields.ToArray().Sum(field => field.Length)];
        signature.CopyTo(message, 0);
        message[8] = 3;
        var at = HeadBytes;
        for (var i = 0; i < fields.Length; i++)
        {
            var head = message.AsSpan(12 + (i * 8));
            BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)fields[i].Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)fields[i].Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], at);
            fields[i].CopyTo(message, at);
            at += fields[i].Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(60), flags);
        WriteVersion(message.AsSpan(64));
        return message;
    }

    /// <summary>The version of the protocol; of which system it is says nothing.</summary>
    private static void WriteVersion(Span<byte> version) => version[7] = 15;

    private static byte[]? Field(ReadOnlySpan<byte> message, int at)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(message[(at + 4)..]);
        return offset + length <= message.Length ? message.Slice((int)offset, length).ToArray() : null;
    }

    private static void AddBlock(uint[] state, uint[] words)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        ReadOnlySpan<byte> second = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
        ReadOnlySpan<byte> third = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];
        ReadOnlySpan<byte> turns = [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
        for (var step = 0; step < 48; step++)
        {
            var round = step / 16;
            var (mixed, word) = round switch
            {
                0 => ((b & c) | (~b & d), words[step]),
                1 => (((b & c) | (b & d) | (c & d)) + 0x5a827999, words[second[step - 16]]),
                _ => ((b ^ c ^ d) + 0x6ed9eba1, words[third[step - 32]]),
            };
            var turned = uint.RotateLeft(a + mixed + word, turns[(round * 4) + (step % 4)]);
            (a, b, c, d) = (d, turned, b, c);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }

    private static byte[] Rc4(byte[] key, byte[] text)
    {
        var state = new byte[256];
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = (byte)i;
        }

        for (int i = 0, j = 0; i < state.Length; i++)
        {
            j = (j + state[i] + key[i % key.Length]) & 0xFF;
            (state[i], state[j]) = (state[j], state[i]);
        }

        var output = new byte[text.Length];
        for (int at = 0, i = 0, j = 0; at < text.Length; at++)
        {
            i = (i + 1) & 0xFF;
            j = (j + state[i]) & 0xFF;
            (state[i], state[j]) = (state[j], state[i]);
            output[at] = (byte)(text[at] ^ state[(state[i] + state[j]) & 0xFF]);
        }

        return output;
    }
}
