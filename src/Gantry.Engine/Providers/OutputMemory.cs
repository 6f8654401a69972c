namespace Gantry.Engine.Providers;

/// <summary>
/// How much of outputs this process holds at once, of all executions together: answers that are being read, what is made of them, and the earlier outputs that steps load. Who finds no
/// room waits, first come, first served. It never comes to a stop: whoever has held some of it for longest always gets more, and when nothing has moved for a while the
/// next one goes on without room.
/// </summary>
public sealed class OutputMemory(long bytesMax, TimeProvider clock)
{
    /// <summary>What is smaller is not counted.</summary>
    public const int CountedFrom = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly LinkedList<(MemoryShare Share, long Bytes, TaskCompletionSource Entered)> waiting = [];
    private readonly SortedSet<MemoryShare> holders = new(Comparer<MemoryShare>.Create((one, other) => one.Number.CompareTo(other.Number)));
    private long numbers;
    private ITimer? stall;

    /// <summary>At the moment.</summary>
    public long Bytes { get; private set; }

    /// <summary>For one run. What it still holds when it is disposed of is free again.</summary>
    public RunMemory Begin() => new(this);

    internal async ValueTask TakeAsync(MemoryShare share, long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(MemoryShare, long, TaskCompletionSource)> place;
        lock (gate)
        {
            if (share.IsOver || (waiting.Count == 0 && Fits(bytes)) || IsEldest(share))
            {
                Enter(share, bytes);
                return;
            }

            place = waiting.AddLast((share, bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
            stall ??= clock.CreateTimer(_ => GoOn(), null, Patience, Timeout.InfiniteTimeSpan);
        }

        try
        {
            await place.Value.Item3.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                if (place.List is not null)
                {
                    waiting.Remove(place);
                    Admit();
                }
            }

            throw;
        }
    }

    /// <summary>From now on it holds so much, and waits for nothing.</summary>
    internal void Set(MemoryShare share, long bytes)
    {
        lock (gate)
        {
            Enter(share, bytes - share.Held);
            Admit();
        }
    }

    internal void End(MemoryShare share)
    {
        lock (gate)
        {
            if (!share.IsOver)
            {
                Enter(share, -share.Held);
                share.IsOver = true;
                Admit();
            }
        }
    }

    private bool Fits(long bytes) => Bytes == 0 || (bytes == 0 ? Bytes < bytesMax : Bytes + bytes <= bytesMax);

    private bool IsEldest(MemoryShare share) => share.Held > 0 && holders.Min == share;

    private void Enter(MemoryShare share, long bytes)
    {
        if (share.IsOver || bytes == 0)
        {
            return;
        }

        if (share.Held == 0)
        {
            share.Number = ++numbers;
            holders.Add(share);
        }

        share.Held += bytes;
        Bytes += bytes;
        if (share.Held == 0)
        {
            holders.Remove(share);
        }
    }

    private void Admit()
    {
        for (var place = waiting.First; place is not null;)
        {
            var next = place.Next;
            if (place.Value.Share.IsOver || IsEldest(place.Value.Share))
            {
                LetIn(place);
                next = waiting.First;
            }

            place = next;
        }

        while (waiting.First is { } first && Fits(first.Value.Bytes))
        {
            LetIn(first);
        }
    }

    private void LetIn(LinkedListNode<(MemoryShare Share, long Bytes, TaskCompletionSource Entered)> place)
    {
        waiting.Remove(place);
        Enter(place.Value.Share, place.Value.Bytes);
        place.Value.Entered.SetResult();
        stall?.Change(waiting.Count == 0 ? Timeout.InfiniteTimeSpan : Patience, Timeout.InfiniteTimeSpan);
        if (waiting.Count == 0)
        {
            stall?.Dispose();
            stall = null;
        }
    }

    private void GoOn()
    {
        lock (gate)
        {
            if (waiting.First is { } first)
            {
                LetIn(first);
            }
        }
    }
}

/// <summary>What one run holds of <see cref="OutputMemory"/>.</summary>
public sealed class RunMemory(OutputMemory memory) : IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<MemoryShare> shares = [];

    internal OutputMemory Memory => memory;

    /// <summary>For one step.</summary>
    public MemoryShare Begin()
    {
        var share = new MemoryShare(this);
        lock (gate)
        {
            shares.Add(share);
        }

        return share;
    }

    public void Dispose()
    {
        List<MemoryShare> left;
        lock (gate)
        {
            left = [.. shares];
        }

        foreach (var share in left)
        {
            share.Dispose();
        }
    }

    internal void Forget(MemoryShare share)
    {
        lock (gate)
        {
            shares.Remove(share);
        }
    }
}

/// <summary>What one step holds of <see cref="OutputMemory"/>: until its output rests elsewhere, or it ends without one.</summary>
public sealed class MemoryShare(RunMemory run) : IDisposable
{
    /// <summary>In bytes.</summary>
    public long Held { get; internal set; }

    internal long Number { get; set; }

    internal bool IsOver { get; set; }

    /// <summary>Waits until there is room for so much more; for nothing, until there is any.</summary>
    public ValueTask TakeAsync(long bytes, CancellationToken cancellationToken) => run.Memory.TakeAsync(this, bytes, cancellationToken);

    /// <summary>It holds so much from now on.</summary>
    public void Set(long bytes) => run.Memory.Set(this, bytes);

    public void Dispose()
    {
        run.Memory.End(this);
        run.Forget(this);
    }
}
