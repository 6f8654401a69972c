using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>The ways in which mail writes texts: names of mailboxes (RFC 3501, 5.1.3), words in headers (RFC 2047) and values of parameters (RFC 2231).</summary>
internal static partial class ImapText
{
    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8, or Latin-1 where it is none.</summary>
    public static string Decode(byte[] bytes)
    {
        try
        {
            return strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>In the named charset; as <see cref="Decode(byte[])"/> where it is not known.</summary>
    public static string Decode(byte[] bytes, string? charset)
    {
        if (charset is null or "" || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            return Decode(bytes);
        }

        try
        {
            return (CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset)).GetString(bytes);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return Decode(bytes);
        }
    }

    /// <summary>The name of a mailbox as the protocol has it.</summary>
    public static string EncodeMailbox(string name)
    {
        var text = new StringBuilder();
        for (var at = 0; at < name.Length;)
        {
            var plain = name[at];
            if (plain is >= ' ' and <= '~')
            {
                text.Append(plain == '&' ? "&-" : plain.ToString());
                at++;
                continue;
            }

            var begin = at;
            while (at < name.Length && name[at] is not (>= ' ' and <= '~'))
            {
                at++;
            }

            text.Append('&').Append(Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[begin..at])).TrimEnd('=').Replace('/', ',')).Append('-');
        }

        return text.ToString();
    }

    /// <summary>What is not encoded as it should be stays as it is.</summary>
    public static string DecodeMailbox(string name) => MailboxRun.Replace(name, run =>
    {
        if (run.Groups["code"].Length == 0)
        {
            return "&";
        }

        var code = run.Groups["code"].Value.Replace(',', '/');
        var bytes = new byte[code.Length];
        return Convert.TryFromBase64String(code.PadRight((code.Length + 3) / 4 * 4, '='), bytes, out var length) ? Encoding.BigEndianUnicode.GetString(bytes, 0, length) : run.Value;
    });

    /// <summary>A header's value with its encoded words decoded. Blanks between two encoded words belong to neither; one character may be spread over two of them.</summary>
    public static string DecodeWords(string value)
    {
        var text = new StringBuilder();
        var at = 0;
        List<byte> open = [];
        string? openCharset = null;
        foreach (Match word in EncodedWord.Matches(value))
        {
            var between = value[at..word.Index];
            var charset = word.Groups["charset"].Value.Split('*')[0].ToLowerInvariant();
            if (openCharset is null || charset != openCharset || !string.IsNullOrWhiteSpace(between))
            {
                Flush();
                text.Append(openCharset is not null && string.IsNullOrWhiteSpace(between) ? "" : between);
            }

            openCharset = charset;
            open.AddRange(word.Groups["form"].Value is "B" or "b" ? Base64(word.Groups["text"].Value) : Quoted(word.Groups["text"].Value));
            at = word.Index + word.Length;
        }

        Flush();
        return text.Append(value.AsSpan(at)).ToString();

        void Flush()
        {
            text.Append(open.Count > 0 ? Decode([.. open], openCharset) : "");
            open.Clear();
        }
    }

    /// <summary>The value of a parameter, whether it is plain, encoded, or in pieces; null when it is not there.</summary>
    public static string? Parameter(ImapNode parameters, string name)
    {
        if (parameters.Find(name)?.Text is { } plain)
        {
            return DecodeWords(plain);
        }

        if (parameters.Find(name + "*")?.Text is { } extended)
        {
            return Extended(extended);
        }

        const int PiecesMax = 100;
        var text = new StringBuilder();
        var isExtended = false;
        for (var piece = 0; piece < PiecesMax; piece++)
        {
            var number = piece.ToString(CultureInfo.InvariantCulture);
            if (parameters.Find($"{name}*{number}*")?.Text is { } encoded)
            {
                isExtended = true;
                text.Append(encoded);
            }
            else if (parameters.Find($"{name}*{number}")?.Text is { } literal)
            {
                text.Append(isExtended ? Uri.EscapeDataString(literal) : literal);
            }
            else
            {
                break;
            }
        }

        return text.Length == 0 ? null : isExtended ? Extended(text.ToString()) : DecodeWords(text.ToString());
    }

    /// <summary>charset'language'%41%42.</summary>
    private static string Extended(string text)
    {
        var parts = text.Split('\'', 3);
        return parts.Length == 3 ? Decode(Percent(parts[2]), parts[0]) : Decode(Percent(text));
    }

    private static byte[] Percent(string text)
    {
        List<byte> bytes = [];
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                bytes.Add(code);
                at += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at].ToString()));
            }
        }

        return [.. bytes];
    }

    private static byte[] Base64(string text)
    {
        var letters = text.TrimEnd('=');
        var bytes = new byte[letters.Length];
        return Convert.TryFromBase64String(letters.PadRight((letters.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : Encoding.ASCII.GetBytes(text);
    }

    private static byte[] Quoted(string text) => Percent(text.Replace("%", "%25", StringComparison.Ordinal).Replace('=', '%').Replace('_', ' '));

    [GeneratedRegex(@"=\?(?<charset>[^?\s]{1,60})\?(?<form>[BbQq])\?(?<text>[^?\s]*)\?=", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex EncodedWord { get; }

    [GeneratedRegex("&(?<code>[A-Za-z0-9+,]*)-", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex MailboxRun { get; }
}
