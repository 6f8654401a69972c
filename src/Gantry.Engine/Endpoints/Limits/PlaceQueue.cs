namespace Gantry.Engine.Endpoints.Limits;

/// <summary>
/// Places of which there are so many. Whoever waits gets one by priority, then in order of arrival. An urgent one counts only those that are urgent as well:
/// the others rest while it runs, and would otherwise rest on the place that it waits for.
/// </summary>
/// <param name="gate">Of the limits that it belongs to.</param>
/// <param name="placesMax">Asked anew each time; null means no bound.</param>
internal sealed class PlaceQueue(Lock gate, Func<int?> placesMax)
{
    private readonly PriorityQueue<TaskCompletionSource, (int Rank, long Number)> waiting = new();
    private readonly int[] taken = new int[Enum.GetValues<TransferPriority>().Length];
    private long numbers;

    public ValueTask EnterAsync(TransferPriority priority, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (gate)
        {
            DropCancelled();
            if (HasRoom(priority) && (!waiting.TryPeek(out _, out var first) || first.Rank > -(int)priority))
            {
                taken[(int)priority]++;
                return ValueTask.CompletedTask;
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(waiter, (-(int)priority, numbers++));
        }

        return WaitAsync(waiter, cancellationToken);
    }

    public void Leave(TransferPriority priority)
    {
        lock (gate)
        {
            taken[(int)priority]--;
        }

        Serve();
    }

    /// <summary>Gives out what places there are.</summary>
    public void Serve()
    {
        lock (gate)
        {
            while (waiting.TryPeek(out var next, out var rank) && (next.Task.IsCompleted || HasRoom((TransferPriority)(-rank.Rank))))
            {
                waiting.Dequeue();
                if (next.TrySetResult())
                {
                    taken[-rank.Rank]++;
                }
            }
        }
    }

    private async ValueTask WaitAsync(TaskCompletionSource waiter, CancellationToken cancellationToken)
    {
        try
        {
            await using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
            {
                await waiter.Task;
            }
        }
        catch (OperationCanceledException)
        {
            Serve();
            throw;
        }
    }

    private void DropCancelled()
    {
        while (waiting.TryPeek(out var next, out _) && next.Task.IsCompleted)
        {
            waiting.Dequeue();
        }
    }

    private bool HasRoom(TransferPriority priority) =>
        placesMax() is not { } max || (priority == TransferPriority.Urgent ? taken[(int)TransferPriority.Urgent] : taken.Sum()) < max;
}
