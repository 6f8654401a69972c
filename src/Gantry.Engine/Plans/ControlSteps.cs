using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>Runs one list or the other.</summary>
public sealed record IfStep : Step
{
    /// <summary>True, false, or a text that is a reference to either.</summary>
    public required JsonElement Condition { get; init; }

    public required IReadOnlyList<Step> Then { get; init; }

    public IReadOnlyList<Step> Else { get; init; } = [];

    public override string Use => "if";

    internal override IEnumerable<IReadOnlyList<Step>> Lists => [Then, Else];
}

/// <summary>Runs its steps once for each item of a list. Its output has one value for each item, in their order.</summary>
public sealed record EachStep : Step
{
    /// <summary>A list, or a text that is a reference to one.</summary>
    public required JsonElement Items { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>How many items are worked on at once.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>The step fails when more items than these did, and begins no further item.</summary>
    public int FailuresMax { get; init; }

    public override string Use => "each";

    internal override IEnumerable<IReadOnlyList<Step>> Lists => [Steps];
}

/// <summary>Runs several lists at once. Its output has one value for each of them, in their order.</summary>
public sealed record ParallelStep : Step
{
    public required IReadOnlyList<IReadOnlyList<Step>> Branches { get; init; }

    public override string Use => "parallel";

    internal override IEnumerable<IReadOnlyList<Step>> Lists => Branches;
}

/// <summary>Waits for a time, or for an event by its name.</summary>
public sealed record WaitStep : Step
{
    /// <summary>A duration ("10m"), a date or time, or a text with references that makes one; null when it waits for an event.</summary>
    public JsonElement? Time { get; init; }

    /// <summary>The event's name, which may hold references; null when it waits for a time.</summary>
    public JsonElement? Event { get; init; }

    /// <summary>When no event came in this time, the step fails; null means that it waits for ever.</summary>
    public TimeSpan? Within { get; init; }

    public override string Use => "wait";
}

/// <summary>Waits for a person who says yes; on no, it fails.</summary>
public sealed record ApproveStep : Step
{
    /// <summary>The question, which may hold references.</summary>
    public required JsonElement Ask { get; init; }

    /// <summary>Roles, or users by their names; empty means whoever may run the plan.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>When nobody answered in this time, the step fails; null means that it waits for ever.</summary>
    public TimeSpan? Within { get; init; }

    public override string Use => "approve";
}

/// <summary>Starts another plan.</summary>
public sealed record CallStep : Step
{
    public required string Plan { get; init; }

    /// <summary>An object whose texts may hold references: the inputs.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>It ends as the called execution does; otherwise as soon as that is accepted.</summary>
    public bool IsAwaited { get; init; } = true;

    public override string Use => "call";
}

/// <summary>Ends the execution.</summary>
public sealed record StopStep : Step
{
    /// <summary>Succeeded, Failed or Cancelled.</summary>
    public ExecutionStatus Status { get; init; } = ExecutionStatus.Succeeded;

    /// <summary>A text that may hold references; null when there is none.</summary>
    public JsonElement? Message { get; init; }

    /// <summary>The execution's output; null leaves it that of the last step that gave one.</summary>
    public JsonElement? Output { get; init; }

    public override string Use => "stop";
}

/// <summary>Runs a list, and another when that fails.</summary>
public sealed record TryStep : Step
{
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>When the first list fails; the step then ends as this one does. Empty: it fails all the same.</summary>
    public IReadOnlyList<Step> Catch { get; init; } = [];

    /// <summary>After either, and after a stop; not when the execution was cancelled.</summary>
    public IReadOnlyList<Step> Finally { get; init; } = [];

    public override string Use => "try";

    internal override IEnumerable<IReadOnlyList<Step>> Lists => [Steps, Catch, Finally];
}
