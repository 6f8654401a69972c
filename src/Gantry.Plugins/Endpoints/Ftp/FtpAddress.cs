using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// What stands behind "ftp://", taken apart. Settings stand behind the last '?', as name=value joined by '&amp;'; a '?' that nothing of this form follows belongs
/// to the path.
/// </summary>
/// <param name="Place">All before the settings.</param>
/// <param name="Settings">Unescaped, in their order.</param>
internal sealed record FtpAddress(HostAddress Place, IReadOnlyList<(string Name, string Value)> Settings)
{
    /// <summary>Null when it is not of the form [user@]host[:port][/path][?name=value…], where an IPv6 address stands in brackets.</summary>
    public static FtpAddress? Split(string text)
    {
        var question = text.LastIndexOf('?');
        var query = question < 0 ? [] : text[(question + 1)..].Split('&');
        var isQuery = question >= 0 && query.All(part => part.IndexOf('=', StringComparison.Ordinal) > 0);
        return HostAddress.Split(isQuery ? text[..question] : text) is { } place ? new(place, isQuery ? [.. query.Select(SettingOf)] : []) : null;
    }

    private static (string, string) SettingOf(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return (part[..equals], Uri.UnescapeDataString(part[(equals + 1)..]));
    }
}
