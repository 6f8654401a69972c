using Gantry.Engine.Plans.Triggers;

namespace Gantry.Hub.Triggers;

/// <summary>A trigger with all that starting by it takes, as it stands now.</summary>
internal record TriggerContext
{
    public Guid Id { get; init; }

    public Guid WorkspaceId { get; init; }

    /// <summary>As whom it starts executions.</summary>
    public Guid UserId { get; init; }

    public string Kind { get; init; } = "";

    public string Settings { get; init; } = "";

    public Guid PlanId { get; init; }

    /// <summary>The newest.</summary>
    public int PlanVersion { get; init; }

    public string PlanName { get; init; } = "";

    /// <summary>The plan was deleted, or its newest version has no such trigger.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Whether that user still is one who may.</summary>
    public bool MayStart { get; init; }

    /// <exception cref="PlanFormatException">This program cannot read it.</exception>
    public Trigger Read() => TriggerTexts.Read(Settings);
}

/// <summary>One thing that a trigger saw.</summary>
internal sealed record SeenEvent
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required TriggerContext Trigger { get; init; }

    public string? Key { get; init; }

    public required string Summary { get; init; }

    /// <summary>JSON: an object with what is particular to the kind; see <see cref="TriggerPayload"/>.</summary>
    public required string Payload { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Made already, without success.</summary>
    public int Attempts { get; init; }

    /// <summary>What is refused is dead at once: somebody waits for the answer.</summary>
    public bool IsTriedOnce { get; init; }

    public bool IsStored { get; init; }

    /// <summary>Null for the trigger's own.</summary>
    public Guid? UserId { get; init; }

    public Guid? OriginalId { get; init; }

    public bool NotesDuplicate { get; init; }

    public Executions.Journal.ScheduleStep? Step { get; init; }

    /// <summary>Set for what is not to start anything, such as an occurrence that stays missed.</summary>
    public string? FilteredBecause { get; init; }

    /// <summary>Set for what no further attempt helps.</summary>
    public string? DeadBecause { get; init; }
}

/// <summary>What became of an event.</summary>
/// <param name="ExecutionId">Null when it started none.</param>
/// <param name="Status">As in the table of events; "duplicate" when another counts in its place, whose id and execution are told then.</param>
internal sealed record Delivered(Guid EventId, Guid? ExecutionId, string Status, string? Reason, Executions.AcceptedStart? Accepted, Executions.ExecutionStart? Start);
