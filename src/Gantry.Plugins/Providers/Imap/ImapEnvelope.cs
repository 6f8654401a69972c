using System.Globalization;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>What a message says of itself, as a step's output has it.</summary>
internal static class ImapEnvelope
{
    /// <summary>{uid, message_id, subject, from, to, cc, reply_to, date, received_at, flags, size}.</summary>
    public static Dictionary<string, object?> Of(long uid, ImapNode values)
    {
        var envelope = values.Find("ENVELOPE") ?? ImapNode.Nil;
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["uid"] = uid,
            ["message_id"] = envelope.At(9).Text?.Trim(),
            ["in_reply_to"] = envelope.At(8).Text?.Trim(),
            ["subject"] = envelope.At(1).Text is { } subject ? ImapText.DecodeWords(subject) : null,
            ["from"] = Boxes(envelope.At(2)),
            ["to"] = Boxes(envelope.At(5)),
            ["cc"] = Boxes(envelope.At(6)),
            ["reply_to"] = Boxes(envelope.At(4)),
            ["date"] = Written(envelope.At(0).Text),
            ["received_at"] = Received(values.Find("INTERNALDATE")?.Text),
            ["flags"] = (values.Find("FLAGS") ?? ImapNode.Nil).List.Select(flag => flag.Text ?? "").Where(flag => flag != "\\Recent").Select(flag => flag.StartsWith('\\') ? flag[1..].ToLowerInvariant() : flag).ToList(),
            ["size"] = values.Find("RFC822.SIZE")?.Number,
        };
    }

    /// <summary>Names of groups, which have no host, are left out.</summary>
    private static List<Dictionary<string, string?>> Boxes(ImapNode list) =>
    [
        .. list.List.Where(box => box.At(3).Text is not null).Select(box => new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["name"] = box.At(0).Text is { Length: > 0 } name ? ImapText.DecodeWords(name) : null,
            ["address"] = $"{box.At(2).Text}@{box.At(3).Text}",
        }),
    ];

    /// <summary>In UTC; null where it is no date that can be read.</summary>
    private static string? Written(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var plain = text.IndexOf('(', StringComparison.Ordinal) is var comment and > 0 ? text[..comment].Trim() : text.Trim();
        plain = plain.EndsWith("UT", StringComparison.Ordinal) ? plain[..^2] + "GMT" : plain;
        if (plain.Length > 5 && plain[^5] is '+' or '-')
        {
            plain = plain.Insert(plain.Length - 2, ":");
        }

        return DateTimeOffset.TryParse(plain, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Utc(date) : null;
    }

    private static string? Received(string? text)
    {
        const string Form = "d-MMM-yyyy HH:mm:ss zzz";
        return DateTimeOffset.TryParseExact(text?.Trim().Insert(Math.Max(0, text.Trim().Length - 2), ":") ?? "", Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Utc(date) : null;
    }

    private static string Utc(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
