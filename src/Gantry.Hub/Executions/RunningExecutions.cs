using System.Collections.Concurrent;

namespace Gantry.Hub.Executions;

/// <summary>What runs in this process, so that it can be told to stop.</summary>
internal sealed class RunningExecutions
{
    private readonly ConcurrentDictionary<Guid, Entry> running = [];

    public bool Has(Guid executionId) => running.ContainsKey(executionId);

    /// <summary>From now on until the entry is disposed, the claim is this process's to run.</summary>
    public Entry Add(Claim claim)
    {
        var entry = new Entry(this, claim);
        running[claim.ExecutionId] = entry;
        return entry;
    }

    /// <summary>False when it does not run here.</summary>
    public bool Cancel(Guid executionId)
    {
        if (!running.TryGetValue(executionId, out var entry))
            return false;
        entry.Cancel();
        return true;
    }

    internal sealed class Entry(RunningExecutions all, Claim claim) : IDisposable
    {
        private readonly CancellationTokenSource stop = new();

        public Claim Claim => claim;

        /// <summary>Fires when the execution is to stop.</summary>
        public CancellationToken Stop => stop.Token;

        // Callbacks of the token are others' code: not on the caller's time.
        public void Cancel() => _ = Task.Run(stop.Cancel);

        // The source is left to the collector: a late Cancel must not meet one that is disposed.
        public void Dispose() => all.running.TryRemove(KeyValuePair.Create(claim.ExecutionId, this));
    }
}
