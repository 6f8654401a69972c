using System.Buffers.Text;
using System.Security.Cryptography;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault.Keys;

/// <summary>The key that wraps data keys. It is never stored in the database, and its fingerprint tells nothing about it.</summary>
internal sealed class MasterKey : IDisposable
{
    private const int DistinctBytesMin = 17;

    private readonly byte[] key;

    private MasterKey(byte[] key)
    {
        this.key = key;
        Fingerprint = Convert.ToHexStringLower(HMACSHA256.HashData(key, "gantry master key fingerprint"u8)[..8]);
    }

    /// <summary>16 hexadecimal digits, for people and for finding the key again.</summary>
    public string Fingerprint { get; }

    public static MasterKey New()
    {
        var key = GC.AllocateArray<byte>(Envelope.KeyBytes, pinned: true);
        RandomNumberGenerator.Fill(key);
        return new MasterKey(key);
    }

    /// <summary>32 bytes as 64 hexadecimal digits or as base64.</summary>
    /// <param name="place">Where it was given, for the message: "GANTRY_MASTER_KEY".</param>
    /// <exception cref="HubStartException">It is no such key, or one that can be guessed. The message does not repeat it.</exception>
    public static MasterKey Parse(ReadOnlySpan<char> text, string place)
    {
        var key = GC.AllocateArray<byte>(Envelope.KeyBytes, pinned: true);
        if (!TryRead(text, key))
            throw Refuse($"{place} is no master key: that is 32 random bytes, written as 64 hexadecimal digits or as 44 characters of base64.");
        if (IsGuessable(key))
        {
            CryptographicOperations.ZeroMemory(key);
            throw Refuse($"{place} is a master key that can be guessed: its bytes repeat, count up or are a text.");
        }

        return new MasterKey(key);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public string Write() => Convert.ToBase64String(key);

    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated) => Envelope.Seal(key, plain, associated);

    /// <inheritdoc cref="Envelope.TryOpen"/>
    public byte[]? TryOpen(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associated) => Envelope.TryOpen(key, envelope, associated);

    public override string ToString() => Fingerprint;

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    private static bool TryRead(ReadOnlySpan<char> text, Span<byte> key) => text.Length switch
    {
        2 * Envelope.KeyBytes => Convert.FromHexString(text, key, out _, out var written) == System.Buffers.OperationStatus.Done && written == Envelope.KeyBytes,
        43 or 44 => text.ContainsAny('-', '_')
            ? Base64Url.TryDecodeFromChars(text, key, out var written) && written == Envelope.KeyBytes
            : Convert.TryFromBase64Chars(text.Length == 43 ? $"{text}=" : text, key, out var count) && count == Envelope.KeyBytes,
        _ => false,
    };

    /// <summary>Of random keys fewer than one in 10^12 has one of these forms.</summary>
    private static bool IsGuessable(ReadOnlySpan<byte> key)
    {
        var distinct = new HashSet<byte>();
        var isText = true;
        var isCounting = true;
        var isHalfTwice = key[..(key.Length / 2)].SequenceEqual(key[(key.Length / 2)..]);
        for (var i = 0; i < key.Length; i++)
        {
            distinct.Add(key[i]);
            isText &= key[i] is >= 0x20 and < 0x7f or (byte)'\t' or (byte)'\n' or (byte)'\r';
            isCounting &= i < 2 || (byte)(key[i] - key[i - 1]) == (byte)(key[1] - key[0]);
        }

        return distinct.Count < DistinctBytesMin || isText || isCounting || isHalfTwice;
    }

    private static HubStartException Refuse(string message) => new($"{message} 'openssl rand -base64 32' makes one.");
}
