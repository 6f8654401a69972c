using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// What may be reached although its address is not public: "*" for everything, or "host:port" pairs, where the host is a name as the request says it, or
/// an address ("127.0.0.1:9000", "[::1]:9000") whatever name it was reached by. Where clouds keep their metadata is reached by a rule with that very
/// address only: a name may come to lead there.
/// </summary>
public sealed partial class EgressRules
{
    private readonly HashSet<(string Host, int Port)> pairs = [];
    private readonly bool isEverything;

    /// <summary>Fails with <see cref="FormatException"/> on a rule of another form.</summary>
    public EgressRules(IEnumerable<string> rules)
    {
        foreach (var rule in rules)
        {
            if (rule == "*")
            {
                isEverything = true;
            }
            else
            {
                pairs.Add(Parse(rule));
            }
        }
    }

    /// <summary>
    /// The rule in the form it is kept in. A workspace may neither open everything nor name an address where clouds keep metadata: that is for the setting of the
    /// whole hub. Fails with <see cref="FormatException"/>.
    /// </summary>
    public static string CheckOfWorkspace(string rule)
    {
        if (rule == "*")
        {
            throw new FormatException("A workspace cannot allow '*': name each host and port, such as 10.0.0.5:22.");
        }

        var (host, port) = Parse(rule);
        if (IPAddress.TryParse(host, out var address) && AddressGuard.IsLinkLocal(address))
        {
            throw new FormatException($"'{rule}' is a link-local address, where clouds keep the secrets of their machines. Only the hub's setting egress_allow can allow it.");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
    }

    public bool Allow(string host, IPAddress address, int port) =>
        isEverything || AddressGuard.IsPublic(address) || pairs.Contains((AddressGuard.Plain(address).ToString(), port))
        || (!AddressGuard.IsLinkLocal(address) && pairs.Contains((host.TrimEnd('.').ToLowerInvariant(), port)));

    /// <summary>The addresses behind a host that may be dialled, at least one. Dial exactly these: the name may lead elsewhere a moment later.</summary>
    /// <exception cref="ProviderException">The name has no address, or none that may be reached.</exception>
    public async Task<IReadOnlyList<IPAddress>> AddressesOfAsync(string host, int port, CancellationToken cancellationToken)
    {
        host = host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = addresses.Where(address => Allow(host, address, port)).ToList();
        if (allowed.Count > 0)
        {
            return allowed;
        }

        throw addresses.Length == 0
            ? HttpGate.Fail(ProviderErrorKind.Unavailable, $"The name '{host}' has no address.", isTransient: true)
            : HttpGate.Fail(ProviderErrorKind.BadRequest, $"'{host}' is at {AddressGuard.Plain(addresses[0])}, which is not an address of the public internet. "
                + $"To let plans reach it, an owner of the workspace allows '{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}' by PUT /api/egress-rules, "
                + "or an administrator of the hub does for all by the setting egress_allow.");
    }

    private static (string Host, int Port) Parse(string rule)
    {
        var match = Form.Match(rule);
        if (!match.Success || !int.TryParse(match.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            throw new FormatException($"'{rule}' is no rule for requests out: write host:port, such as 127.0.0.1:9000, [::1]:9000 or files.lan:22.");
        }

        var host = match.Groups["host"].Value.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        return (IPAddress.TryParse(host, out var address) ? AddressGuard.Plain(address).ToString() : host, port);
    }

    [GeneratedRegex(@"\A(?<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})):(?<port>[0-9]{1,5})\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form { get; }
}
