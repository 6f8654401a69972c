using System.Globalization;
using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>A way of writing characters by others, and how it is read. What is no such writing stays as it is.</summary>
internal sealed class RedactorEscape
{
    private static readonly (byte[] Name, byte Value)[] Entities =
    [
        ([.. "&amp;"u8], (byte)'&'), ([.. "&lt;"u8], (byte)'<'), ([.. "&gt;"u8], (byte)'>'), ([.. "&quot;"u8], (byte)'"'), ([.. "&apos;"u8], (byte)'\''),
    ];

    private readonly Reader read;

    private RedactorEscape(byte opening, Reader read) => (Opening, this.read) = (opening, read);

    /// <summary>Reads the escape at the beginning: how many bytes it takes and which it stands for; 0 when it is none.</summary>
    private delegate int Reader(ReadOnlySpan<byte> text, Span<byte> decoded, out int count);

    /// <summary>%C3%A4, as in addresses.</summary>
    public static RedactorEscape Percent { get; } = new((byte)'%', ReadPercent);

    /// <summary>\n, \", \/, \u00e4, \xe4 and \344, as in JSON, in programs and in what ssh prints.</summary>
    public static RedactorEscape Backslash { get; } = new((byte)'\\', ReadBackslash);

    /// <summary>&amp;amp; and &amp;#39;, as in HTML and XML.</summary>
    public static RedactorEscape Entity { get; } = new((byte)'&', ReadEntity);

    public static IReadOnlyList<RedactorEscape> All { get; } = [Percent, Backslash, Entity];

    public byte Opening { get; }

    /// <summary>Decodes into a buffer that is as long as the text; answers the length. Where wanted, notes from which byte each comes.</summary>
    public int Decode(ReadOnlySpan<byte> text, Span<byte> decoded, Span<int> origins)
    {
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var rest = text[at..];
            var plain = rest.IndexOf(Opening);
            plain = plain < 0 ? rest.Length : plain;
            rest[..plain].CopyTo(decoded[length..]);
            Note(origins, length, plain, at, step: 1);
            (length, at) = (length + plain, at + plain);
            if (at == text.Length)
            {
                break;
            }

            var taken = read(text[at..], decoded[length..], out var count);
            if (taken == 0)
            {
                (decoded[length], taken, count) = (Opening, 1, 1);
            }

            Note(origins, length, count, at, step: 0);
            (length, at) = (length + count, at + taken);
        }

        return length;
    }

    private static void Note(Span<int> origins, int from, int count, int origin, int step)
    {
        if (origins.IsEmpty)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            origins[from + i] = origin + (i * step);
        }
    }

    private static int ReadPercent(ReadOnlySpan<byte> text, Span<byte> decoded, out int count)
    {
        count = 1;
        return text.Length >= 3 && TryNumber(text[1..3], NumberStyles.HexNumber, decoded, out _) ? 3 : 0;
    }

    private static int ReadBackslash(ReadOnlySpan<byte> text, Span<byte> decoded, out int count)
    {
        count = 1;
        if (text.Length < 2)
        {
            return 0;
        }

        switch ((char)text[1])
        {
            case 'u':
                return ReadUnicode(text, decoded, out count);
            case 'x':
                return text.Length >= 4 && TryNumber(text[2..4], NumberStyles.HexNumber, decoded, out _) ? 4 : 0;
            case >= '0' and <= '3' when text.Length >= 4 && IsOctal(text[2]) && IsOctal(text[3]):
                decoded[0] = (byte)(((text[1] - '0') << 6) | ((text[2] - '0') << 3) | (text[3] - '0'));
                return 4;
            case var letter when "ntrbfv0ae".IndexOf(letter, StringComparison.Ordinal) is var index and >= 0:
                decoded[0] = "\n\t\r\b\f\v\0\a\u001B"u8[index];
                return 2;
            case '"' or '\'' or '\\' or '/' or ' ' or '$' or '`' or '&':
                decoded[0] = text[1];
                return 2;
            default:
                return 0;
        }
    }

    /// <summary>\u00e4, \u{e4}, and two that are one character together.</summary>
    private static int ReadUnicode(ReadOnlySpan<byte> text, Span<byte> decoded, out int count)
    {
        count = 0;
        var close = text.Length > 3 && text[2] == '{' ? text[..Math.Min(text.Length, 11)].IndexOf((byte)'}') : -1;
        var digits = close > 0 ? text[3..close] : text.Length >= 6 ? text[2..6] : [];
        if (digits.IsEmpty || !TryNumber(digits, NumberStyles.HexNumber, [], out var code))
        {
            return 0;
        }

        var taken = close > 0 ? close + 1 : 6;
        if (char.IsHighSurrogate((char)code) && code <= char.MaxValue && text.Length >= 12 && text[6] == '\\' && text[7] == 'u'
            && TryNumber(text[8..12], NumberStyles.HexNumber, [], out var low) && char.IsLowSurrogate((char)low))
        {
            (code, taken) = (char.ConvertToUtf32((char)code, (char)low), 12);
        }

        return Encode(code, decoded, out count) ? taken : 0;
    }

    private static int ReadEntity(ReadOnlySpan<byte> text, Span<byte> decoded, out int count)
    {
        count = 1;
        foreach (var (name, value) in Entities)
        {
            if (text.StartsWith(name))
            {
                decoded[0] = value;
                return name.Length;
            }
        }

        var end = text.Length > 3 && text[1] == '#' ? text[..Math.Min(text.Length, 10)].IndexOf((byte)';') : -1;
        if (end < 0)
        {
            return 0;
        }

        var isHex = text[2] is (byte)'x' or (byte)'X';
        return TryNumber(text[(isHex ? 3 : 2)..end], isHex ? NumberStyles.HexNumber : NumberStyles.None, [], out var code)
            && Encode(code, decoded, out count) ? end + 1 : 0;
    }

    /// <summary>Every escape is at least as long as the character it stands for.</summary>
    private static bool Encode(int code, Span<byte> decoded, out int count)
    {
        var rune = Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar;
        return rune.TryEncodeToUtf8(decoded, out count);
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, NumberStyles style, Span<byte> decoded, out int number)
    {
        number = 0;
        if (digits.IsEmpty || digits.IndexOfAnyExcept("0123456789abcdefABCDEF"u8) >= 0 || !int.TryParse(digits, style, CultureInfo.InvariantCulture, out number))
        {
            return false;
        }

        if (!decoded.IsEmpty)
        {
            decoded[0] = (byte)number;
        }

        return true;
    }

    private static bool IsOctal(byte digit) => digit is >= (byte)'0' and <= (byte)'7';
}
