using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>What is moved, as it was asked for and as it is kept: one transfer, or, with several targets, a chain of them.</summary>
internal sealed record TransferSpec
{
    /// <summary>"copy", "sync" or "move".</summary>
    public required string Mode { get; init; }

    /// <summary>One or more addresses.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>One, or the targets of a chain in their order: each gives what arrived there to the next.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>Only these, by their paths at the source; null means all.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Parameters of the action by their names.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>What each link chooses by manifests; null leaves it to the chain: all, then what arrived before.</summary>
    public IReadOnlyList<LinkChoice>? Choices { get; init; }

    [JsonIgnore]
    public bool IsChain => To.Count > 1;

    /// <summary>The names of the saved endpoints in it.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Endpoints =>
        [.. From.Concat(To).Select(address => NamedAddress.TryParse(address, out var named) ? named.Name : null).OfType<string>().Distinct(StringComparer.Ordinal)];

    public static TransferSpec Parse(string json) => JsonSerializer.Deserialize<TransferSpec>(json, HubJson.Options)!;

    public string ToJson() => JsonSerializer.Serialize(this, HubJson.Options);
}

/// <summary>The manifests by which a link of a chain chooses files: "EXECUTION/STEP".</summary>
internal sealed record LinkChoice
{
    /// <summary>Stands for the execution itself.</summary>
    public const string Self = "${execution.id}";

    public IReadOnlyList<string>? ArrivedIn { get; init; }

    public IReadOnlyList<string>? FailedIn { get; init; }

    public IReadOnlyList<string>? NotArrivedIn { get; init; }

    public static string NameOf(string execution, int link) => $"{execution}/{link}";

    /// <summary>The same, said from another execution.</summary>
    public LinkChoice SaidBy(Guid execution) => new()
    {
        ArrivedIn = Said(ArrivedIn, execution),
        FailedIn = Said(FailedIn, execution),
        NotArrivedIn = Said(NotArrivedIn, execution),
    };

    private static IReadOnlyList<string>? Said(IReadOnlyList<string>? names, Guid execution) =>
        names is null ? null : [.. names.Select(name => name.Replace(Self, execution.ToString(), StringComparison.Ordinal))];
}
