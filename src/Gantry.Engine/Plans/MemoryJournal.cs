using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>
/// The journal of an execution that has no hub: it lasts as long as the process. What the listener is told comes in order, one at a time.
/// </summary>
public sealed class MemoryJournal(IJournalListener? listener = null) : IExecutionJournal
{
    private readonly Lock gate = new();
    private readonly List<StepAttempt> attempts = [];
    private readonly List<ExecutionLogLine> lines = [];

    /// <summary>In the order of their starts, each as it was recorded last.</summary>
    public IReadOnlyList<StepAttempt> Attempts
    {
        get
        {
            lock (gate)
            {
                return [.. attempts];
            }
        }
    }

    public IReadOnlyList<ExecutionLogLine> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public ValueTask AttemptStartedAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        Record(attempt);
        return ValueTask.CompletedTask;
    }

    public ValueTask AttemptEndedAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        Record(attempt);
        return ValueTask.CompletedTask;
    }

    public void Write(ExecutionLogLine line)
    {
        lock (gate)
        {
            lines.Add(line);
            listener?.Wrote(line);
        }
    }

    public void Report(string stepPath, JsonElement progress)
    {
        lock (gate)
        {
            listener?.Reported(stepPath, progress);
        }
    }

    private void Record(StepAttempt attempt)
    {
        lock (gate)
        {
            var index = attempts.FindIndex(known => known.StepPath == attempt.StepPath && known.Attempt == attempt.Attempt);
            if (index < 0)
            {
                attempts.Add(attempt);
            }
            else
            {
                attempts[index] = attempt;
            }

            listener?.Recorded(attempt);
        }
    }
}

/// <summary>Watches an execution that has no hub, for a terminal.</summary>
public interface IJournalListener
{
    void Recorded(StepAttempt attempt);

    void Wrote(ExecutionLogLine line);

    void Reported(string stepPath, JsonElement progress);
}
