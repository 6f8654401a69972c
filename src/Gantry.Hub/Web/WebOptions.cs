using System.Net;
using Gantry.Hub.Database;

namespace Gantry.Hub.Web;

/// <summary>What the settings say of requests.</summary>
internal sealed record WebOptions
{
    public required long BodyBytesMax { get; init; }

    /// <summary>Exactly as a browser sends them in Origin: pages from there may use the API, with tokens and never with the cookie.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Whose X-Forwarded headers are believed; empty means nobody's.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public int PerMinuteOfKey { get; init; } = int.MaxValue;

    public int PerMinuteOfUser { get; init; } = int.MaxValue;

    /// <summary>Of requests that nobody is signed in by.</summary>
    public int PerMinuteOfAddress { get; init; } = int.MaxValue;

    public int StreamsOfUser { get; init; } = int.MaxValue;

    /// <exception cref="HubStartException">One of them is no origin.</exception>
    public static IReadOnlyList<string> ReadOrigins(string? text) => [.. Split(text).Select(origin =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == origin ? origin
        : throw new HubStartException($"The setting cors_origins names '{origin}', which is no origin. Write it as https://app.example.org, without a path, and without '*'."))];

    /// <exception cref="HubStartException">One of them is neither an address nor a network.</exception>
    public static IReadOnlyList<IPNetwork> ReadProxies(string? text) => [.. Split(text).Select(proxy =>
        IPNetwork.TryParse(proxy, out var network) ? network
        : IPAddress.TryParse(proxy, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new HubStartException($"The setting trusted_proxies names '{proxy}', which is no address. Write it as 10.0.0.5 or 10.0.0.0/24."))];

    private static string[] Split(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
