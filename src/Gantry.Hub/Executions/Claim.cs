using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Executions.Journal;

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

    /// <summary>The answers that were kept for it so far.</summary>
    public IReadOnlyList<Signal> Signals { get; init; } = [];

    /// <summary>When it was claimed for the first time.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The execution that called it; null when none did.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>When the time limit around the step that waits for it is over; null when there is none.</summary>
    public DateTimeOffset? CallEndsAt { get; init; }

    /// <summary>How many calls it is away from one that nobody called.</summary>
    public int Depth { get; init; }

    /// <summary>The key behind which others may wait for its end; null when there is none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>How often in a row it was cut off without a step having succeeded.</summary>
    public int Losses { get; init; }

    /// <summary>The last number used in the execution's sequence.</summary>
    public int Sequence { get; init; } = 2;

    /// <summary>It has failed already, for a reason outside of its steps; null when it has not.</summary>
    public ProviderError? Doomed { get; init; }

    /// <summary>It was claimed before.</summary>
    public bool IsTakenUpAgain { get; init; }

    /// <summary>Its last claim was cut off.</summary>
    public bool IsLost { get; init; }

    /// <summary>The plan as the acceptor already read it; null when it has to be loaded.</summary>
    public Plan? Plan { get; init; }

    /// <summary>Its own acceptance, for an execution that begins before that is durable; null when it was accepted before.</summary>
    public AcceptRecord? Accept { get; init; }

    /// <summary>Waits until it is durable whether there is such an execution. False when there is none, and so nothing to be recorded or done for it.</summary>
    public async ValueTask<bool> IsAcceptedAsync()
    {
        if (Accept is not { } accept)
            return true;
        await ((Task)accept.Settled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return accept.IsAccepted;
    }
}

/// <summary>Which step of which execution called another one.</summary>
internal sealed record ParentLink(Guid ExecutionId, string StepPath, bool IsAwaited);
