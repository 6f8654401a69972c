using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Masks the secrets it was given, wherever they turn up in a text or in JSON: plain, percent-encoded, escaped as JSON, C or HTML do it, in Base64 at any
/// place of a longer one, in hexadecimal digits, and these within each other. Other sides give back what they were sent, and in forms of their own: so it is
/// the text that is decoded, instead of every form of every secret being looked for. A secret of fewer than four characters is masked only where it is a
/// whole value: masking each of its letters would spell it out.
/// </summary>
public sealed class Redactor : IDisposable
{
    internal const string Mask = "***";
    private const int LengthMin = 4;

    private readonly Lock gate = new();
    private readonly RedactorForms forms = new();
    private readonly SecretsInUse? inUse;
    private RedactorIndex? index;
    private volatile string[] wholes = [];
    private bool isDisposed;

    public Redactor()
    {
    }

    internal Redactor(SecretsInUse inUse) => this.inUse = inUse;

    /// <summary>From now on masked; the secret itself may be wiped.</summary>
    public void Add(Secret secret)
    {
        lock (gate)
        {
            var value = isDisposed ? "" : secret.Reveal();
            if (value.Length == 0 || !forms.AddValue(secret.Utf8))
            {
                return;
            }

            if (value.Length < LengthMin)
            {
                wholes = [.. wholes, value];
                return;
            }

            forms.AddForms(value);
            Volatile.Write(ref index, null);
        }
    }

    /// <summary>The text with *** in place of what is secret; the same text when nothing is.</summary>
    public string Text(string text) => wholes.Contains(text, StringComparer.Ordinal) ? Mask : RedactorScan.Mask(text, Index);

    /// <summary>The same value with every secret masked, in names, texts and whole numbers; the same element when nothing is secret.</summary>
    public JsonElement Json(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (wholes.Length == 0 && (Index.IsEmpty || (!raw.Contains((byte)'\\') && !RedactorScan.IsIn(raw, Index))))
        {
            return value;
        }

        var buffer = new ArrayBufferWriter<byte>(raw.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>Forgets the secrets, and overwrites its copies of them. What it is asked afterwards comes back as it is.</summary>
    public void Dispose()
    {
        inUse?.End(this);
        lock (gate)
        {
            isDisposed = true;
            forms.Wipe();
            wholes = [];
            Volatile.Write(ref index, null);
        }
    }

    internal RedactorIndex Index
    {
        get
        {
            if (Volatile.Read(ref index) is { } ready)
            {
                return ready;
            }

            lock (gate)
            {
                return index ??= forms.IsEmpty ? RedactorIndex.Empty : new RedactorIndex(forms.Needles);
            }
        }
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
