using System.Text;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>Header lines as RFC 5322 wants them: ASCII, folded; what is not ASCII as encoded words of RFC 2047. No value can end its line.</summary>
internal static class MailHeader
{
    private const int LineLength = 76;

    /// <summary>They are 52 in Base64, "=?utf-8?B?" with "?=" are 12, and a header's name stands before the first: a line with encoded words has at most 76 characters.</summary>
    private const int WordBytes = 39;

    public static string Text(string name, string value)
    {
        Check(name, value);
        return Folded(name, IsPlain(value) ? value.Split(' ') : Words(value));
    }

    /// <summary>A list of addresses; with SMTPUTF8 local parts stand as they are.</summary>
    public static string Mailboxes(string name, IEnumerable<Mailbox> boxes)
    {
        List<string> parts = [];
        foreach (var box in boxes)
        {
            if (parts.Count > 0)
            {
                parts[^1] += ",";
            }

            if (box.Name is { } shown)
            {
                Check(name, shown);
                parts.AddRange(IsPlain(shown) ? [Quoted(shown)] : Words(shown));
                parts.Add($"<{box.Address}>");
            }
            else
            {
                parts.Add(box.Address);
            }
        }

        return Folded(name, parts);
    }

    /// <summary>The parameter of a file's name: as it is, or in the form of RFC 2231 where it has other characters.</summary>
    public static string FileName(string name)
    {
        Check("the attachment's name", name);
        return IsPlain(name) ? $"filename={Quoted(name)}" : $"filename*=utf-8''{Uri.EscapeDataString(name)}";
    }

    private static void Check(string name, string value)
    {
        if (value.Any(char.IsControl))
        {
            throw HttpCall.Bad($"'{name}' holds a line break or another control character, which would begin another header.");
        }
    }

    /// <summary>"=?" would be read as the beginning of an encoded word.</summary>
    private static bool IsPlain(string value) => Ascii.IsValid(value) && !value.Contains("=?", StringComparison.Ordinal) && !value.Split(' ').Any(word => word.Length > 60);

    private static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static List<string> Words(string value)
    {
        List<string> words = [];
        var bytes = new List<byte>(WordBytes);
        Span<byte> encoded = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(encoded);
            if (bytes.Count + length > WordBytes)
            {
                Flush();
            }

            bytes.AddRange(encoded[..length]);
        }

        Flush();
        return words;

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }

    private static string Folded(string name, IReadOnlyList<string> parts)
    {
        var text = new StringBuilder(name).Append(':');
        var line = text.Length;
        foreach (var part in parts)
        {
            // A line of nothing but a space would be no continuation, so that empty parts stay on theirs.
            if (line + 1 + part.Length > LineLength && part.Length > 0 && line > name.Length + 1)
            {
                text.Append("\r\n");
                line = 0;
            }

            text.Append(' ').Append(part);
            line += 1 + part.Length;
        }

        return text.Append("\r\n").ToString();
    }
}
