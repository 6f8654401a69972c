using System.Security.Cryptography;

namespace Gantry.Hub.Keys;

/// <summary>What a key signs. A signature for the one is worth nothing for the other, since the keys are different ones.</summary>
internal enum KeyPurpose
{
    Audit,
    Token,
}

/// <summary>A private key of this hub, in use. It may be used by many at once.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock gate = new();

    public SigningKey(ECDsa key)
    {
        this.key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
        Id = IdOf(PublicKey);
    }

    /// <summary>Names the key in what it signed.</summary>
    public string Id { get; }

    public byte[] PublicKey { get; }

    public static string IdOf(ReadOnlySpan<byte> publicKey) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(publicKey).AsSpan(0, 16));

    public byte[] Sign(ReadOnlySpan<byte> data, DSASignatureFormat format)
    {
        lock (gate) return key.SignData(data, HashAlgorithmName.SHA256, format);
    }

    public void Dispose() => key.Dispose();
}
