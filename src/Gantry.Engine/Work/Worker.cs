namespace Gantry.Engine.Work;

/// <summary>
/// Takes news from a queue, claims the work in batches as large as there are free slots, and runs what it got, at most
/// <paramref name="runsMax"/> at once.
/// </summary>
/// <param name="queue">Where news of work comes from.</param>
/// <param name="claimAsync">Answers the claims that were won; an item that is somebody else's or done is simply not among them.</param>
/// <param name="runAsync">Runs one claim to its end. It answers for its own failures.</param>
/// <param name="runsMax">How many run at once.</param>
/// <param name="claimsMax">How many are claimed in one go.</param>
public sealed class Worker<TClaim>(
    IWorkQueue queue,
    Func<IReadOnlyList<WorkItem>, CancellationToken, Task<IReadOnlyList<TClaim>>> claimAsync,
    Func<TClaim, Task> runAsync,
    int runsMax,
    int claimsMax)
{
    private readonly Lock gate = new();
    private int used;
    private TaskCompletionSource? slotFreed;
    private TaskCompletionSource? allFreed;

    /// <summary>How many slots are in use.</summary>
    public int Running
    {
        get
        {
            lock (gate)
                return used;
        }
    }

    /// <summary>Works until told to stop; then nothing more is claimed. What runs goes on: see <see cref="DrainedAsync"/>.</summary>
    public async Task WorkAsync(CancellationToken stopping)
    {
        while (true)
        {
            var items = await queue.ReadAsync(await FreeAsync(stopping), stopping);
            for (var taken = 0; taken < items.Count;)
            {
                var slots = await ReserveAsync(items.Count - taken, stopping);
                await ClaimAndStartAsync(items.Skip(taken).Take(slots).ToList(), stopping);
                taken += slots;
            }
        }
    }

    /// <summary>Reserves a slot for work that is already won; false when all are in use. Follow with Start or Release.</summary>
    public bool TryReserve()
    {
        lock (gate)
        {
            if (used >= runsMax)
                return false;
            used++;
            return true;
        }
    }

    /// <summary>Runs a claim in a slot that was reserved for it.</summary>
    public void Start(TClaim claim) => _ = RunAsync(claim);

    public void Release(int slots = 1)
    {
        if (slots == 0)
            return;
        TaskCompletionSource? freed = null;
        TaskCompletionSource? drained = null;
        lock (gate)
        {
            used -= slots;
            (freed, slotFreed) = (slotFreed, null);
            if (used == 0)
                (drained, allFreed) = (allFreed, null);
        }

        freed?.TrySetResult();
        drained?.TrySetResult();
    }

    /// <summary>Completes when nothing runs.</summary>
    public Task DrainedAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (used == 0)
                return Task.CompletedTask;
            allFreed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return allFreed.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync(TClaim claim)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await runAsync(claim);
        }
        finally
        {
            Release();
        }
    }

    private async Task ClaimAndStartAsync(List<WorkItem> items, CancellationToken stopping)
    {
        var unused = items.Count;
        try
        {
            foreach (var claim in await claimAsync(items, stopping))
            {
                unused--;
                Start(claim);
            }
        }
        finally
        {
            Release(unused);
        }
    }

    // Only looks: an idle worker holds no slot while it waits for news.
    private async Task<int> FreeAsync(CancellationToken cancellationToken)
    {
        var slots = await ReserveAsync(claimsMax, cancellationToken);
        Release(slots);
        return slots;
    }

    private async Task<int> ReserveAsync(int slotsMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task freed;
            lock (gate)
            {
                var free = Math.Min(Math.Min(runsMax - used, claimsMax), slotsMax);
                if (free > 0)
                {
                    used += free;
                    return free;
                }

                slotFreed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                freed = slotFreed.Task;
            }

            await freed.WaitAsync(cancellationToken);
        }
    }
}
