using System.Text;

namespace Gantry.Engine.Documents;

/// <summary>
/// Cuts dotenv text into its lines; an entry whose value is quoted may go over several. It looks for what ends a part instead of going through its characters: a short
/// command runs this code before it is compiled well.
/// </summary>
internal ref struct DotenvReader
{
    private const string Blanks = " \t\v\f";

    private readonly ReadOnlySpan<byte> text;
    private int at;

    private DotenvReader(ReadOnlySpan<byte> text) => this.text = text;

    public static List<DotenvLine> Read(ReadOnlySpan<byte> text)
    {
        DotenvReader reader = new(text);
        List<DotenvLine> lines = [];
        if (text.StartsWith("\uFEFF"u8))
        {
            reader.at = 3;
            lines.Add(new(null, [], [], text[..3].ToArray()));
        }

        while (reader.at < text.Length)
        {
            lines.Add(reader.ReadLine());
        }

        return lines;
    }

    private DotenvLine ReadLine()
    {
        var start = at;
        SkipBlanks();
        if (text[at..].StartsWith("export"u8) && at + 6 < text.Length && Blanks.Contains((char)text[at + 6]))
        {
            at += 6;
            SkipBlanks();
        }

        var name = ReadName();
        SkipBlanks();
        if (name is null || Peek() != '=')
        {
            return Other(start);
        }

        at++;
        SkipBlanks();
        var value = at;
        var isRead = Peek() is '"' or '\'' ? SkipQuoted() : SkipPlain();
        var end = at;
        SkipBlanks();
        if (Peek() == '#')
        {
            SkipToLineEnd();
        }

        // What stands behind a closing quote makes the line none that could be understood.
        return isRead && Peek() is -1 or '\n' or '\r'
            ? new(name, text[start..value].ToArray(), text[value..end].ToArray(), TakeLineEnd(end))
            : Other(start);
    }

    /// <summary>Null for a comment, an empty line or what is none of all.</summary>
    private string? ReadName()
    {
        var isQuoted = Peek() == '\'';
        var start = isQuoted ? ++at : at;
        at += LengthTo(isQuoted ? "'\r\n"u8 : "=# \t\v\f\r\n"u8);
        var name = text[start..at];
        if (isQuoted && Peek() == '\'')
        {
            at++;
        }

        return name.IsEmpty ? null : Encoding.UTF8.GetString(name);
    }

    private bool SkipQuoted()
    {
        var quote = text[at++];
        while (at < text.Length)
        {
            var length = text[at..].IndexOfAny(quote, (byte)'\\');
            if (length < 0)
            {
                break;
            }

            at += length + 1;
            if (text[at - 1] == quote)
            {
                return true;
            }

            at += at < text.Length && (text[at] == quote || text[at] == '\\') ? 1 : 0;
        }

        at = text.Length;
        return false;
    }

    /// <summary>To the end of the line or a comment that a blank parts from the value; without the blanks at its end.</summary>
    private bool SkipPlain()
    {
        var line = text.Slice(at, LengthTo("\r\n"u8));
        for (var hash = line.IndexOf((byte)'#'); hash > 0; hash = line[(hash + 1)..].IndexOf((byte)'#') is >= 0 and var next ? hash + 1 + next : -1)
        {
            if (Blanks.Contains((char)line[hash - 1]))
            {
                line = line[..hash];
                break;
            }
        }

        at += line.TrimEnd(" \t\v\f"u8).Length;
        return true;
    }

    private DotenvLine Other(int start)
    {
        at = start;
        SkipToLineEnd();
        return new(null, [], [], TakeLineEnd(start));
    }

    private byte[] TakeLineEnd(int from)
    {
        at += text[at..].StartsWith("\r\n"u8) ? 2 : at < text.Length ? 1 : 0;
        return text[from..at].ToArray();
    }

    private readonly int Peek() => at < text.Length ? text[at] : -1;

    private void SkipToLineEnd() => at += LengthTo("\r\n"u8);

    private void SkipBlanks()
    {
        var length = text[at..].IndexOfAnyExcept(" \t\v\f"u8);
        at = length < 0 ? text.Length : at + length;
    }

    private readonly int LengthTo(ReadOnlySpan<byte> ends) => text[at..].IndexOfAny(ends) is >= 0 and var length ? length : text.Length - at;
}
