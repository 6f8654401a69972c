using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Masks the secrets that one execution has seen, wherever they turn up in what it keeps: texts, and inside JSON strings, names and whole numbers. It knows each in plain, URL-encoded
/// and Base64 form. A secret of fewer than four characters is masked only where it is a whole value: masking each of its letters would
/// spell it out.
/// </summary>
public sealed class Redactor
{
    private const string Mask = "***";
    private const int LengthMin = 4;

    private readonly Lock gate = new();
    private volatile string[] parts = [];
    private volatile string[] wholes = [];

    public void Add(Secret secret)
    {
        var value = secret.Reveal();
        if (value.Length == 0)
        {
            return;
        }

        string[] forms = [value, Uri.EscapeDataString(value), Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value))];
        lock (gate)
        {
            if (value.Length < LengthMin)
            {
                wholes = [.. wholes.Union(forms.Take(1), StringComparer.Ordinal)];
                return;
            }

            // The longest first, so that a secret within another leaves no rest of it.
            parts = [.. parts.Union(forms, StringComparer.Ordinal).OrderByDescending(form => form.Length)];
        }
    }

    public string Text(string text)
    {
        if (wholes.Contains(text, StringComparer.Ordinal))
        {
            return Mask;
        }

        foreach (var part in parts)
        {
            text = text.Replace(part, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The same value with every secret masked; the same element when the execution has seen none.</summary>
    public JsonElement Json(JsonElement value)
    {
        if (parts.Length == 0 && wholes.Length == 0)
        {
            return value;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(Text(Scalars.NameOf(property) ?? "\uFFFD"));
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                WriteText(writer, value);
                break;
            case JsonValueKind.Number when Text(value.GetRawText()) == Mask:
                writer.WriteStringValue(Mask);
                break;
            default:
                WriteRaw(writer, value);
                break;
        }
    }

    private void WriteText(Utf8JsonWriter writer, JsonElement value)
    {
        if (Scalars.TextOf(value) is { } text)
        {
            writer.WriteStringValue(Text(text));
        }
        else
        {
            WriteRaw(writer, value);
        }
    }

    private static void WriteRaw(Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}

/// <summary>Finds secrets where another one does, and has what was found masked from then on.</summary>
public sealed class RedactingSecrets(ISecretResolver inner, Redactor redactor) : ISecretResolver
{
    public string Places => inner.Places;

    /// <summary>Masks what was made out of a secret, such as a header that carries it encoded with something else.</summary>
    public void Mask(Secret made) => redactor.Add(made);

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var secret = await inner.FindAsync(name, cancellationToken);
        if (secret is not null)
        {
            redactor.Add(secret);
        }

        return secret;
    }
}
