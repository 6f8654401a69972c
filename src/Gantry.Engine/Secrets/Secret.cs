using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gantry.Engine.Secrets;

/// <summary>
/// A value that nobody may see by accident: it prints ***, and it cannot be serialised. It rests in bytes that the collector never moves, so that disposing of
/// it leaves no copy of its own behind; the texts that <see cref="Reveal"/> makes belong to whoever asks for them.
/// </summary>
[JsonConverter(typeof(RefusingConverter))]
public sealed class Secret : IEquatable<Secret>, IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] utf8;
    private volatile bool isWiped;

    /// <summary>Half of a surrogate pair in the value fails with <see cref="SecretException"/>: nothing can send or store it.</summary>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            utf8 = GC.AllocateUninitializedArray<byte>(StrictUtf8.GetByteCount(value), pinned: true);
            StrictUtf8.GetBytes(value, utf8);
        }
        catch (EncoderFallbackException)
        {
            throw new SecretException("A secret holds half of a surrogate pair, which is no character.");
        }
    }

    /// <summary>A copy of these bytes; what is not UTF-8 fails with <see cref="SecretException"/>.</summary>
    public Secret(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw new SecretException("A secret is not UTF-8. Keep binary content in Base64.");
        }

        this.utf8 = GC.AllocateUninitializedArray<byte>(utf8.Length, pinned: true);
        utf8.CopyTo(this.utf8);
    }

    /// <summary>The hosts it may be sent to, as <see cref="Secrets.AllowedHosts.Normalise"/> makes them; empty means any. Whoever sends it looks.</summary>
    public IReadOnlyList<string> AllowedHosts { get; private set; } = [];

    /// <summary>The value's own bytes, for whoever needs no text of it; they are gone when it is disposed of.</summary>
    public ReadOnlySpan<byte> Utf8
    {
        get
        {
            ObjectDisposedException.ThrowIf(isWiped, this);
            return utf8;
        }
    }

    /// <summary>The plain value, for the one line that hands it to whom it is for.</summary>
    public string Reveal() => Encoding.UTF8.GetString(Utf8);

    /// <summary>The same secret, which is from now on sent to these hosts only. For whoever made it, before anybody else has it.</summary>
    public Secret For(IReadOnlyList<string> allowedHosts)
    {
        AllowedHosts = allowedHosts;
        return this;
    }

    /// <summary>Overwrites the value. Whoever made the secret decides when nobody needs it any more.</summary>
    public void Dispose()
    {
        isWiped = true;
        CryptographicOperations.ZeroMemory(utf8);
    }

    public override string ToString() => "***";

    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(Utf8, other.Utf8);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <summary>Constant, so that a hash tells nothing about the value.</summary>
    public override int GetHashCode() => 0;

    private sealed class RefusingConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not read from JSON.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not written to JSON.");
    }
}
