using System.Globalization;
using System.Text;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>A command as it is sent. Texts of people go quoted, or by their length where quotes cannot hold them, so that nothing in them can become a command.</summary>
internal sealed class ImapCommand
{
    private readonly List<(StringBuilder Text, byte[]? Literal)> parts = [(new StringBuilder(), null)];

    public ImapCommand(string words) => parts[0].Text.Append(words);

    /// <summary>What is sent when the server asks for more; null when nothing is.</summary>
    public string? Continuation { get; init; }

    /// <summary>What is sent, with a pause for the server's word behind what announces a literal.</summary>
    public IEnumerable<(byte[] Bytes, bool IsLiteralNext)> Parts => parts.SelectMany<(StringBuilder Text, byte[]? Literal), (byte[], bool)>(part => part.Literal is null
        ? [(Encoding.ASCII.GetBytes(part.Text.ToString()), false)]
        : [(Encoding.ASCII.GetBytes(part.Text.ToString()), true), (part.Literal, false)]);

    public bool HasUtf8 { get; private set; }

    public ImapCommand Add(string words)
    {
        parts[^1].Text.Append(words);
        return this;
    }

    public ImapCommand Text(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad("A text for the mail server holds a NUL, which it cannot.");
        }

        if (text.All(character => character is >= ' ' and <= '~'))
        {
            return Add($"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        HasUtf8 = true;
        parts[^1] = (parts[^1].Text.Append('{').Append(bytes.Length.ToString(CultureInfo.InvariantCulture)).Append("}\r\n"), bytes);
        parts.Add((new StringBuilder(), null));
        return this;
    }

    public ImapCommand Mailbox(string name) => Text(ImapText.EncodeMailbox(name));
}
