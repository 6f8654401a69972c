namespace Gantry.Hub.Executions.Journal;

/// <summary>
/// How many bytes of large outputs may be on their way to the database at once, of all executions together. Who finds no room waits, first come, first served.
/// </summary>
internal sealed class JournalRoom(long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Queue<(int Bytes, TaskCompletionSource Entered)> waiting = new();
    private long taken;

    /// <summary>Until the answer is disposed of. Something larger than all the room there is goes alone.</summary>
    public async Task<IDisposable> EnterAsync(int bytes)
    {
        TaskCompletionSource? entered = null;
        lock (gate)
        {
            if (waiting.Count == 0 && Fits(bytes))
            {
                taken += bytes;
            }
            else
            {
                entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue((bytes, entered));
            }
        }

        if (entered is not null)
            await entered.Task;
        return new Place(this, bytes);
    }

    private bool Fits(int bytes) => taken == 0 || taken + bytes <= bytesMax;

    private void Leave(int bytes)
    {
        lock (gate)
        {
            taken -= bytes;
            while (waiting.TryPeek(out var next) && Fits(next.Bytes))
            {
                waiting.Dequeue();
                taken += next.Bytes;
                next.Entered.SetResult();
            }
        }
    }

    private sealed class Place(JournalRoom room, int bytes) : IDisposable
    {
        private bool isLeft;

        public void Dispose()
        {
            if (isLeft)
                return;
            isLeft = true;
            room.Leave(bytes);
        }
    }
}
