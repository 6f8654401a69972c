namespace Gantry.Engine.Plans;

/// <summary>
/// The signals of one execution: those on record when it was taken up, and those that come while it runs. Whoever runs the execution adds them; of two for one step
/// the first counts.
/// </summary>
public sealed class Signals(IEnumerable<Signal> recorded)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Signal> byPath = ByPath(recorded);
    private readonly Dictionary<string, TaskCompletionSource<Signal>> awaited = new(StringComparer.Ordinal);

    public Signals()
        : this([])
    {
    }

    /// <summary>May be called from any thread, at any time, also when the run is over: then it has no effect.</summary>
    public void Add(Signal signal)
    {
        TaskCompletionSource<Signal>? waiter;
        lock (gate)
        {
            if (!byPath.TryAdd(signal.StepPath, signal))
            {
                return;
            }

            awaited.Remove(signal.StepPath, out waiter);
        }

        waiter?.TrySetResult(signal);
    }

    /// <summary>Null when none has come for the step.</summary>
    internal Signal? Find(string stepPath)
    {
        lock (gate)
        {
            return byPath.GetValueOrDefault(stepPath);
        }
    }

    /// <summary>Completes when a signal for the step is there.</summary>
    internal Task<Signal> NextAsync(string stepPath)
    {
        lock (gate)
        {
            if (byPath.TryGetValue(stepPath, out var signal))
            {
                return Task.FromResult(signal);
            }

            if (!awaited.TryGetValue(stepPath, out var waiter))
            {
                awaited[stepPath] = waiter = new TaskCompletionSource<Signal>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return waiter.Task;
        }
    }

    private static Dictionary<string, Signal> ByPath(IEnumerable<Signal> signals)
    {
        var byPath = new Dictionary<string, Signal>(StringComparer.Ordinal);
        foreach (var signal in signals)
        {
            byPath.TryAdd(signal.StepPath, signal);
        }

        return byPath;
    }
}
