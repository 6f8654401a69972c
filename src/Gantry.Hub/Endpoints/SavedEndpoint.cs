using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints;

/// <summary>A name for a place, of one workspace.</summary>
internal sealed record SavedEndpoint
{
    public required string Name { get; init; }

    /// <summary>The kind's id and its settings; secrets are references.</summary>
    public required EndpointSettings Settings { get; init; }

    /// <summary>Saved by an administrator, and so not bound to the roots of local paths.</summary>
    public required bool IsGranted { get; init; }

    /// <summary>How much of it its transfers may take: texts by the names of <see cref="LimitSettings.Settings"/>.</summary>
    public IReadOnlyDictionary<string, string> Limits { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the last test found; null before there was one.</summary>
    public EndpointTestView? LastTest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static string Write(IReadOnlyDictionary<string, string> values) => JsonSerializer.Serialize(values);

    public static IReadOnlyDictionary<string, string> Read(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}

/// <summary>An endpoint as the API shows it.</summary>
/// <param name="Name">Its address is name:path.</param>
/// <param name="Address">Without secrets.</param>
/// <param name="Settings">Values of secret settings are references: ${cred:NAME}.</param>
/// <param name="Limits">bandwidth, time_zone, transfers, connections, priority; what is not there has no bound.</param>
/// <param name="LastTest">What the last test found; null before there was one.</param>
internal sealed record EndpointView(
    string Name,
    string Kind,
    string Address,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyDictionary<string, string> Limits,
    EndpointTestView? LastTest,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>What a test found, as it is kept.</summary>
/// <param name="TestedAt">Older than the endpoint's last change when it has not been tested since.</param>
internal sealed record EndpointTestView(bool Ok, string? FailedPhase, string? Detail, DateTimeOffset TestedAt)
{
    public string Write() => JsonSerializer.Serialize(this, HubJson.Options);

    public static EndpointTestView Read(string json) => JsonSerializer.Deserialize<EndpointTestView>(json, HubJson.Options)!;
}
