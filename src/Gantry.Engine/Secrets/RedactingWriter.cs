using System.Runtime.InteropServices;
using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Masks a text that comes in pieces, and holds back as much of it as a secret that has begun could still take, never more. Flushing passes on whole lines;
/// the end of an unfinished line comes when it is disposed of, which leaves the inner writer open. While nothing is secret, nothing is held back.
/// </summary>
public sealed class RedactingWriter(TextWriter inner, Redactor redactor) : TextWriter
{
    /// <summary>The longest that a piece of a secret can become by being escaped twice, with separators between its digits.</summary>
    internal const int HeldMax = 4096;

    private const int EscapeMax = 12;
    private const int ShiftMax = 256;

    private readonly List<char> held = [];

    /// <summary>How much at the beginning of what is held is secret, by what has gone before.</summary>
    private int maskedLength;

    /// <summary>The mask of what is secret at the beginning has been written.</summary>
    private bool isMasked;

    /// <summary>Flushes whenever a line ends.</summary>
    public bool AutoFlush { get; init; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, (2 * HeldMax) - held.Count)];
            held.AddRange(piece);
            buffer = buffer[piece.Length..];
            if (held.Count == 2 * HeldMax)
            {
                Pass(BorderBefore(HeldMax));
            }

            if (AutoFlush && (redactor.Index.IsEmpty || piece.ContainsAny('\n', '\r')))
            {
                Flush();
            }
        }
    }

    public override void Flush()
    {
        var text = CollectionsMarshal.AsSpan(held);
        Pass(redactor.Index.IsEmpty ? text.Length : text.LastIndexOfAny('\n', '\r') + 1);
        inner.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Pass(held.Count);
            inner.Flush();
        }

        base.Dispose(disposing);
    }

    /// <summary>Writes what stands before the border. A secret across it is masked before, and remembered behind.</summary>
    private void Pass(int border)
    {
        var text = CollectionsMarshal.AsSpan(held);
        List<(int Start, int End)> ranges = isMasked ? [(0, maskedLength)] : [];
        RedactorScan.Find(text, redactor.Index, ranges);
        var at = 0;
        var (wasMasked, next) = (isMasked, 0);
        isMasked = false;
        foreach (var (start, end) in RedactorScan.Merge(ranges))
        {
            if (start >= border && !(wasMasked && start == 0))
            {
                break;
            }

            inner.Write(text[at..start]);
            if (start > 0 || !wasMasked)
            {
                inner.Write(Redactor.Mask);
            }

            (at, next) = (Math.Min(end, border), Math.Max(end - border, 0));
            isMasked = end >= border;
        }

        inner.Write(text[at..border]);
        maskedLength = next;
        text[..border].Clear();
        held.RemoveRange(0, border);
    }

    /// <summary>A place that is not within an escape or a pair of surrogates.</summary>
    private int BorderBefore(int border)
    {
        var text = CollectionsMarshal.AsSpan(held);
        var shifted = border;
        while (shifted > border - ShiftMax && text[(shifted - EscapeMax)..shifted].IndexOfAny('\\', '%', '&') is var escape and >= 0)
        {
            shifted -= EscapeMax - escape;
        }

        border = shifted > border - ShiftMax ? shifted : border;
        return char.IsHighSurrogate(text[border - 1]) ? border - 1 : border;
    }
}
