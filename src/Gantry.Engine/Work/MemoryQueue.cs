namespace Gantry.Engine.Work;

/// <summary>
/// The queue of a hub that works alone. An item that is waiting already is not added twice, and what does not fit is left out: whoever
/// publishes finds it again in the database.
/// </summary>
public sealed class MemoryQueue(int itemsMax) : IWorkQueue
{
    private readonly Lock gate = new();
    private readonly Queue<WorkItem> waiting = new();
    private readonly HashSet<Guid> waitingIds = [];
    private TaskCompletionSource arrived = NewSignal();

    /// <summary>How many items wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>How many more items fit.</summary>
    public int Room => Math.Max(0, itemsMax - Count);

    public ValueTask PublishAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            foreach (var item in items)
            {
                if (waiting.Count >= itemsMax)
                    break;
                if (waitingIds.Add(item.ExecutionId))
                    waiting.Enqueue(item);
            }

            if (waiting.Count > 0)
                arrived.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<WorkItem>> ReadAsync(int itemsMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(itemsMax, 1);
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (waiting.Count > 0)
                    return Take(itemsMax);
                if (arrived.Task.IsCompleted)
                    arrived = NewSignal();
                signal = arrived.Task;
            }

            await signal.WaitAsync(cancellationToken);
        }
    }

    private List<WorkItem> Take(int countMax)
    {
        var taken = new List<WorkItem>(Math.Min(countMax, waiting.Count));
        while (taken.Count < countMax && waiting.TryDequeue(out var item))
        {
            waitingIds.Remove(item.ExecutionId);
            taken.Add(item);
        }

        return taken;
    }

    // Continuations run elsewhere: a publisher never does a reader's work.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
