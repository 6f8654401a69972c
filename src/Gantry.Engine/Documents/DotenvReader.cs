using System.Text;

namespace Gantry.Engine.Documents;

/// <summary>Cuts dotenv text into its lines; an entry whose value is quoted may go over several.</summary>
internal ref struct DotenvReader
{
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
        Skip(IsBlank);
        if (text[at..].StartsWith("export"u8) && at + 6 < text.Length && IsBlank(text[at + 6]))
        {
            at += 6;
            Skip(IsBlank);
        }

        var name = ReadName();
        Skip(IsBlank);
        if (name is null || Peek() != '=')
        {
            return Other(start);
        }

        at++;
        Skip(IsBlank);
        var value = at;
        var isRead = Peek() is '"' or '\'' ? SkipQuoted() : SkipPlain();
        var end = at;
        Skip(IsBlank);
        if (Peek() == '#')
        {
            Skip(character => !IsLineEnd(character));
        }

        // What stands behind a closing quote makes the line none that could be understood.
        return isRead && (at == text.Length || IsLineEnd(text[at]))
            ? new(name, text[start..value].ToArray(), text[value..end].ToArray(), TakeLineEnd(end))
            : Other(start);
    }

    /// <summary>Null for a comment, an empty line or what is none of all.</summary>
    private string? ReadName()
    {
        var isQuoted = Peek() == '\'';
        var start = isQuoted ? ++at : at;
        Skip(isQuoted ? character => character != '\'' && !IsLineEnd(character) : character => character is not ((byte)'=' or (byte)'#') && !IsBlank(character) && !IsLineEnd(character));
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
        while (at < text.Length && text[at] != quote)
        {
            at += text[at] == '\\' && at + 1 < text.Length && (text[at + 1] == quote || text[at + 1] == '\\') ? 2 : 1;
        }

        var isClosed = at < text.Length;
        at = Math.Min(at + 1, text.Length);
        return isClosed;
    }

    /// <summary>To the end of the line or a comment that a blank parts from the value; without the blanks at its end.</summary>
    private bool SkipPlain()
    {
        var end = at;
        for (; at < text.Length && !IsLineEnd(text[at]) && !(text[at] == '#' && at > end); at++)
        {
            end = IsBlank(text[at]) ? end : at + 1;
        }

        at = end;
        return true;
    }

    private DotenvLine Other(int start)
    {
        at = start;
        Skip(character => !IsLineEnd(character));
        return new(null, [], [], TakeLineEnd(start));
    }

    private byte[] TakeLineEnd(int from)
    {
        at += text[at..].StartsWith("\r\n"u8) ? 2 : at < text.Length ? 1 : 0;
        return text[from..at].ToArray();
    }

    private readonly int Peek() => at < text.Length ? text[at] : -1;

    private void Skip(Func<byte, bool> isSkipped)
    {
        while (at < text.Length && isSkipped(text[at]))
        {
            at++;
        }
    }

    private static bool IsBlank(byte character) => character is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f';

    private static bool IsLineEnd(byte character) => character is (byte)'\n' or (byte)'\r';
}
