using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Gantry.Engine.Work;

namespace Gantry.Hub.Executions;

/// <summary>
/// Brings what happens to those who watch, in this process, as it becomes durable. Whoever was not watching, or reads too slowly, finds all but
/// the progress in the database.
/// </summary>
internal sealed class ExecutionEvents
{
    /// <summary>How many events may wait for a slow reader before it has to look into the database again.</summary>
    private const int WaitingMax = 1_000;

    /// <summary>The same in characters: an event may have tens of thousands.</summary>
    internal const int CharactersWaitingMax = 1024 * 1024;

    /// <summary>The type of an event that tells no more than that there is something to be looked at.</summary>
    public const string Changed = "changed";

    private readonly ConcurrentDictionary<Guid, ImmutableList<Watch>> watchers = [];
    private readonly ConcurrentDictionary<Guid, ImmutableList<TaskCompletionSource<ExecutionEnd>>> waiters = [];

    /// <summary>Building an event is worth it only then.</summary>
    public bool IsWatched(Guid executionId) => watchers.ContainsKey(executionId);

    public void Publish(ExecutionEvent happened)
    {
        if (!watchers.TryGetValue(happened.ExecutionId, out var watching))
            return;
        foreach (var watch in watching)
            watch.Tell(happened);
    }

    /// <summary>What is told as it stands now, and not kept, is another now: those who watch look into the database.</summary>
    public void TellChanged(Guid executionId) => Publish(new ExecutionEvent(executionId, null, Changed, ""));

    public void PublishEnd(ExecutionEnd end)
    {
        if (!waiters.TryRemove(end.ExecutionId, out var waiting))
            return;
        foreach (var waiter in waiting)
            waiter.TrySetResult(end);
    }

    public Watch WatchExecution(Guid executionId)
    {
        var watch = new Watch(WaitingMax, CharactersWaitingMax, ended => Remove(watchers, executionId, ended));
        watchers.AddOrUpdate(executionId, _ => [watch], (_, others) => others.Add(watch));
        return watch;
    }

    /// <summary>Completes at the execution's end, when that happens in this process.</summary>
    public EndWait WaitForEnd(Guid executionId)
    {
        var waiter = new TaskCompletionSource<ExecutionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.AddOrUpdate(executionId, _ => [waiter], (_, others) => others.Add(waiter));
        return new EndWait(waiter.Task, () => Remove(waiters, executionId, waiter));
    }

    private static void Remove<T>(ConcurrentDictionary<Guid, ImmutableList<T>> lists, Guid key, T item)
    {
        while (lists.TryGetValue(key, out var list))
        {
            var rest = list.Remove(item);
            if (rest.IsEmpty ? lists.TryRemove(KeyValuePair.Create(key, list)) : lists.TryUpdate(key, rest, list))
                return;
        }
    }
}

/// <summary>Somebody watches one execution, until disposed.</summary>
internal sealed class Watch(int eventsMax, int charactersMax, Action<Watch> end) : IDisposable
{
    private readonly Channel<ExecutionEvent> events = Channel.CreateBounded<ExecutionEvent>(new BoundedChannelOptions(eventsMax) { SingleReader = true });
    private int charactersWaiting;

    /// <summary>What waits for its reader, in characters.</summary>
    internal int CharactersWaiting => Volatile.Read(ref charactersWaiting);

    /// <summary>The next event that waits. False when none does.</summary>
    public bool TryRead([NotNullWhen(true)] out ExecutionEvent? happened)
    {
        if (!events.Reader.TryRead(out happened))
            return false;
        Interlocked.Add(ref charactersWaiting, -happened.Data.Length);
        return true;
    }

    /// <summary>False when the reader was too slow, and has read what there was.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => events.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>When too much waits already, the watch ends: its reader goes on from the database. Progress is not worth that, and is left out.</summary>
    internal void Tell(ExecutionEvent happened)
    {
        if (Interlocked.Add(ref charactersWaiting, happened.Data.Length) <= charactersMax && events.Writer.TryWrite(happened))
            return;
        Interlocked.Add(ref charactersWaiting, -happened.Data.Length);
        if (happened.Sequence is not null)
            events.Writer.TryComplete();
    }

    public void Dispose() => end(this);
}

/// <summary>Somebody waits for one execution's end, until disposed.</summary>
internal sealed class EndWait(Task<ExecutionEnd> end, Action dispose) : IDisposable
{
    public Task<ExecutionEnd> End => end;

    public void Dispose() => dispose();
}

/// <summary>An execution's end as this process recorded it.</summary>
internal sealed record ExecutionEnd
{
    public required Guid ExecutionId { get; init; }

    public required string Status { get; init; }

    /// <summary>Null when it never ran.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>JSON; null when there is none, or when it is too large to be told in passing.</summary>
    public string? Output { get; init; }

    public Guid? OutputBlob { get; init; }

    public int OutputBytes { get; init; }

    /// <summary>JSON.</summary>
    public string? Error { get; init; }

    public string? FailedStep { get; init; }
}
