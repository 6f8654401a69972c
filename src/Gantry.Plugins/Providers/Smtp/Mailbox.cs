using System.Globalization;
using System.Text;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>Somebody's address, with or without a name: "ops@example.org" or "Ops Team &lt;ops@example.org&gt;".</summary>
/// <param name="Name">Null when none is given.</param>
/// <param name="Local">What stands before the '@', as it goes on the wire.</param>
/// <param name="Domain">In ASCII.</param>
internal sealed record Mailbox(string? Name, string Local, string Domain)
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public string Address => $"{Local}@{Domain}";

    /// <summary>Its local part has characters that only servers with SMTPUTF8 (RFC 6531) take.</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Local);

    /// <summary>A text that is no address is a ProviderException that names the parameter.</summary>
    public static Mailbox Parse(string parameter, string text)
    {
        // Whatever goes on the wire must stay on its line: RFC 5321 has no way to write a line break into a command.
        if (text.Any(char.IsControl))
        {
            throw HttpCall.Bad($"'{parameter}' holds a line break or another control character. An address is one line.");
        }

        var trimmed = text.Trim();
        var (name, address) = (default(string), trimmed);
        if (trimmed.EndsWith('>') && trimmed.LastIndexOf('<') is var open and >= 0)
        {
            name = trimmed[..open].Trim();
            name = name.Length >= 2 && name[0] == '"' && name[^1] == '"' ? name[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : name;
            address = trimmed[(open + 1)..^1].Trim();
        }

        var at = address.LastIndexOf('@');
        var local = at > 0 ? address[..at] : "";
        if (!IsLocal(local) || DomainOf(address[(at + 1)..]) is not { } domain)
        {
            throw HttpCall.Bad($"'{parameter}': '{Shown(trimmed)}' is no address. Write one as name@example.org or Name <name@example.org>, and several as a list.");
        }

        return new Mailbox(string.IsNullOrWhiteSpace(name) ? null : name, local, domain);
    }

    /// <summary>A dot-atom of RFC 5322 (or its letters beyond ASCII, RFC 6532), at most 64 bytes. Quoted local parts are of no use and hard to get right.</summary>
    private static bool IsLocal(string local) =>
        local.Length > 0 && Encoding.UTF8.GetByteCount(local) <= 64 && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
        && local.All(character => char.IsAsciiLetterOrDigit(character) || ".!#$%&'*+-/=?^_`{|}~".Contains(character, StringComparison.Ordinal)
            || (character > 0x9F && !char.IsWhiteSpace(character)));

    private static string? DomainOf(string domain)
    {
        if (domain.Length is 0 or > 255)
        {
            return null;
        }

        try
        {
            return Idn.GetAscii(domain).ToLowerInvariant() is { Length: <= 255 } ascii && !ascii.EndsWith('.') ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string Shown(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}
