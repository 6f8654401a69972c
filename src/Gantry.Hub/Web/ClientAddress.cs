using System.Net;
using System.Net.Sockets;

namespace Gantry.Hub.Web;

/// <summary>Where a request comes from: the connection's other end or, behind proxies that the settings name, what those say.</summary>
/// <param name="Text">As it is written down.</param>
/// <param name="Network">What limits are counted by: the address itself, or of IPv6 the first 64 bits, since a customer has all the others.</param>
internal sealed record ClientAddress(string Text, string Network)
{
    private const int SubnetBytes = 8;

    /// <summary>Null when the server does not know.</summary>
    public static ClientAddress? Of(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? Of(address) : null;

    public static ClientAddress Of(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var text = plain.ToString();
        if (plain.AddressFamily != AddressFamily.InterNetworkV6) return new ClientAddress(text, text);
        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(SubnetBytes).Clear();
        return new ClientAddress(text, new IPAddress(bytes) + "/64");
    }
}
