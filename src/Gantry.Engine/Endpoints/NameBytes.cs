using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// Names as bytes and back without loss: valid UTF-8 is text; any other byte 0x80 to 0xFF is the lone surrogate U+DC80 to U+DCFF
/// (the scheme of PEP 383).
/// </summary>
public static class NameBytes
{
    private const int SurrogateBase = 0xDC00;

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[consumed..];
            }
            else
            {
                text.Append((char)(SurrogateBase + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>The number of bytes <see cref="Encode"/> writes.</summary>
    public static int Count(string name) =>
        name.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? Encoding.UTF8.GetByteCount(name) : EncodeSlowly(name).Length;

    /// <summary>Writes the bytes and answers how many. A string that <see cref="Decode"/> never makes fails with BadPath.</summary>
    public static int Encode(string name, Span<byte> bytes)
    {
        if (Utf8.FromUtf16(name, bytes, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            return written;
        }

        var slow = EncodeSlowly(name);
        slow.CopyTo(bytes);
        return slow.Length;
    }

    private static byte[] EncodeSlowly(string name)
    {
        var bytes = new ArrayBufferWriter<byte>(name.Length * 3);
        Span<byte> encoded = stackalloc byte[4];
        for (var i = 0; i < name.Length; i++)
        {
            if (Rune.TryGetRuneAt(name, i, out var rune))
            {
                bytes.Write(encoded[..rune.EncodeToUtf8(encoded)]);
                i += rune.Utf16SequenceLength - 1;
            }
            else if (name[i] is >= '\uDC80' and <= '\uDCFF')
            {
                bytes.Write([(byte)(name[i] - SurrogateBase)]);
            }
            else
            {
                throw new EndpointException(EndpointError.BadPath, "The name holds half of a surrogate pair, which no file system can keep.");
            }
        }

        // Two escapes side by side could spell a character: that would be a second string for the same name.
        return Decode(bytes.WrittenSpan) == name
            ? bytes.WrittenSpan.ToArray()
            : throw new EndpointException(EndpointError.BadPath, "The name spells text in escaped bytes, so that it would be another name once written.");
    }
}
