namespace Gantry.Engine.Transfers;

/// <summary>Bounds how many files are in flight, and how many of their bytes are in memory. First come, first served.</summary>
/// <param name="filesMax">Asked anew each time: an endpoint knows better once it is connected.</param>
/// <param name="bytesMax">In memory at once.</param>
internal sealed class FlightGate(Func<int> filesMax, long bytesMax)
{
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

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue((waiter, fileBytes));
            return new ValueTask(waiter.Task);
        }
    }

    public void Leave(long fileBytes)
    {
        lock (gate)
        {
            files--;
            bytes -= fileBytes;
            while (waiting.TryPeek(out var next) && HasRoom(next.Bytes))
            {
                waiting.Dequeue();
                Take(next.Bytes);
                next.Waiter.SetResult();
            }
        }
    }

    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            while (waiting.TryDequeue(out var next))
            {
                next.Waiter.SetCanceled();
            }
        }
    }

    private bool HasRoom(long fileBytes) => files == 0 || (files < filesMax() && bytes + fileBytes <= bytesMax);

    private void Take(long fileBytes)
    {
        files++;
        bytes += fileBytes;
    }
}
