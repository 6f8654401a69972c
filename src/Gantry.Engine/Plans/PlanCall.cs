using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>Another plan, started by a step. Whoever records the step's attempt starts it, in the same transaction.</summary>
public sealed record PlanCall
{
    /// <summary>
    /// The execution to start. It follows from the caller's id, the step's path and the attempt's beginning, so that it is the same however often the
    /// start is tried: one that is there already is not started again.
    /// </summary>
    public required Guid ExecutionId { get; init; }

    /// <summary>The plan's name, in the caller's workspace.</summary>
    public required string Plan { get; init; }

    /// <summary>An object, as the caller's step gives it: the called plan's own checks and defaults come on top.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>
    /// The step waits for the end, which comes as a signal. When the attempt ends otherwise (Cancelled, or Failed because it took too long), the called execution is
    /// cancelled with it. When it does not wait, the two have no more to do with each other.
    /// </summary>
    public required bool IsAwaited { get; init; }
}

/// <summary>A called plan cannot be started: there is none of the name, its inputs do not fit, or calls are nested too deeply. Nothing was recorded; the step fails.</summary>
public sealed class CallRefusedException(ProviderError error) : Exception(error.Message)
{
    public ProviderError Error { get; } = error;
}
