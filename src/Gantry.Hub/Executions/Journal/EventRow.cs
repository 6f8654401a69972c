namespace Gantry.Hub.Executions.Journal;

/// <summary>What a trigger saw, to be written together with the execution it starts, if it starts one.</summary>
internal sealed class EventRow
{
    public required Guid Id { get; init; }

    public required Guid WorkspaceId { get; init; }

    public required Guid TriggerId { get; init; }

    public required Guid PlanId { get; init; }

    public required string Kind { get; init; }

    /// <summary>"accepted", "filtered", "failed", "dead" or "alert".</summary>
    public required string Status { get; init; }

    /// <summary>Of the events of a trigger with the same key one counts, and the others are duplicates; null counts always.</summary>
    public string? Key { get; init; }

    public required string Summary { get; init; }

    /// <summary>JSON: what ${trigger} would find; null when the execution keeps it.</summary>
    public string? Payload { get; init; }

    public string? Reason { get; init; }

    /// <summary>Null when it starts none.</summary>
    public Guid? ExecutionId { get; init; }

    public Guid? OriginalId { get; init; }

    /// <summary>Who replayed it; null for the trigger's own user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>This one included.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is tried again, by the database's clock; null when it is settled.</summary>
    public TimeSpan? NextAttemptIn { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>It is on record already, after one attempt less, and is moved on; whoever else moved it on meanwhile was first.</summary>
    public bool IsStored { get; init; }

    /// <summary>When its key is taken, that is on record as well.</summary>
    public bool NotesDuplicate { get; init; }

    /// <summary>How its schedule goes on; null when it does not.</summary>
    public ScheduleStep? Step { get; init; }

    /// <summary>Set when another event counts in its place, and it started nothing.</summary>
    public TakenEvent? Taken { get; set; }

    public int Weight => 200 + Summary.Length + (Payload?.Length ?? 0);
}

/// <summary>A schedule's way from one occurrence to the next; null when there is none.</summary>
internal sealed record ScheduleStep(DateTimeOffset From, DateTimeOffset? To);

/// <summary>The event that counts in another's place.</summary>
/// <param name="ExecutionId">Null when it started none.</param>
internal sealed record TakenEvent(Guid Id, Guid? ExecutionId, string Status);

/// <summary>An event that starts nothing.</summary>
internal sealed class EventRecord : JournalRecord
{
    public required EventRow Event { get; init; }

    public override int Weight => Event.Weight;

    public static EventRecord Of(EventRow row) => new() { WorkspaceId = row.WorkspaceId, ExecutionId = Guid.Empty, Event = row };
}
