using System.Collections.Concurrent;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>What runs in this process, so that it can be told to stop.</summary>
internal sealed class RunningExecutions
{
    private readonly ConcurrentDictionary<Guid, Entry> running = [];

    /// <summary>Whether somebody here is at it under the claim of this number.</summary>
    public bool Holds(Guid executionId, int fence) => running.TryGetValue(executionId, out var entry) && entry.Claim.Fence == fence;

    /// <summary>Those that run here at present.</summary>
    public IReadOnlyList<Claim> Claims => [.. running.Values.Select(entry => entry.Claim)];

    /// <summary>Null when it does not run here.</summary>
    public Entry? Find(Guid executionId) => running.GetValueOrDefault(executionId);

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
        private readonly Lock gate = new();
        private readonly HashSet<string> known = [.. claim.Signals.Select(signal => signal.StepPath)];

        public Claim Claim => claim;

        /// <summary>What the run is given: the signals that were kept, and those that come.</summary>
        public Signals Signals { get; } = new(claim.Signals);

        public void Add(Signal signal)
        {
            lock (gate)
                known.Add(signal.StepPath);
            Signals.Add(signal);
        }

        /// <summary>
        /// How many signals a run knew of that ended waiting for these; -1 when one came for them as it ended, so that more are kept than that whatever the database has.
        /// </summary>
        public int SignalsKnownTo(IReadOnlyList<StepWait> waits)
        {
            lock (gate)
                return waits.Any(wait => known.Contains(wait.StepPath)) ? -1 : known.Count;
        }

        /// <summary>Fires when the execution is to stop.</summary>
        public CancellationToken Stop => stop.Token;

        // Callbacks of the token are others' code: not on the caller's time.
        public void Cancel() => _ = Task.Run(stop.Cancel);

        // The source is left to the collector: a late Cancel must not meet one that is disposed.
        public void Dispose() => all.running.TryRemove(KeyValuePair.Create(claim.ExecutionId, this));
    }
}
