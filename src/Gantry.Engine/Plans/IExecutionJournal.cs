using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

public enum StepStatus
{
    Running,

    /// <summary>For what <see cref="StepAttempt.Wait"/> says; nothing is being done meanwhile.</summary>
    Waiting,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,

    /// <summary>An attempt was cut off, and nobody can tell whether its effects happened.</summary>
    MayHaveRun,
}

/// <summary>
/// One attempt at a step, as it is recorded. <see cref="StepPath"/> and <see cref="Attempt"/> name it within its execution.
/// </summary>
public sealed record StepAttempt
{
    /// <summary>Where the step stands in the plan, counted from 0; inside control steps "3.items[7].0".</summary>
    public required string StepPath { get; init; }

    /// <summary>The step's own id; null when the plan gave none.</summary>
    public string? StepId { get; init; }

    /// <summary>"provider.action"; control steps: "if", "each", …</summary>
    public required string Use { get; init; }

    /// <summary>Counted from 1.</summary>
    public required int Attempt { get; init; }

    public required StepStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public StepOutput? Output { get; init; }

    public string? Message { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public ProviderError? Error { get; init; }

    /// <summary>Set exactly when the status is Waiting.</summary>
    public StepWait? Wait { get; init; }

    /// <summary>
    /// The plan that this attempt calls; null when it calls none. Recording the attempt as Waiting, or as Succeeded when the call is not awaited, starts it; recording an
    /// awaited one as Failed or Cancelled cancels it when it has not ended (see <see cref="PlanCall"/>).
    /// </summary>
    public PlanCall? Call { get; init; }
}

/// <summary>When a record has to be durable.</summary>
public enum Durability
{
    /// <summary>Before the call returns.</summary>
    Now,

    /// <summary>
    /// Together with whatever is recorded next, or not at all: losing it does no harm, since it is made again. Nothing recorded later is durable without it, so nothing
    /// that has effects happens before it is; nor is the outcome of the run (its end, or that it waits) stored without it.
    /// </summary>
    WithNext,

    /// <summary>Nothing but the execution's end follows: both are durable together, or neither.</summary>
    WithEnd,
}

/// <summary>One line of an execution's log.</summary>
public sealed record ExecutionLogLine
{
    public required DateTimeOffset Time { get; init; }

    public required StepLogLevel Level { get; init; }

    /// <summary>Null for a line about the execution itself.</summary>
    public string? StepPath { get; init; }

    public int? Attempt { get; init; }

    public required string Message { get; init; }

    public JsonElement? Fields { get; init; }
}

/// <summary>
/// Where the runner records what happens to one execution. The hub's journal is PostgreSQL, fenced by the claim's number; without a hub it
/// is memory. It is called from several branches of the execution at once. Once a large output is durable, a journal may say where it rests
/// (<see cref="StepOutput.Rest"/>), so that the run does not hold it. When a call fails with <see cref="JournalLostException"/>, the execution belongs to
/// somebody else: the runner stops at once.
/// </summary>
public interface IExecutionJournal
{
    /// <summary>
    /// Records an attempt as it is now; path and number name it, so that a later record of the same attempt takes the place of the earlier one. An attempt that may have effects is
    /// recorded as Running, durably, before it begins. One recorded as Succeeded, Skipped or Cancelled never runs again; its record is never replaced.
    /// </summary>
    /// <exception cref="CallRefusedException">The attempt calls a plan that cannot be started.</exception>
    ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken);

    /// <summary>Durable together with whatever is recorded next.</summary>
    void Write(ExecutionLogLine line);

    /// <summary>Live only.</summary>
    void Report(string stepPath, JsonElement progress);
}

/// <summary>The claim on the execution is lost; nothing more may be recorded or done for it.</summary>
public sealed class JournalLostException(string message) : Exception(message);
