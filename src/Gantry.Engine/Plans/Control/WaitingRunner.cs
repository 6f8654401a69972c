using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Control;

/// <summary>A control step that waits: its record says for what, before it does.</summary>
internal abstract class WaitingRunner(StepAt at, CompiledStep step, Flow flow) : ControlRunner(at, step, flow)
{
    protected StepWait NewWait(StepAttempt attempt, WaitKind kind) => new() { StepPath = At.Path, StepId = At.Step.Step.Id, Kind = kind, Since = attempt.StartedAt, Deadline = Flow.Deadline };

    /// <summary>What the answer makes of the attempt.</summary>
    protected abstract StepAttempt Answered(StepAttempt attempt, StepWait wait, Signal signal);

    /// <summary>Waits, and ends the step; null when that is left to another run.</summary>
    protected async Task<StepAttempt?> WaitAsync(StepAttempt attempt, bool isRecorded, StepWait wait, Durability durability)
    {
        attempt = attempt with { Status = StepStatus.Waiting, Wait = wait, Call = wait.Call };
        if (!isRecorded)
        {
            await At.Journal.RecordAsync(attempt, durability, CancellationToken.None);
            At.Write(StepLogLevel.Info, 1, $"{At.Name} waits for {wait.Describe()}.");
        }

        var end = await Execution.Waits.WaitAsync(wait, Flow);
        if (end is { Signal: { } signal })
        {
            return await EndAsync(Answered(attempt, wait, signal));
        }

        return end switch
        {
            { IsTold: true } => await EndToldAsync(attempt),
            { IsDue: true } when wait.Kind == WaitKind.Time => await EndAsync(attempt with { Status = StepStatus.Succeeded }),
            { IsDue: true } => await FailAsync(attempt, ProviderErrorKind.TimedOut, $"{At.Name} waited {Duration.Format(wait.Until!.Value - wait.Since)} for {What(wait)}, and none came."),
            _ => null,
        };
    }

    private static string What(StepWait wait) => wait.Kind switch
    {
        WaitKind.Event => $"the event '{wait.Event}'",
        WaitKind.Approval => "an answer",
        _ => $"the end of the plan '{wait.Call?.Plan}'",
    };
}
