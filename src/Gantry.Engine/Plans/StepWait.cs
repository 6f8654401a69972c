namespace Gantry.Engine.Plans;

public enum WaitKind
{
    /// <summary>For a time: it goes on by itself at <see cref="StepWait.Until"/>.</summary>
    Time,

    /// <summary>For an event by its name.</summary>
    Event,

    /// <summary>For a person who says yes or no.</summary>
    Approval,

    /// <summary>For the end of a plan that the step called.</summary>
    Call,

    /// <summary>For the next attempt at a step that failed for a passing reason: goes on by itself.</summary>
    Retry,
}

/// <summary>
/// What one step waits for. It is on record from its beginning, so that its times are the same whoever waits: a process that ends changes nothing about them.
/// </summary>
public sealed record StepWait
{
    /// <summary>The longest name of an event.</summary>
    public const int EventCharactersMax = 500;

    /// <summary>As in <see cref="StepAttempt.StepPath"/>; a signal names it.</summary>
    public required string StepPath { get; init; }

    /// <summary>Null when the plan gave none.</summary>
    public string? StepId { get; init; }

    public required WaitKind Kind { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Of Time and Retry: when it goes on. Of the others: when it is too late and the step fails; null means never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The nearest of the time limits around the step; null when there is none.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>From when on no answer counts, and what was called is cancelled; null means never. Of Time and Retry: when it goes on.</summary>
    public DateTimeOffset? ClosesAt => Kind is WaitKind.Time or WaitKind.Retry || Until < Deadline || Deadline is null ? Until : Deadline;

    /// <summary>The name of the event; null for other kinds.</summary>
    public string? Event { get; init; }

    /// <summary>What the person is asked, secrets masked; null for other kinds.</summary>
    public string? Ask { get; init; }

    /// <summary>Who may answer: roles (owner, editor, operator, viewer) or users by their names; empty means whoever may run the plan.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>What was called; null for other kinds.</summary>
    public PlanCall? Call { get; init; }

    /// <summary>"an approval ('Go live?') by editor", for "waiting for".</summary>
    public string Describe() => Kind switch
    {
        WaitKind.Time => $"{Until:yyyy-MM-dd HH:mm:ss} UTC",
        WaitKind.Retry => $"the next attempt at step {StepId ?? StepPath}, due at {Until:yyyy-MM-dd HH:mm:ss} UTC",
        WaitKind.Event => $"the event '{Event}'{Limit}",
        WaitKind.Approval => $"an approval ('{Ask}'){(By.Count == 0 ? "" : $" by {string.Join(" or ", By)}")}{Limit}",
        _ => $"the end of the plan '{Call?.Plan}'{Limit}",
    };

    private string Limit => ClosesAt is { } until ? $" until {until:yyyy-MM-dd HH:mm:ss} UTC" : "";
}
