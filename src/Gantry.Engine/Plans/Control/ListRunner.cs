namespace Gantry.Engine.Plans.Control;

/// <summary>How a list of steps ended.</summary>
/// <param name="Status">Succeeded, Failed or Cancelled.</param>
/// <param name="Failure">Set exactly when it failed.</param>
/// <param name="Stop">The attempt that ends the whole execution; null when nothing said so.</param>
internal sealed record ListEnd(StepStatus Status, Failure? Failure = null, StepAttempt? Stop = null)
{
    public static ListEnd Succeeded { get; } = new(StepStatus.Succeeded);

    public static ListEnd Cancelled { get; } = new(StepStatus.Cancelled);

    public static ListEnd Failed(Failure failure) => new(StepStatus.Failed, failure);

    /// <summary>What a step's end makes of its list; null when the list goes on.</summary>
    public static ListEnd? After(CompiledStep step, StepAttempt ended) => ended switch
    {
        _ when ControlRunner.IsStop(ended) => new ListEnd(ended.Status, Stop: ended),
        { Status: StepStatus.Succeeded or StepStatus.Skipped } => null,
        { Status: StepStatus.Cancelled } => Cancelled,
        { Status: StepStatus.Failed } when step.Step.KeepsGoing => null,
        _ => Failed(Failure.Of(ended)),
    };
}

/// <summary>Runs a list of steps: one after the other, or as a graph.</summary>
internal static class ListRunner
{
    /// <summary>How it ended; null when that is left to another run.</summary>
    public static Task<ListEnd?> RunAsync(Execution execution, Frame frame, Flow flow) =>
        frame.List.Names.IsGraph ? new GraphRunner(execution, frame, flow).RunAsync() : RunInOrderAsync(execution, frame, flow);

    private static async Task<ListEnd?> RunInOrderAsync(Execution execution, Frame frame, Flow flow)
    {
        Failure? failure = null;
        foreach (var step in frame.List.Steps)
        {
            if (await step.RunAsync(new StepAt(execution, step, frame), flow) is not { } ended)
            {
                return null;
            }

            frame.Keep(step, ended);
            if (ListEnd.After(step, ended) is { } end)
            {
                return failure is not null && end is { Status: StepStatus.Failed, Stop: null } ? ListEnd.Failed(failure) : end;
            }

            if (ended.Status == StepStatus.Failed)
            {
                failure ??= Failure.Of(ended);
                frame.HasFailed = true;
            }
        }

        return failure is null ? ListEnd.Succeeded : ListEnd.Failed(failure);
    }
}
