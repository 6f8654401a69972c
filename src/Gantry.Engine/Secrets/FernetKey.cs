using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>A key of <see cref="Fernet"/>: 16 bytes that sign and 16 that encrypt. It prints ***.</summary>
public sealed class FernetKey : IDisposable
{
    public const int Length = 32;

    private readonly byte[] bytes;

    /// <summary>A copy of these 32 bytes.</summary>
    public FernetKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A Fernet key has {Length} bytes.", nameof(bytes));
        }

        this.bytes = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        bytes.CopyTo(this.bytes);
    }

    internal ReadOnlySpan<byte> Signing => bytes.AsSpan(0, 16);

    internal byte[] Encrypting => bytes[16..];

    public static FernetKey Create()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        FernetKey key = new(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>A key as Python's cryptography takes it, with whatever its decoder passes over; null when it is none.</summary>
    public static FernetKey? Parse(ReadOnlySpan<byte> text)
    {
        if (LenientBase64.Decode(text) is not { } bytes)
        {
            return null;
        }

        var key = bytes.Length == Length ? new FernetKey(bytes) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>The key as text, in the form that Python's cryptography reads.</summary>
    public Secret Export() => new(LenientBase64.Encode(bytes));

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    public override string ToString() => "***";

    /// <summary>Null when the text holds something that is no key. Keys are parted by commas or line breaks; the first one encrypts.</summary>
    public static IReadOnlyList<FernetKey>? ParseList(string text)
    {
        List<FernetKey> keys = [];
        foreach (var part in text.Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Parse(Encoding.UTF8.GetBytes(part)) is not { } key)
            {
                keys.ForEach(made => made.Dispose());
                return null;
            }

            keys.Add(key);
        }

        return keys.Count == 0 ? null : keys;
    }
}
