using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.Engine.Secrets;

/// <summary>
/// What is looked for: the bytes of each secret, in the encodings of text that exist, and a few forms that cannot be decoded back, such as a text whose line
/// breaks became spaces. A long secret is cut into overlapping pieces, so that a text which holds only a part of it shows little, and so that no more than a
/// piece must be held back of a text that comes in chunks.
/// </summary>
internal sealed class RedactorForms
{
    internal const int NeedleLengthMin = 4;
    internal const int NeedleLengthMax = 32;

    // Overlapping, so that their masks join whatever stands between the digits of an encoding.
    private const int Stride = NeedleLengthMax - 4;
    private const int LineLengthMin = 8;

    // A longer secret is a file and not something that is typed or put into an address.
    private const int ManyFormsMax = 64 * 1024;

    private readonly HashSet<RedactorNeedle> values = [];
    private readonly HashSet<RedactorNeedle> needles = [];
    private readonly List<byte[]> held = [];

    public IReadOnlyCollection<RedactorNeedle> Needles => needles;

    public bool IsEmpty => needles.Count == 0;

    /// <summary>False when it is known already.</summary>
    public bool AddValue(ReadOnlySpan<byte> utf8)
    {
        var bytes = Hold(utf8.ToArray());
        return values.Add(new RedactorNeedle(bytes, 0, bytes.Length));
    }

    public void AddForms(string value)
    {
        var utf8 = Add(Encoding.UTF8.GetBytes(value));
        if (value.Contains('\\', StringComparison.Ordinal))
        {
            AddDecoded(utf8, RedactorEscape.Backslash);
        }

        if (utf8.Length > ManyFormsMax)
        {
            return;
        }

        if (value.Contains('%', StringComparison.Ordinal))
        {
            AddDecoded(utf8, RedactorEscape.Percent);
        }

        AddText(value.Replace(' ', '+'), value);
        AddText(value.Trim(), value);
        AddText(string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), value);
        foreach (var line in value.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= LineLengthMin))
        {
            AddText(line, value);
        }

        // In plain text these are found by decoding it; within Base64 they are not.
        AddText(JsonEncodedText.Encode(value).Value, value);
        AddText(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value, value);
        AddText(Uri.EscapeDataString(value), value);
        AddText(WebUtility.UrlEncode(value), value);
        AddOtherEncodings(value);
    }

    public void Wipe()
    {
        foreach (var bytes in held)
        {
            CryptographicOperations.ZeroMemory(bytes);
        }

        held.Clear();
        values.Clear();
        needles.Clear();
    }

    private void AddOtherEncodings(string value)
    {
        if (value.All(character => character <= '\u00FF') && value.Any(character => character >= '\u0080'))
        {
            Add(Encoding.Latin1.GetBytes(value));
        }

        Add(Encoding.Unicode.GetBytes(value));
        Add(Encoding.BigEndianUnicode.GetBytes(value));
    }

    private void AddText(string form, string value)
    {
        if (form != value)
        {
            Add(Encoding.UTF8.GetBytes(form));
        }
    }

    private void AddDecoded(byte[] utf8, RedactorEscape escape)
    {
        var decoded = new byte[utf8.Length];
        var length = escape.Decode(utf8, decoded, []);
        Add(decoded[..length]);
        CryptographicOperations.ZeroMemory(decoded);
    }

    private byte[] Add(byte[] form)
    {
        Hold(form);
        for (var at = 0; at + NeedleLengthMax < form.Length; at += Stride)
        {
            needles.Add(new RedactorNeedle(form, at, NeedleLengthMax));
        }

        var last = Math.Min(form.Length, NeedleLengthMax);
        if (last >= NeedleLengthMin)
        {
            needles.Add(new RedactorNeedle(form, form.Length - last, last));
        }

        return form;
    }

    private byte[] Hold(byte[] bytes)
    {
        held.Add(bytes);
        return bytes;
    }
}

/// <summary>A piece of bytes; two of the same content are equal.</summary>
internal readonly struct RedactorNeedle(byte[] bytes, int at, int length) : IEquatable<RedactorNeedle>
{
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(at, length);

    public bool Equals(RedactorNeedle other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is RedactorNeedle other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }
}
