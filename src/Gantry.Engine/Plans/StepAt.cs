using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>One step of one execution at one place: within an 'each' there is one for every item.</summary>
internal sealed class StepAt(Execution execution, CompiledStep step, Frame frame)
{
    public Execution Execution => execution;

    public CompiledStep Step => step;

    public Frame Frame => frame;

    /// <summary>As in <see cref="StepAttempt.StepPath"/>.</summary>
    public string Path { get; } = frame.Prefix.Length == 0 ? step.Number : frame.Prefix + step.Number;

    /// <summary>"Step 'feed' (http.get)", for messages.</summary>
    public string Name => frame.Prefix.Length == 0 ? step.Name
        : step.Step.Id is { } id ? $"Step '{id}' at {Path} ({step.Use})"
        : $"Step {Path} ({step.Use})";

    public IExecutionJournal Journal => execution.Journal;

    /// <summary>With all at hand that the step refers to.</summary>
    /// <param name="now">What 'now' is.</param>
    /// <param name="memory">Where the room for it is taken from; null when nobody counts it: what waits for other steps may not wait for room.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public async ValueTask<RunScope> ScopeAtAsync(DateTimeOffset now, MemoryShare? memory = null, CancellationToken cancellationToken = default)
    {
        var scope = new RunScope(execution, frame, step.Index, now);
        if (step.OutputReferences.Count > 0)
        {
            await scope.LoadAsync(step.OutputReferences, memory, cancellationToken);
        }

        return scope;
    }

    /// <summary>How durable the record of its end has to be.</summary>
    public Durability DurabilityOf(StepAttempt ended, bool isRepeatedWithoutHarm) =>
        ended.Status != StepStatus.Succeeded ? Durability.Now
        : step.IsLast && frame is { Outer: null, HasFailed: false } ? Durability.WithEnd
        : isRepeatedWithoutHarm ? Durability.WithNext
        : Durability.Now;

    public StepAttempt New(StepStatus status, int attempt, DateTimeOffset startedAt) => new()
    {
        StepPath = Path,
        StepId = step.Step.Id,
        Use = step.Use,
        Attempt = attempt,
        Status = status,
        StartedAt = startedAt,
    };

    /// <summary>For a step that is told to end before it does anything. Not recorded.</summary>
    public StepAttempt Cancelled(int attempt, DateTimeOffset now)
    {
        var message = $"{Name} was not run: the execution was cancelled, or what it is part of had ended.";
        return New(StepStatus.Cancelled, attempt, now) with
        {
            Message = message,
            Error = new ProviderError { Kind = ProviderErrorKind.Cancelled, Message = message },
        };
    }

    public void Write(StepLogLevel level, int attempt, string message) => Journal.Write(new ExecutionLogLine
    {
        Time = execution.Clock.GetUtcNow(),
        Level = level,
        StepPath = Path,
        Attempt = attempt,
        Message = message,
    });
}
