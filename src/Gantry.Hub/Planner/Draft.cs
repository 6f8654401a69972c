using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>A plan as an AI drafted it. It is a text: nothing runs it before a person has saved it as a plan.</summary>
internal sealed record Draft
{
    public required Guid Id { get; init; }

    public required string Prompt { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>YAML; null when no answer held a plan.</summary>
    public string? Plan { get; init; }

    /// <summary>What the AI says of its steps.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    public IReadOnlyList<string> Missing { get; init; } = [];

    public CheckedDraft Checked { get; init; } = new();

    /// <summary>Of all questions together.</summary>
    public long Tokens { get; init; }

    /// <summary>As the vendor says it; null when it does not.</summary>
    public decimal? Cost { get; init; }

    public IReadOnlyList<PlanFinding> Findings => Checked.Findings;

    /// <summary>The answer cannot be used at all. The plan of an answer before, if there is one, stays with what is wrong with it.</summary>
    public Draft Without(string problem) => this with { Checked = Checked with { Findings = [.. Checked.Findings.Where(finding => finding.Message != problem), new PlanFinding("", 1, 1, problem)] } };

    public Draft After(ProviderResult result) => this with
    {
        Tokens = Tokens + (TokensOf(result) ?? 0),
        Cost = result.Metadata.TryGetValue(TokenUse.Cost, out var cost) ? (Cost ?? 0) + decimal.Parse(cost, CultureInfo.InvariantCulture) : Cost,
    };

    /// <summary>Null when the vendor does not say.</summary>
    public static long? TokensOf(ProviderResult result)
    {
        long? tokens = null;
        foreach (var name in (string[])[TokenUse.Input, TokenUse.Output])
            if (result.Metadata.TryGetValue(name, out var count)) tokens = (tokens ?? 0) + long.Parse(count, CultureInfo.InvariantCulture);
        return tokens;
    }

    /// <summary>What is stored beside the plan's text.</summary>
    public string AnswerJson() => JsonSerializer.Serialize(
        new StoredAnswer(Steps, Checked.Uses, Checked.Connections, Missing, Findings, Checked.StartsByItself), HubJson.Options);
}

/// <summary>What is told of a draft's plan.</summary>
internal sealed record StoredAnswer(
    IReadOnlyList<string> Steps, IReadOnlyList<string> Uses, IReadOnlyList<DraftConnection> Connections, IReadOnlyList<string> Missing, IReadOnlyList<PlanFinding> Findings,
    bool StartsByItself);
