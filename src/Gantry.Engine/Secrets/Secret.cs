using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gantry.Engine.Secrets;

/// <summary>A value that nobody may see by accident: it prints ***, and it cannot be serialised.</summary>
[JsonConverter(typeof(RefusingConverter))]
public sealed class Secret : IEquatable<Secret>
{
    private readonly string value;

    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>The plain value, for the one line that hands it to whom it is for.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";

    public bool Equals(Secret? other) =>
        other is not null && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.UTF8.GetBytes(value), System.Text.Encoding.UTF8.GetBytes(other.value));

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
