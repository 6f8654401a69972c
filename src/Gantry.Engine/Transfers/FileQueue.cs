using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Files that were found and wait for a reader. When it is full, whoever finds more waits until half of it is worked off: woken for each
/// place that becomes free, the walk would cost a change of threads for every file.
/// </summary>
internal sealed class FileQueue(int filesMax)
{
    private readonly Channel<FileJob> files = Channel.CreateUnbounded<FileJob>();
    private readonly Lock gate = new();
    private TaskCompletionSource? room;
    private int count;

    /// <summary>Always takes the file; returns when it may be followed by another.</summary>
    public ValueTask AddAsync(FileJob job, CancellationToken cancellationToken)
    {
        // Counted first: a reader may take it before the next line.
        var isFull = Interlocked.Increment(ref count) >= filesMax;
        files.Writer.TryWrite(job);
        return isFull ? WaitForRoomAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => files.Writer.TryComplete();

    /// <summary>False when the queue is empty and nothing more comes.</summary>
    public ValueTask<bool> WaitToTakeAsync(CancellationToken cancellationToken) => files.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>What would be taken next; another may be quicker.</summary>
    public bool TryPeek([NotNullWhen(true)] out FileJob? job) => files.Reader.TryPeek(out job);

    public bool TryTake([NotNullWhen(true)] out FileJob? job)
    {
        if (!files.Reader.TryRead(out job))
        {
            return false;
        }

        if (Interlocked.Decrement(ref count) <= filesMax / 2 && Volatile.Read(ref room) is not null)
        {
            MakeRoom();
        }

        return true;
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task free;
        lock (gate)
        {
            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            free = room.Task;
        }

        // The readers may have emptied it before they could see that somebody waits.
        if (Volatile.Read(ref count) <= filesMax / 2)
        {
            MakeRoom();
        }

        await free.WaitAsync(cancellationToken);
    }

    private void MakeRoom()
    {
        lock (gate)
        {
            room?.TrySetResult();
            room = null;
        }
    }
}
