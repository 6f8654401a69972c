using System.Globalization;
using System.Text;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>One value of an answer: a word, a text of bytes, a list, or NIL, which is a word without bytes.</summary>
internal sealed record ImapNode(byte[]? Bytes, IReadOnlyList<ImapNode>? Items)
{
    public static ImapNode Nil { get; } = new(null, null);

    /// <summary>Null for NIL and for lists. Bytes that are no UTF-8 are taken for Latin-1, as old programs write them.</summary>
    public string? Text => Bytes is null ? null : ImapText.Decode(Bytes);

    public IReadOnlyList<ImapNode> List => Items ?? [];

    public long? Number => long.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public ImapNode At(int index) => Items is not null && index < Items.Count ? Items[index] : Nil;

    public bool Is(string word) => Bytes is not null && word.Length == Bytes.Length && word.Equals(Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>In a list of names and values, the value behind the name.</summary>
    public ImapNode? Find(string name)
    {
        for (var index = 0; index + 1 < List.Count; index += 2)
        {
            if (List[index].Is(name))
            {
                return List[index + 1];
            }
        }

        return null;
    }
}

/// <summary>Reads what an answer says, literals among it (RFC 9051). What cannot be read fails with <see cref="FormatException"/>.</summary>
internal ref struct ImapParser(ReadOnlySpan<byte> text)
{
    private const int DepthMax = 60;
    private const int ValuesMax = 2_000_000;

    private readonly ReadOnlySpan<byte> text = text;
    private int at;
    private int count;

    /// <summary>All values up to the end.</summary>
    public List<ImapNode> All()
    {
        List<ImapNode> values = [];
        for (SkipBlanks(); at < text.Length; SkipBlanks())
        {
            values.Add(One(0));
        }

        return values;
    }

    private ImapNode One(int depth)
    {
        if (count++ == ValuesMax)
        {
            throw new FormatException("An answer has more values than are read.");
        }

        return text[at] switch
        {
            (byte)'(' => List(depth),
            (byte)'"' => Quoted(),
            (byte)'{' => Literal(),
            (byte)')' => throw new FormatException("A list ends that did not begin."),
            _ => Word(),
        };
    }

    private ImapNode List(int depth)
    {
        if (depth == DepthMax)
        {
            throw new FormatException("Lists are nested too deeply.");
        }

        List<ImapNode> items = [];
        at++;
        for (SkipBlanks(); at < text.Length && text[at] != ')'; SkipBlanks())
        {
            items.Add(One(depth + 1));
        }

        Require();
        at++;
        return new ImapNode(null, items);
    }

    private ImapNode Quoted()
    {
        List<byte> bytes = [];
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
            Require();
            bytes.Add(text[at]);
        }

        Require();
        at++;
        return new ImapNode([.. bytes], null);
    }

    private ImapNode Literal()
    {
        var end = text[at..].IndexOf((byte)'}');
        if (end < 0 || !int.TryParse(Encoding.ASCII.GetString(text.Slice(at + 1, end - 1)).TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || text.Length - (at + end + 3) < length)
        {
            throw new FormatException("A literal is none.");
        }

        at += end + 3;
        var bytes = text.Slice(at, length).ToArray();
        at += length;
        return new ImapNode(bytes, null);
    }

    /// <summary>What stands in brackets belongs to it: BODY[1.2]&lt;0&gt;.</summary>
    private ImapNode Word()
    {
        var begin = at;
        while (at < text.Length && text[at] is not ((byte)' ' or (byte)'(' or (byte)')'))
        {
            if (text[at] == '[')
            {
                var end = text[at..].IndexOf((byte)']');
                at += end < 0 ? throw new FormatException("']' is missing.") : end;
            }

            at++;
        }

        var word = text[begin..at];
        return word.Length == 3 && Encoding.ASCII.GetString(word).Equals("NIL", StringComparison.OrdinalIgnoreCase) ? ImapNode.Nil : new ImapNode(word.ToArray(), null);
    }

    private readonly void Require()
    {
        if (at >= text.Length)
        {
            throw new FormatException("It ends too early.");
        }
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }
}
