using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>JSON whose texts are templates of <see cref="SecretText"/>.</summary>
public static class SecretJson
{
    /// <summary>The value in UTF-8, with every secret in its place.</summary>
    public static async ValueTask<byte[]> ExpandAsync(JsonElement value, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            await WriteAsync(writer, value, secrets, cancellationToken);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static async ValueTask WriteAsync(Utf8JsonWriter writer, JsonElement value, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    await WriteAsync(writer, property.Value, secrets, cancellationToken);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    await WriteAsync(writer, item, secrets, cancellationToken);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when Scalars.TextOf(value) is { } text && SecretText.IsTemplate(text):
                writer.WriteStringValue(await SecretText.ExpandAsync(text, secrets, cancellationToken));
                break;
            default:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }
}
