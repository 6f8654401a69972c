using System.Buffers;
using System.Text;

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
        if (System.Text.Unicode.Utf8.IsValid(bytes))
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
    public static int Count(string name) => HasEscapes(name) ? EncodeSlowly(name).Length : Encoding.UTF8.GetByteCount(name);

    /// <summary>Writes the bytes and answers how many.</summary>
    public static int Encode(string name, Span<byte> bytes)
    {
        if (!HasEscapes(name))
        {
            return Encoding.UTF8.GetBytes(name, bytes);
        }

        var slow = EncodeSlowly(name);
        slow.CopyTo(bytes);
        return slow.Length;
    }

    private static bool HasEscapes(string name) => name.AsSpan().IndexOfAnyInRange('\uDC80', '\uDCFF') >= 0;

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

        return bytes.WrittenSpan.ToArray();
    }
}
