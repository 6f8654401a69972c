using System.Globalization;
using System.Text;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>One answer: its tag ("*" for what belongs to no command), its word, and what stands behind that.</summary>
internal sealed class ImapAnswer
{
    private readonly byte[] rest;

    private ImapAnswer(string tag, long? number, string status, byte[] rest) => (Tag, Number, Status, this.rest) = (tag, number, status, rest);

    public string Tag { get; }

    /// <summary>Of "* 12 FETCH …", 12; null where there is none.</summary>
    public long? Number { get; }

    /// <summary>In upper case: OK, NO, BAD, BYE, FETCH, SEARCH …</summary>
    public string Status { get; }

    public bool IsUntagged => Tag == "*";

    public bool IsOk => Status == "OK";

    /// <summary>What it says to people, without its code.</summary>
    public string Words => Code is null ? Encoding.UTF8.GetString(rest).Trim() : Encoding.UTF8.GetString(rest)[(Encoding.UTF8.GetString(rest).IndexOf(']', StringComparison.Ordinal) + 1)..].Trim();

    /// <summary>What stands in brackets before its words, such as UIDVALIDITY 12; null when nothing does.</summary>
    public string? Code => Status is "OK" or "NO" or "BAD" or "BYE" or "PREAUTH" && rest is [(byte)'[', ..] && Array.IndexOf(rest, (byte)']') is var end and > 0
        ? Encoding.UTF8.GetString(rest, 1, end - 1)
        : null;

    /// <summary>Null when it is none.</summary>
    public static ImapAnswer? Read(ReadOnlySpan<byte> line)
    {
        var tag = Word(ref line);
        if (tag == "+")
        {
            return new ImapAnswer(tag, null, "", line.ToArray());
        }

        var status = Word(ref line);
        long? number = null;
        if (tag == "*" && long.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            (number, status) = (given, Word(ref line));
        }

        return tag.Length == 0 || status.Length == 0 ? null : new ImapAnswer(tag, number, status.ToUpperInvariant(), line.ToArray());
    }

    /// <summary>Fails with <see cref="FormatException"/>.</summary>
    public List<ImapNode> Values() => new ImapParser(rest).All();

    private static string Word(ref ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)' ');
        var word = Encoding.ASCII.GetString(end < 0 ? line : line[..end]);
        line = end < 0 ? default : line[(end + 1)..];
        return word;
    }
}
