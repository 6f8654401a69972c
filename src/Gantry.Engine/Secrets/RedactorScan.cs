using System.Buffers;
using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Goes through one text: as it is, and with its escapes decoded up to two deep, each time in every alphabet. Takes a time that grows with the text, and not
/// with the number of secrets; a text without any is not copied.
/// </summary>
internal static class RedactorScan
{
    private const int Depth = 2;
    private const int StackMax = 512;

    [ThreadStatic]
    private static List<(int Start, int End)>? spare;

    public static string Mask(string text, RedactorIndex index)
    {
        if (index.IsEmpty)
        {
            return text;
        }

        // Mostly there is nothing to be found, and then nothing is allocated.
        var ranges = spare ?? [];
        spare = null;
        Find(text, index, ranges);
        text = Mask(text, ranges);
        ranges.Clear();
        spare = ranges;
        return text;
    }

    /// <summary>Masks what was found. What overlaps or touches becomes one, so that nothing is left between two secrets that share a part.</summary>
    public static string Mask(string text, List<(int Start, int End)> ranges)
    {
        if (ranges.Count == 0)
        {
            return text;
        }

        var masked = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (start, end) in Merge(ranges))
        {
            masked.Append(text, at, start - at).Append(Redactor.Mask);
            at = end;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Adds where something is secret, in no order and with excluded ends.</summary>
    public static void Find(ReadOnlySpan<char> text, RedactorIndex index, List<(int Start, int End)> ranges)
    {
        if (index.IsEmpty || text.Length < RedactorForms.NeedleLengthMin)
        {
            return;
        }

        if (!Ascii.IsValid(text))
        {
            SearchUnicode(text, index, ranges);
            return;
        }

        var rented = text.Length <= StackMax ? null : ArrayPool<byte>.Shared.Rent(text.Length);
        var bytes = rented is null ? stackalloc byte[StackMax] : rented;
        Encoding.ASCII.GetBytes(text, bytes);
        Search(new Layer(bytes[..text.Length], []), index, Depth, ranges);
        bytes[..text.Length].Clear();
        Return(rented);
    }

    /// <summary>Whether there is something secret in a text in UTF-8.</summary>
    public static bool IsIn(ReadOnlySpan<byte> utf8, RedactorIndex index) => Search(new Layer(utf8, []), index, Depth, null);

    /// <summary>In order and apart from each other.</summary>
    public static List<(int Start, int End)> Merge(List<(int Start, int End)> ranges)
    {
        ranges.Sort();
        var count = 0;
        for (var i = 0; i < ranges.Count; i++)
        {
            var range = ranges[i];
            if (count > 0 && range.Start <= ranges[count - 1].End)
            {
                ranges[count - 1] = (ranges[count - 1].Start, Math.Max(ranges[count - 1].End, range.End));
            }
            else
            {
                ranges[count++] = range;
            }
        }

        ranges.RemoveRange(count, ranges.Count - count);
        return ranges;
    }

    private static void SearchUnicode(ReadOnlySpan<char> text, RedactorIndex index, List<(int Start, int End)> ranges)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(3 * text.Length);
        var places = ArrayPool<int>.Shared.Rent((3 * text.Length) + 1);
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var taken);
            var count = rune.EncodeToUtf8(bytes.AsSpan(length));
            places.AsSpan(length, count).Fill(at);
            (at, length) = (at + taken, length + count);
        }

        places[length] = text.Length;
        Search(new Layer(bytes.AsSpan(0, length), places.AsSpan(0, length + 1)), index, Depth, ranges);
        bytes.AsSpan(0, length).Clear();
        Return(bytes);
        ArrayPool<int>.Shared.Return(places);
    }

    private static bool Search(Layer layer, RedactorIndex index, int depth, List<(int Start, int End)>? ranges)
    {
        var first = ranges?.Count ?? 0;
        var isFound = index.Bytes.Find(layer.Bytes, ranges) | index.Hex.Find(layer.Bytes, ranges);
        var padded = ranges?.Count ?? 0;
        isFound |= index.Base64.Find(layer.Bytes, ranges);
        for (var i = first; i < ranges?.Count; i++)
        {
            ranges[i] = layer.Place(i < padded ? ranges[i] : layer.Padded(ranges[i]));
        }

        foreach (var escape in RedactorEscape.All)
        {
            var isEnough = isFound && ranges is null;
            if (depth > 0 && !isEnough && layer.Bytes.Contains(escape.Opening))
            {
                isFound |= SearchDecoded(layer, escape, index, depth - 1, ranges);
            }
        }

        return isFound;
    }

    private static bool SearchDecoded(Layer layer, RedactorEscape escape, RedactorIndex index, int depth, List<(int Start, int End)>? ranges)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(layer.Bytes.Length);
        var places = ArrayPool<int>.Shared.Rent(layer.Bytes.Length + 1);
        var length = escape.Decode(layer.Bytes, bytes, places);
        var isFound = false;
        if (length < layer.Bytes.Length)
        {
            for (var i = 0; i < length; i++)
            {
                places[i] = layer.Place(places[i]);
            }

            places[length] = layer.Place(layer.Bytes.Length);
            isFound = Search(new Layer(bytes.AsSpan(0, length), places.AsSpan(0, length + 1)), index, depth, ranges);
        }

        bytes.AsSpan(0, length).Clear();
        Return(bytes);
        ArrayPool<int>.Shared.Return(places);
        return isFound;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A text in bytes, and where in the first text each of them comes from; without places, each from its own.</summary>
    private readonly ref struct Layer(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> places)
    {
        private readonly ReadOnlySpan<int> places = places;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public int Place(int at) => places.IsEmpty ? at : places[at];

        /// <summary>With the '=' behind it that fill up Base64.</summary>
        public (int Start, int End) Padded((int Start, int End) range)
        {
            var padding = Bytes[range.End..].IndexOfAnyExcept((byte)'=');
            padding = padding < 0 ? Bytes.Length - range.End : padding;
            return (range.Start, range.End + Math.Min(padding, 2));
        }

        /// <summary>In the first text, with the whole of a character of which a part is secret.</summary>
        public (int Start, int End) Place((int Start, int End) range)
        {
            if (places.IsEmpty)
            {
                return range;
            }

            var end = range.End;
            while (end < Bytes.Length && places[end] == places[range.End - 1])
            {
                end++;
            }

            return (places[range.Start], places[end]);
        }
    }
}
