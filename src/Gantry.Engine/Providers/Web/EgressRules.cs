using System.Globalization;
using System.Net;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// What may be reached although its address is not public: "*" for everything, or "host:port" pairs, where the host is a name as the request says it, or
/// an address ("127.0.0.1:9000", "[::1]:9000") whatever name it was reached by.
/// </summary>
public sealed class EgressRules
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

    public bool Allow(string host, IPAddress address, int port) =>
        isEverything || AddressGuard.IsPublic(address) || pairs.Contains((host.ToLowerInvariant(), port))
        || pairs.Contains((AddressGuard.Plain(address).ToString(), port));

    private static (string Host, int Port) Parse(string rule)
    {
        var colon = rule.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rule.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            throw new FormatException($"'{rule}' is no rule for requests out: write host:port, such as 127.0.0.1:9000, or *.");
        }

        var host = rule[..colon].Trim('[', ']').ToLowerInvariant();
        return (IPAddress.TryParse(host, out var address) ? AddressGuard.Plain(address).ToString() : host, port);
    }
}
