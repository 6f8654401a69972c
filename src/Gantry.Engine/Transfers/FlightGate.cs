namespace Gantry.Engine.Transfers;

/// <summary>Bounds how many files are in flight, and how many of their bytes are in memory. First come, first served.</summary>
/// <param name="filesMax">Asked anew each time: an endpoint knows better once it is connected.</param>
/// <param name="bytesMax">In memory at once.</param>
internal sealed class FlightGate(Func<int> filesMax, long bytesMax)
{
    private const int DepthMax = 4;

    [ThreadStatic]
    private static int depth;

    private readonly Lock gate = new();
    private readonly Queue<(TaskCompletionSource Waiter, long Bytes)> waiting = new();
    private int files;
    private long bytes;
    private bool isClosed;

    /// <summary>Waits for a place; after <see cref="Close"/> it is cancelled. A single file larger than all the room gets it when it is alone.</summary>
    public ValueTask EnterAsync(long fileBytes)
    {
        lock (gate)
        {
            if (isClosed)
            {
                return ValueTask.FromCanceled(new CancellationToken(canceled: true));
            }

            if (waiting.Count == 0 && HasRoom(fileBytes))
            {
                Take(fileBytes);
                return ValueTask.CompletedTask;
            }

            // Whoever leaves takes the next file up himself, which saves a hop to another thread for each file.
            var waiter = new TaskCompletionSource();
            waiting.Enqueue((waiter, fileBytes));
            return new ValueTask(waiter.Task);
        }
    }

    /// <summary>Gives the place of a file to another one. False when that is too large for it; then the place is kept as it was.</summary>
    public bool TryExchange(long fileBytes, long nextBytes)
    {
        lock (gate)
        {
            if (isClosed || (nextBytes > fileBytes && bytes - fileBytes + nextBytes > bytesMax))
            {
                return false;
            }

            bytes += nextBytes - fileBytes;
        }

        ResumeWaiting();
        return true;
    }

    public void Leave(long fileBytes)
    {
        lock (gate)
        {
            files--;
            bytes -= fileBytes;
        }

        ResumeWaiting();
    }

    public void Close()
    {
        List<TaskCompletionSource> left;
        lock (gate)
        {
            isClosed = true;
            left = [.. waiting.Select(next => next.Waiter)];
            waiting.Clear();
        }

        left.ForEach(waiter => waiter.TrySetCanceled());
    }

    private void ResumeWaiting()
    {
        while (TakeNext() is { } next)
        {
            Resume(next);
        }
    }

    /// <summary>On this thread, unless that would go too deep: who is resumed may leave again at once.</summary>
    private static void Resume(TaskCompletionSource waiter)
    {
        if (depth >= DepthMax)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.TrySetResult(), waiter, preferLocal: true);
            return;
        }

        depth++;
        waiter.TrySetResult();
        depth--;
    }

    private TaskCompletionSource? TakeNext()
    {
        lock (gate)
        {
            if (!waiting.TryPeek(out var next) || !HasRoom(next.Bytes))
            {
                return null;
            }

            waiting.Dequeue();
            Take(next.Bytes);
            return next.Waiter;
        }
    }

    private bool HasRoom(long fileBytes) => files == 0 || (files < filesMax() && bytes + fileBytes <= bytesMax);

    private void Take(long fileBytes)
    {
        files++;
        bytes += fileBytes;
    }
}
