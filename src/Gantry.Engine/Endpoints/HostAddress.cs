namespace Gantry.Engine.Endpoints;

/// <summary>
/// What stands behind the "://" of a server's address, taken apart: [user@]host[:port][/path]. The path is taken as it is, without %-escapes: file names hold '%'
/// more often than addresses hold escapes. By hand and not by patterns, since every copy to a server waits for this.
/// </summary>
public sealed record HostAddress
{
    private const int HostLengthMax = 253;
    private const int PortLengthMax = 5;

    /// <summary>All before the last '@', with its escapes; null when there is no '@'.</summary>
    public string? User { get; private init; }

    /// <summary>Without the brackets of an IPv6 address.</summary>
    public required string Host { get; init; }

    public string? Port { get; private init; }

    /// <summary>With its leading '/'; empty when there is none.</summary>
    public required string Path { get; init; }

    /// <summary>Null when it is not of the form [user@]host[:port][/path], where an IPv6 address stands in brackets.</summary>
    public static HostAddress? Split(string text)
    {
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

        return new HostAddress
        {
            User = at < 0 ? null : authority[..at],
            Host = host.Trim('[', ']'),
            Port = port?[1..],
            Path = slash < 0 ? "" : text[slash..],
        };
    }

    /// <summary>Letters, digits and "_.:%-"; nothing that a program could take for an option.</summary>
    public static bool IsHost(string host) =>
        host.Length is > 0 and <= HostLengthMax
        && (char.IsAsciiLetterOrDigit(host[0]) || host[0] is '_' or ':')
        && host.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or ':' or '%' or '-');

    private static bool IsWhole(string host) => host.StartsWith('[')
        ? host.Length > 2 && host[1..^1].All(character => char.IsAsciiLetterOrDigit(character) || character is ':' or '.' or '%')
        : host.Length > 0 && !host.Any(character => character is '[' or ']');

    private static bool IsPort(string port) => port.Length > 1 && port.Length <= PortLengthMax + 1 && port[0] == ':' && port.Skip(1).All(char.IsAsciiDigit);
}
