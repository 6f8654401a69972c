using System.Text;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>A text as a part of a message: its lines end in CR LF, and it goes as it is where the server and the length of its lines allow.</summary>
internal static class MailBody
{
    /// <summary>RFC 5321, 4.5.3.1.6: 1,000 with CR LF.</summary>
    private const int LineBytesMax = 998;

    public static byte[] Part(string type, string text, bool hasEightBits)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));
        var encoding = bytes.AsSpan().Contains((byte)0) || LongestLine(bytes) > LineBytesMax ? "base64"
            : Ascii.IsValid(bytes) ? "7bit"
            : hasEightBits ? "8bit"
            : "base64";
        var head = Encoding.ASCII.GetBytes($"Content-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
        return encoding == "base64" ? [.. head, .. Base64(bytes)] : [.. head, .. bytes, .. "\r\n"u8];
    }

    /// <summary>In lines of 76 characters, each with its end.</summary>
    public static byte[] Base64(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? [] : Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks) + "\r\n");

    private static int LongestLine(ReadOnlySpan<byte> bytes)
    {
        var longest = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            longest = Math.Max(longest, bytes[range].Length);
        }

        return longest;
    }
}
