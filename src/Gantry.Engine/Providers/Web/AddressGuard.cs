using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// Tells addresses of the public internet from all others: this machine, private networks, link-local (where clouds keep their metadata), carrier NAT, multicast,
/// documentation and reserved ranges, and IPv6 forms that carry such an IPv4 address inside.
/// </summary>
public static class AddressGuard
{
    // The registry of special-purpose IPv4 addresses, https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
    private static readonly IPNetwork[] NotPublic4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    /// <summary>Of IPv6 only global unicast is public, without what is special in it.</summary>
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // Protocol assignments (Teredo and ORCHID among them), documentation, 6to4.
    private static readonly IPNetwork[] NotPublic6 =
        [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private static readonly IPNetwork LinkLocal4 = IPNetwork.Parse("169.254.0.0/16");

    // Amazon's over IPv6, Alibaba's, Oracle's older one and Azure's, which all answer from other ranges.
    private static readonly IPAddress[] Metadata =
        [IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("168.63.129.16")];

    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !NotPublic4.Any(network => network.Contains(address)) && !Metadata.Contains(address);
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        if (Nat64.Contains(address))
        {
            return IsPublic(Embedded(address));
        }

        return Global6.Contains(address) && !NotPublic6.Any(network => network.Contains(address)) && !IsIsatap(address);
    }

    /// <summary>Whether it is only of the wire next to this machine, where clouds tell a machine its secrets, or is their address for that elsewhere.</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        if (Nat64.Contains(address))
        {
            return IsLinkLocal(Embedded(address));
        }

        var plain = Plain(address);
        return LinkLocal4.Contains(plain) || plain.IsIPv6LinkLocal || Metadata.Contains(plain);
    }

    /// <summary>The same address in the form that rules are written in.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Embedded(IPAddress address) => new(address.GetAddressBytes().AsSpan(12));

    /// <summary>An interface identifier of 0:5efe or 200:5efe tunnels to the IPv4 address behind it.</summary>
    private static bool IsIsatap(IPAddress address) =>
        (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(8)) & 0xFDFF_FFFF) == 0x0000_5EFE;
}
