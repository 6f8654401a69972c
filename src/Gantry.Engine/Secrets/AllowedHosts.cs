using System.Globalization;
using System.Net;

namespace Gantry.Engine.Secrets;

/// <summary>
/// The hosts that a secret may be sent to: "www.example.org", "*.example.org" (what stands below it, not itself), an address, each with ":port" if only that one
/// is meant. No hosts at all means anywhere.
/// </summary>
public static class AllowedHosts
{
    /// <summary>The host as it is compared; null when it is none.</summary>
    public static string? Normalise(string text)
    {
        var (host, port) = Split(text.Trim());
        if (host is null)
        {
            return null;
        }

        var isBelow = host.StartsWith("*.", StringComparison.Ordinal);
        var name = Plain(isBelow ? host[2..] : host);
        if (name is null || (isBelow && IPAddress.TryParse(name, out _)))
        {
            return null;
        }

        return (isBelow ? "*." : "") + (name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name) + (port is null ? "" : ":" + port);
    }

    /// <param name="allowed">As <see cref="Normalise"/> makes them.</param>
    /// <param name="host">A name or an address, as the request says it.</param>
    public static bool Allow(IReadOnlyList<string> allowed, string host, int? port) => allowed.Count == 0 || allowed.Any(known => Fits(known, host, port));

    private static bool Fits(string allowed, string host, int? port)
    {
        var (name, onlyPort) = Split(allowed);
        if (Plain(host.Trim('[', ']')) is not { } asked || (onlyPort is not null && onlyPort != port?.ToString(CultureInfo.InvariantCulture)))
        {
            return false;
        }

        return name!.StartsWith("*.", StringComparison.Ordinal) ? asked.EndsWith(name[1..], StringComparison.Ordinal) : asked == name;
    }

    /// <summary>The host without its brackets, and the port; nulls when it is malformed.</summary>
    private static (string? Host, string? Port) Split(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (text.StartsWith('[') && end < 0)
        {
            return (null, null);
        }

        var colon = text.IndexOf(':', end + 1);
        var host = end < 0 ? text[..(colon < 0 ? text.Length : colon)] : text[1..end];
        if (colon < 0)
        {
            return end < 0 || end == text.Length - 1 ? (host, null) : (null, null);
        }

        return (end < 0 || colon == end + 1) && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? (host, port.ToString(CultureInfo.InvariantCulture))
            : (null, null);
    }

    /// <summary>In small ASCII letters, without the final dot; null when it is no host.</summary>
    private static string? Plain(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        }

        try
        {
            var name = new IdnMapping().GetAscii(host.TrimEnd('.')).ToLowerInvariant();
            return Uri.CheckHostName(name) == UriHostNameType.Dns ? name : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
