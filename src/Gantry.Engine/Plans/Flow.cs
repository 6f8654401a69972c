namespace Gantry.Engine.Plans;

/// <summary>What can end a part of an execution before it is done.</summary>
/// <param name="Cancel">Whatever runs is stopped: the execution was cancelled, or a time limit around this part is over.</param>
/// <param name="End">Nothing more begins and nothing is waited for, but what runs comes to its end: a branch beside this one failed. Fires with Cancel too.</param>
/// <param name="Deadline">The nearest of the time limits around this part; null when there is none.</param>
internal readonly record struct Flow(CancellationToken Cancel, CancellationToken End, DateTimeOffset? Deadline)
{
    /// <summary>For what has to be done even when a branch beside it failed.</summary>
    public Flow Regardless => this with { End = Cancel };

    /// <summary>Nothing more begins here. A time limit that is over counts before its timer has told.</summary>
    public bool IsOver(TimeProvider clock) => End.IsCancellationRequested || (Deadline is { } deadline && deadline <= clock.GetUtcNow());
}
