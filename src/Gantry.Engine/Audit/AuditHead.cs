using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gantry.Engine.Audit;

/// <summary>The last line of an exported log: where the chain ends, what the file holds, and the hub's signature under it.</summary>
public sealed record AuditHead
{
    /// <summary>Where the chain of the hub ends.</summary>
    public required long Position { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>How many entries the file holds.</summary>
    public required long Entries { get; init; }

    /// <summary>See <see cref="AuditChain.Digest"/>.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>The file holds every entry from the first to the last; else only those of one workspace.</summary>
    public required bool IsWhole { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The public key (SubjectPublicKeyInfo) that the signature is made with.</summary>
    public byte[] PublicKey { get; init; } = [];

    /// <summary>ECDSA on P-256 with SHA-256, in the form of RFC 3279.</summary>
    public byte[] Signature { get; init; } = [];

    /// <summary>By which people compare keys.</summary>
    public string Fingerprint => FingerprintOf(PublicKey);

    public static string FingerprintOf(ReadOnlySpan<byte> publicKey) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(publicKey)).TrimEnd('=');

    /// <summary>What is signed.</summary>
    public byte[] SignedBytes => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"gantry audit export 1\n{Position}\n{Convert.ToHexStringLower(Hash)}\n{Entries}\n{Convert.ToHexStringLower(Digest)}\n{IsWhole}\n{AuditEntry.Format(Time)}\n"));

    public bool IsSigned()
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(PublicKey, out _);
            return key.KeySize == 256 && key.VerifyData(SignedBytes, Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("head");
        json.WriteNumber("position", Position);
        json.WriteString("hash", Convert.ToHexStringLower(Hash));
        json.WriteNumber("entries", Entries);
        json.WriteString("digest", Convert.ToHexStringLower(Digest));
        json.WriteBoolean("is_whole", IsWhole);
        json.WriteString("time", AuditEntry.Format(Time));
        json.WriteString("public_key", Convert.ToBase64String(PublicKey));
        json.WriteString("signature", Convert.ToBase64String(Signature));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is no head; the message says what is wrong with it.</exception>
    public static AuditHead Read(JsonElement line)
    {
        var members = new AuditMembers(line);
        var inner = new AuditMembers(members.Object("head"));
        members.RefuseOthers();
        var head = new AuditHead
        {
            Position = inner.Number("position"),
            Hash = inner.Hash("hash"),
            Entries = inner.Number("entries"),
            Digest = inner.Hash("digest"),
            IsWhole = inner.Boolean("is_whole"),
            Time = DateTimeOffset.TryParse(inner.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
                : throw new FormatException("its 'time' is no time"),
            PublicKey = inner.Bytes("public_key"),
            Signature = inner.Bytes("signature"),
        };
        inner.RefuseOthers();
        return head;
    }
}
