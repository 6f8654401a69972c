using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Masks the secrets that one execution has seen, wherever they turn up in what it keeps: texts, and inside JSON strings, names and whole numbers.
/// It knows each in plain, URL-encoded, Base64 and JSON-escaped form, since other sides give back as text what they were sent. A secret of fewer
/// than four characters is masked only where it is a whole value: masking each of its letters would spell it out.
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

        var forms = FormsOf(value);
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

    /// <summary>The plain one first.</summary>
    private static string[] FormsOf(string value)
    {
        var padded = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        var base64 = padded.TrimEnd('=');
        var wellFormed = string.Concat(value.EnumerateRunes());
        var escaped = JsonEncodedText.Encode(wellFormed).Value;
        return
        [
            value,
            Uri.EscapeDataString(value),
            WebUtility.UrlEncode(value),
            padded,
            base64,
            base64.Replace('+', '-').Replace('/', '_'),
            escaped,
            escaped.Replace("\\u0022", "\\\"", StringComparison.Ordinal),
            JsonEncodedText.Encode(wellFormed, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
        ];
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
