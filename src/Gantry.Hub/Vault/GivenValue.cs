using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gantry.Hub.Vault;

/// <summary>A secret text out of a request's body, in UTF-8 that is wiped. It is never written anywhere.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class GivenValue(byte[] bytes) : IDisposable
{
    public const int BytesMax = 64 * 1024;

    public ReadOnlySpan<byte> Bytes => bytes;

    public override string ToString() => "***";

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    private sealed class Converter : JsonConverter<GivenValue>
    {
        public override GivenValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String) throw new JsonException();
            var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;

            // Escaped, a text is up to six times as long.
            if (length > 6 * BytesMax) throw TooLong();
            var buffer = GC.AllocateUninitializedArray<byte>((int)length, pinned: true);
            try
            {
                var written = reader.CopyString(buffer);
                if (written > BytesMax) throw TooLong();
                var value = GC.AllocateUninitializedArray<byte>(written, pinned: true);
                buffer.AsSpan(0, written).CopyTo(value);
                return new GivenValue(value);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }

        public override void Write(Utf8JsonWriter writer, GivenValue value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not written to JSON.");

        private static Web.ProblemException TooLong() => new(StatusCodes.Status413PayloadTooLarge, $"A credential's value is larger than {BytesMax / 1024} KiB.");
    }
}
