using System.Text.Json;

namespace Gantry.Hub.Endpoints;

/// <summary>An endpoint to save or to try: an address, or a kind; settings go over what the address says.</summary>
internal sealed record EndpointRequest
{
    /// <summary>"sftp://user@host/path"; null when the kind is given.</summary>
    public string? Address { get; init; }

    /// <summary>"sftp"; null when the address is given.</summary>
    public string? Kind { get; init; }

    /// <summary>Texts, numbers and booleans by the names the kind gives them; secrets as ${cred:NAME}.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>How much of it its transfers may take: bandwidth, time_zone, transfers, connections, priority; null leaves them as they are.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Limits { get; init; }
}

/// <summary>An endpoint to save under a name that is still free.</summary>
internal sealed record NewEndpointRequest
{
    public required string Name { get; init; }

    /// <inheritdoc cref="EndpointRequest.Address"/>
    public string? Address { get; init; }

    /// <inheritdoc cref="EndpointRequest.Kind"/>
    public string? Kind { get; init; }

    /// <inheritdoc cref="EndpointRequest.Settings"/>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <inheritdoc cref="EndpointRequest.Limits"/>
    public IReadOnlyDictionary<string, JsonElement>? Limits { get; init; }
}

/// <summary>What trying an endpoint found.</summary>
/// <param name="Passed">The phases that went well: connect, list, write, rename, delete.</param>
/// <param name="FailedPhase">The phase that failed; also "host key", "login", "folder". Null when all went well.</param>
/// <param name="Detail">Why, and what to do next.</param>
/// <param name="HostKey">When the failed phase is "host key": the key that the server shows, which pinning it would accept.</param>
internal sealed record EndpointTestResult(bool Ok, IReadOnlyList<string> Passed, string? FailedPhase, string? Detail, HostKeyView? HostKey);

/// <summary>A server's key that nobody has approved yet.</summary>
/// <param name="Key">The value to save as the setting <paramref name="Setting"/>, once a person has compared the fingerprint.</param>
/// <param name="Fingerprint">"SHA256:…".</param>
/// <param name="Setting">"host_key".</param>
internal sealed record HostKeyView(string Setting, string Key, string Fingerprint);

/// <summary>Settings and limits to put over those of a saved endpoint; null takes one away.</summary>
internal sealed record EndpointChanges
{
    /// <summary>By the names the kind gives them; secrets as ${cred:NAME}.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>Felt at once by the transfers that run: bandwidth, time_zone, transfers, connections, priority.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Limits { get; init; }
}
