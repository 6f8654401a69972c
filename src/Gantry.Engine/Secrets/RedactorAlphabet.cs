namespace Gantry.Engine.Secrets;

/// <summary>
/// One way in which bytes are written as symbols: themselves, two hexadecimal digits each, or Base64. A piece of bytes can begin in several ways within
/// Base64, one for each place in a group of three; it is compared by the symbols that consist of nothing but its own bits.
/// </summary>
internal interface IRedactorAlphabet
{
    /// <summary>Beyond every symbol: stands between the digits of one text.</summary>
    const byte Skip = 0xFE;

    /// <summary>Beyond every symbol: ends it.</summary>
    const byte Break = 0xFF;

    static abstract int Alignments { get; }

    /// <summary>The symbol of each byte; <see cref="Skip"/> and <see cref="Break"/> only where there are separators.</summary>
    static abstract byte[] Symbols { get; }

    static abstract bool HasSeparators { get; }

    /// <summary>How many symbols are compared.</summary>
    static abstract int Count(int length, int alignment);

    static abstract byte Symbol(ReadOnlySpan<byte> needle, int alignment, int index);

    /// <summary>How many symbols before and behind those that are compared hold some of the bits as well.</summary>
    static abstract (int Before, int Behind) Edges(int length, int alignment);
}

internal readonly struct RedactorBytes : IRedactorAlphabet
{
    public static int Alignments => 1;

    public static byte[] Symbols { get; } = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    public static bool HasSeparators => false;

    public static int Count(int length, int alignment) => length;

    public static byte Symbol(ReadOnlySpan<byte> needle, int alignment, int index) => needle[index];

    public static (int Before, int Behind) Edges(int length, int alignment) => (0, 0);
}

/// <summary>73:65:63, 73 65 63 or 736563, in small or capital letters.</summary>
internal readonly struct RedactorHex : IRedactorAlphabet
{
    public static int Alignments => 1;

    public static byte[] Symbols { get; } = RedactorSymbols.Of("0123456789abcdef", skipped: " :-,.\r\n\t", ("ABCDEF", 10));

    public static bool HasSeparators => true;

    public static int Count(int length, int alignment) => 2 * length;

    public static byte Symbol(ReadOnlySpan<byte> needle, int alignment, int index) =>
        (byte)(index % 2 == 0 ? needle[index / 2] >> 4 : needle[index / 2] & 15);

    public static (int Before, int Behind) Edges(int length, int alignment) => (0, 0);
}

/// <summary>With '+' and '/' or '-' and '_', in one line or in many.</summary>
internal readonly struct RedactorBase64 : IRedactorAlphabet
{
    public static int Alignments => 3;

    public static byte[] Symbols { get; } =
        RedactorSymbols.Of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", skipped: "\r\n\t ", ("-_", 62));

    public static bool HasSeparators => true;

    public static int Count(int length, int alignment) => ((Offset(alignment) + (8 * length)) / 6) - Edges(length, alignment).Before;

    public static byte Symbol(ReadOnlySpan<byte> needle, int alignment, int index)
    {
        var bit = (6 * (index + Edges(needle.Length, alignment).Before)) - Offset(alignment);
        var at = bit / 8;
        var two = (needle[at] << 8) | (at + 1 < needle.Length ? needle[at + 1] : 0);
        return (byte)((two >> (10 - (bit % 8))) & 63);
    }

    public static (int Before, int Behind) Edges(int length, int alignment) =>
        (alignment == 0 ? 0 : 1, (Offset(alignment) + (8 * length)) % 6 == 0 ? 0 : 1);

    /// <summary>How many bits of the first symbol belong to what stands before.</summary>
    private static int Offset(int alignment) => 2 * alignment;
}

internal static class RedactorSymbols
{
    public static byte[] Of(string symbols, string skipped, (string Symbols, int First) others)
    {
        var table = new byte[256];
        Array.Fill(table, IRedactorAlphabet.Break);
        foreach (var character in skipped)
        {
            table[character] = IRedactorAlphabet.Skip;
        }

        foreach (var (list, first) in new[] { (symbols, 0), others })
        {
            for (var i = 0; i < list.Length; i++)
            {
                table[list[i]] = (byte)(first + i);
            }
        }

        return table;
    }
}
