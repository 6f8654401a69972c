using Gantry.Hub.Database;

namespace Gantry.Hub.Executions;

/// <summary>
/// Waits for an execution's end. This process tells at once; whether another hub brought it to its end is looked up now and then.
/// </summary>
internal sealed class EndWatch(HubDatabase database, ExecutionEvents events, TimeProvider clock)
{
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(1);

    /// <summary>To be called before the execution is started, so that its end is not missed.</summary>
    public EndWait Begin(Guid executionId) => events.WaitForEnd(executionId);

    /// <summary>Null when it did not end in time.</summary>
    public async Task<ExecutionView?> WaitAsync(
        Actor actor, ExecutionView execution, EndWait ending, TimeSpan wait, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + wait;
        while (true)
        {
            var left = until - clock.GetUtcNow();
            var pause = left < LookUp ? left : LookUp;
            if (pause > TimeSpan.Zero)
                await ((Task)ending.End).WaitAsync(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (ending.End.IsCompleted)
                return execution.EndedAs(await ending.End);
            if (left <= LookUp)
                return null;
            await using var session = await database.OpenAsync(actor, cancellationToken);
            if (await ExecutionStore.FindAsync(session, execution.Id, cancellationToken) is { IsFinal: true } ended)
                return ended;
        }
    }
}
