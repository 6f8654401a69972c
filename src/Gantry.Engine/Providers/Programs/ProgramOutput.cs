using System.Text;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Providers.Programs;

/// <summary>One stream of what a program says: kept up to a bound, and told line by line in the step's log while it comes. Used by one thread at a time.</summary>
/// <param name="call">The step.</param>
/// <param name="level">Of its lines in the log.</param>
/// <param name="bytesMax">What is beyond is not kept.</param>
public sealed class ProgramOutput(ProviderCall call, StepLogLevel level, int bytesMax)
{
    private const int LineLengthMax = 2_000;
    private const int LinesMax = 1_000;

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder kept = new();
    private readonly StringBuilder line = new();
    private long bytes;
    private int lines;
    private bool isLineTold;

    /// <summary>What was said, with U+FFFD for what is no UTF-8.</summary>
    public string Text => kept.ToString();

    public bool IsTruncated { get; private set; }

    /// <summary>The last line that says something; empty when there is none.</summary>
    public string LastLine => Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";

    public void Add(ReadOnlyMemory<byte> said)
    {
        var room = (int)Math.Min(said.Length, Math.Max(0, bytesMax - bytes));
        bytes += said.Length;
        IsTruncated |= room < said.Length;
        var characters = new char[Encoding.UTF8.GetMaxCharCount(said.Length)];
        var whole = decoder.GetChars(said.Span[..room], characters, flush: false);
        kept.Append(characters, 0, whole);
        Tell(characters.AsSpan(0, whole));
        if (room < said.Length && lines < LinesMax)
        {
            Tell(Encoding.UTF8.GetString(said.Span[room..]));
        }
    }

    /// <summary>Nothing more comes: the last line may have no end.</summary>
    public void End()
    {
        var characters = new char[8];
        var rest = decoder.GetChars([], characters, flush: true);
        kept.Append(characters, 0, IsTruncated ? 0 : rest);
        if (line.Length > 0)
        {
            EndLine();
        }
    }

    private void Tell(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && lines <= LinesMax)
        {
            var end = text.IndexOf('\n');
            var part = end < 0 ? text : text[..end];
            if (!isLineTold)
            {
                line.Append(part[..Math.Min(part.Length, LineLengthMax * 4)]);
            }

            // A line without an end is not waited for: its beginning is told, and its rest is not.
            if (end >= 0 || line.Length > LineLengthMax * 2)
            {
                EndLine();
                isLineTold = end < 0;
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }
    }

    private void EndLine()
    {
        // Secrets are masked before a line is cut: half a secret is not found any more.
        var said = line.ToString().TrimEnd('\r');
        line.Clear();
        if (said.Length == 0 || lines > LinesMax)
        {
            return;
        }

        said = call.Secrets is RedactingSecrets redacting ? redacting.Text(said) : said;
        lines++;
        call.Log.Write(level, lines > LinesMax ? $"More than {LinesMax:N0} lines: the others are not told here." : said.Length > LineLengthMax ? said[..LineLengthMax] + "…" : said);
    }
}
