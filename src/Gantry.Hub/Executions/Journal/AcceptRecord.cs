namespace Gantry.Hub.Executions.Journal;

/// <summary>A start that is to be accepted: everything an execution is made of.</summary>
internal sealed class AcceptRecord : JournalRecord
{
    public required Guid UserId { get; init; }

    public Guid? PlanId { get; init; }

    public int? PlanVersion { get; init; }

    public string? PlanName { get; init; }

    public string? PlanText { get; init; }

    public required string Inputs { get; init; }

    /// <summary>JSON: what its trigger saw; null when a person started it.</summary>
    public string? Trigger { get; init; }

    /// <summary>What it is started by; it is accepted only when that event counts.</summary>
    public EventRow? Event { get; init; }

    public Guid? RerunOf { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From where it was asked for; null when the hub itself did.</summary>
    public string? Address { get; init; }

    /// <summary>It is claimed by this hub in the same write, since a worker is free.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>The caller's Idempotency-Key; null when none was given.</summary>
    public string? Key { get; init; }

    public byte[]? RequestHash { get; init; }

    /// <summary>What it moves; null for an execution that was not asked for as a transfer.</summary>
    public TransferRecord? Transfer { get; init; }

    /// <summary>Set when the key was used before: the execution it started, and whether the request was the same.</summary>
    public KnownStart? Known { get; set; }

    public override int Weight => 300 + Inputs.Length + (Trigger?.Length ?? 0) + (Event?.Weight ?? 0) + (PlanText?.Length ?? 0) + (Transfer is { } transfer ? 2 * transfer.Request.Length + (30 * transfer.SearchText.Length) : 0);
}

/// <summary>What an Idempotency-Key had started already.</summary>
internal sealed record KnownStart(Guid ExecutionId, bool IsSameRequest);
