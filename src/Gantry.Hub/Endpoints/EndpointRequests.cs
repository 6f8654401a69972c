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
}

/// <summary>What trying an endpoint found.</summary>
/// <param name="Passed">The phases that went well: connect, list, write, rename, delete.</param>
/// <param name="FailedPhase">The phase that failed; also "host key", "login", "folder". Null when all went well.</param>
/// <param name="Detail">Why, and what to do next.</param>
internal sealed record EndpointTestResult(bool Ok, IReadOnlyList<string> Passed, string? FailedPhase, string? Detail);
