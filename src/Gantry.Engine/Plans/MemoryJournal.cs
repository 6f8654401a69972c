using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>
/// The journal of an execution that has no hub: it lasts as long as the process. What the listener is told comes in order, one at a time.
/// </summary>
public sealed class MemoryJournal(IJournalListener? listener = null) : IExecutionJournal
{
    private readonly Lock gate = new();
    private readonly List<StepAttempt> attempts = [];
    private readonly Dictionary<(string Path, int Attempt), int> places = [];
    private readonly List<ExecutionLogLine> lines = [];
    private readonly LogAllowance allowance = new();

    /// <summary>Starts the plan that the step at this path calls, or fails with <see cref="CallRefusedException"/>; without it no plan can be called.</summary>
    public Func<string, PlanCall, Task>? StartCall { get; init; }

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

    /// <summary>False where the listener has the log already, so that it is not held besides.</summary>
    public bool KeepsLines { get; init; } = true;

    /// <summary>As much of the log as a hub keeps; the listener is told no more either.</summary>
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

    public async ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken)
    {
        if (attempt.Call is { } call && (attempt.Status == StepStatus.Waiting || !call.IsAwaited))
        {
            await (StartCall ?? Refuse)(attempt.StepPath, call);
        }

        Record(attempt);
    }

    public void Write(ExecutionLogLine line)
    {
        lock (gate)
        {
            if ((allowance.HasRoomFor(line, out var notice) ? line : notice) is not { } told)
            {
                return;
            }

            told = allowance.Take(told, out _);
            if (KeepsLines)
            {
                lines.Add(told);
            }

            listener?.Wrote(told);
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
            if (places.TryGetValue((attempt.StepPath, attempt.Attempt), out var place))
            {
                attempts[place] = attempt;
            }
            else
            {
                places[(attempt.StepPath, attempt.Attempt)] = attempts.Count;
                attempts.Add(attempt);
            }

            listener?.Recorded(attempt);
        }
    }

    private static Task Refuse(string stepPath, PlanCall call) => throw new CallRefusedException(new()
    {
        Kind = Providers.ProviderErrorKind.BadRequest,
        Message = $"The plan '{call.Plan}' cannot be called from here.",
    });
}

/// <summary>Watches an execution that has no hub, for a terminal.</summary>
public interface IJournalListener
{
    void Recorded(StepAttempt attempt);

    void Wrote(ExecutionLogLine line);

    void Reported(string stepPath, JsonElement progress);
}
