namespace Gantry.Engine.Transfers;

/// <summary>Counts what is under way, and tells when nothing is.</summary>
internal sealed class Countdown
{
    private readonly Lock gate = new();
    private TaskCompletionSource? idle;
    private int count;

    public void Enter() => Interlocked.Increment(ref count);

    public void Leave()
    {
        if (Interlocked.Decrement(ref count) > 0)
        {
            return;
        }

        lock (gate)
        {
            idle?.TrySetResult();
            idle = null;
        }
    }

    /// <summary>Returns when the count is zero; whoever counts up again afterwards waits again.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Volatile.Read(ref count) == 0)
            {
                return Task.CompletedTask;
            }

            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Volatile.Read(ref count) == 0)
            {
                idle = null;
                return Task.CompletedTask;
            }

            return idle.Task.WaitAsync(cancellationToken);
        }
    }
}
