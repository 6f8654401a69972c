namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// What stands behind "ftp://", taken apart. The path is taken as it is, without %-escapes: file names hold '%' more often than addresses hold escapes. Settings
/// stand behind the last '?', as name=value joined by '&amp;'; a '?' that nothing of this form follows belongs to the path.
/// </summary>
internal sealed record FtpAddress
{
    private const int NameLengthMax = 253;
    private const int PortLengthMax = 5;

    public string? User { get; private init; }

    public required string Host { get; init; }

    public string? Port { get; private init; }

    /// <summary>With its leading '/'; empty when there is none.</summary>
    public required string Path { get; init; }

    /// <summary>Unescaped, in their order.</summary>
    public required IReadOnlyList<(string Name, string Value)> Settings { get; init; }

    /// <summary>Null when it is not of the form [user@]host[:port][/path][?name=value…], where an IPv6 address stands in brackets.</summary>
    public static FtpAddress? Split(string text)
    {
        var question = text.LastIndexOf('?');
        var query = question < 0 ? [] : text[(question + 1)..].Split('&');
        var isQuery = question >= 0 && query.All(part => part.IndexOf('=', StringComparison.Ordinal) > 0);
        if (isQuery)
        {
            text = text[..question];
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? text : text[..slash];
        var at = authority.LastIndexOf('@');
        var place = authority[(at + 1)..];
        var hostEnd = place.StartsWith('[') ? place.IndexOf(']', StringComparison.Ordinal) + 1 : place.IndexOf(':', StringComparison.Ordinal);
        var host = hostEnd > 0 ? place[..hostEnd] : place;
        var port = hostEnd > 0 && hostEnd < place.Length ? place[hostEnd..] : null;
        if (hostEnd == 0 || !IsWhole(host) || (port is not null && !IsPort(port)))
        {
            return null;
        }

        return new FtpAddress
        {
            User = at < 0 ? null : authority[..at],
            Host = host.Trim('[', ']'),
            Port = port?[1..],
            Path = slash < 0 ? "" : text[slash..],
            Settings = isQuery ? [.. query.Select(SettingOf)] : [],
        };
    }

    /// <summary>Letters, digits and "_.:%-".</summary>
    public static bool IsHost(string host) =>
        host.Length is > 0 and <= NameLengthMax
        && (char.IsAsciiLetterOrDigit(host[0]) || host[0] is '_' or ':')
        && host.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or ':' or '%' or '-');

    private static (string, string) SettingOf(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return (part[..equals], Uri.UnescapeDataString(part[(equals + 1)..]));
    }

    private static bool IsWhole(string host) => host.StartsWith('[')
        ? host.Length > 2 && host[1..^1].All(character => char.IsAsciiLetterOrDigit(character) || character is ':' or '.' or '%')
        : host.Length > 0 && !host.Any(character => character is '@' or '[' or ']');

    private static bool IsPort(string port) => port.Length > 1 && port.Length <= PortLengthMax + 1 && port[0] == ':' && port.Skip(1).All(char.IsAsciiDigit);
}
