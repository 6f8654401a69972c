using System.Globalization;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>One part of a message, as the server describes it (RFC 3501, BODYSTRUCTURE).</summary>
/// <param name="Section">By which it is fetched: 1.2.</param>
/// <param name="MediaType">In lower case: text/plain.</param>
/// <param name="Charset">Null when none is said.</param>
/// <param name="Encoding">In lower case: base64, quoted-printable, or one that changes nothing.</param>
/// <param name="Size">In bytes, as it is sent.</param>
/// <param name="FileName">Null when it has none.</param>
/// <param name="ContentId">By which a text shows it; null when none does.</param>
/// <param name="IsAttachment">It says that it is one.</param>
internal sealed record ImapPart(string Section, string MediaType, string? Charset, string Encoding, long Size, string? FileName, string? ContentId, bool IsAttachment)
{
    private const int PartsMax = 1000;
    private const int DepthMax = 30;

    /// <summary>It is shown as what the message says.</summary>
    public bool IsText => MediaType is "text/plain" or "text/html" && !IsAttachment && FileName is null;

    /// <summary>The parts that hold something, in their order.</summary>
    public static IReadOnlyList<ImapPart> Read(ImapNode structure)
    {
        List<ImapPart> parts = [];
        Add(parts, structure, "", 0);
        return parts;
    }

    private static void Add(List<ImapPart> parts, ImapNode node, string section, int depth)
    {
        if (node.At(0).Items is null)
        {
            parts.Add(One(node, section.Length == 0 ? "1" : section));
            return;
        }

        for (var index = 0; index < node.List.Count && node.At(index).Items is not null; index++)
        {
            if (parts.Count == PartsMax || depth == DepthMax)
            {
                throw new FormatException("A message has more parts than are read.");
            }

            var number = (index + 1).ToString(CultureInfo.InvariantCulture);
            Add(parts, node.At(index), section.Length == 0 ? number : $"{section}.{number}", depth + 1);
        }
    }

    private static ImapPart One(ImapNode node, string section)
    {
        var type = $"{node.At(0).Text}/{node.At(1).Text}".ToLowerInvariant();

        // What stands behind the size depends on the type: a message has its envelope there, a text its lines.
        var more = type == "message/rfc822" ? 10 : type.StartsWith("text/", StringComparison.Ordinal) ? 8 : 7;
        var disposition = Enumerable.Range(more, 3).Select(node.At).FirstOrDefault(item => item.At(0).Text is not null && item.List.Count <= 2) ?? ImapNode.Nil;
        var name = ImapText.Parameter(disposition.At(1), "filename") ?? ImapText.Parameter(node.At(2), "name");
        return new ImapPart(
            section,
            type,
            ImapText.Parameter(node.At(2), "charset"),
            (node.At(5).Text ?? "").ToLowerInvariant(),
            node.At(6).Number ?? 0,
            name,
            node.At(3).Text?.Trim('<', '>', ' '),
            disposition.At(0).Is("attachment") || type == "message/rfc822");
    }
}
