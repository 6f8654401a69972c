using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>An execution that this hub has claimed: it and nobody else runs it, as long as the fence holds.</summary>
internal sealed record Claim
{
    public required Guid ExecutionId { get; init; }

    public required Guid WorkspaceId { get; init; }

    public required Guid UserId { get; init; }

    public Guid? PlanId { get; init; }

    public int? PlanVersion { get; init; }

    /// <summary>The plan that was given with the start; null when a saved version is named.</summary>
    public string? PlanText { get; init; }

    public required string Inputs { get; init; }

    /// <summary>JSON: what its trigger saw; null when a person started it.</summary>
    public string? Trigger { get; init; }

    public required int Fence { get; init; }

    public bool IsCancelRequested { get; init; }

    /// <summary>What earlier claims recorded.</summary>
    public IReadOnlyList<StepAttempt> Recorded { get; init; } = [];

    /// <summary>The last number used in the execution's sequence.</summary>
    public int Sequence { get; init; } = 2;

    /// <summary>An earlier claim was lost.</summary>
    public bool IsTakenUpAgain { get; init; }

    /// <summary>The plan as the acceptor already read it; null when it has to be loaded.</summary>
    public Plan? Plan { get; init; }
}
