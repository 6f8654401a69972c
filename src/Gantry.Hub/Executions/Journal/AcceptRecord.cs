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

    /// <summary>The execution whose step called it, and under which claim; null when a person or a trigger starts it.</summary>
    public CallLink? Caller { get; init; }

    /// <summary>Of which executions only so many may be under way; null when that is not limited. Not claimed in the same write, then.</summary>
    public Turn? Turn { get; init; }

    /// <summary>The recorded results that it begins with; null when it begins at the beginning.</summary>
    public TakenResults? Results { get; init; }

    /// <summary>How it stands when its turn was decided; null when it needs none.</summary>
    public Standing? Standing { get; set; }

    /// <summary>Set when the key was used before: the execution it started, and whether the request was the same.</summary>
    public KnownStart? Known { get; set; }

    /// <summary>Its end, when both are written together: then it is written as ended at once. Null while it goes on.</summary>
    public FinalRecord? End { get; set; }

    /// <summary>Nothing but an event stands beside it.</summary>
    public bool IsPlain => Key is null && Transfer is null && Caller is null && Turn is null && Results is null;

    /// <summary>There is such an execution, durably: the database took it, and nothing else stands in its place.</summary>
    public bool IsAccepted => Settled.IsCompletedSuccessfully && Known is null && Event?.Taken is null;

    public override int Weight => 300 + Inputs.Length + (Trigger?.Length ?? 0) + (Event?.Weight ?? 0) + (PlanText?.Length ?? 0) + (Transfer is { } transfer ? 2 * transfer.Request.Length + (30 * transfer.SearchText.Length) : 0);
}

/// <summary>The caller of an execution: it is accepted only while the claim with this number is held.</summary>
internal sealed record CallLink(Guid ExecutionId, string StepPath, int Fence, bool IsAwaited, int Depth);

/// <summary>Results that one execution takes over from another of the workspace.</summary>
/// <param name="ExecutionId">Whose they are.</param>
/// <param name="From">The path of the step that is the first to be made.</param>
/// <param name="StepPaths">The steps whose results are taken over.</param>
internal sealed record TakenResults(Guid ExecutionId, string From, IReadOnlyList<string> StepPaths);

/// <summary>A concurrency key with what belongs to it.</summary>
/// <param name="Key">With the plan that it is a key of.</param>
/// <param name="Limit">How many may be under way.</param>
/// <param name="WhenFull">queue, skip or cancel_oldest.</param>
internal sealed record Turn(string Key, int Limit, string WhenFull);

/// <summary>How an execution with a concurrency key stands when it was accepted.</summary>
internal sealed record Standing(string Status, bool IsBehind, string? WaitingFor);

/// <summary>What an Idempotency-Key had started already.</summary>
internal sealed record KnownStart(Guid ExecutionId, bool IsSameRequest);
