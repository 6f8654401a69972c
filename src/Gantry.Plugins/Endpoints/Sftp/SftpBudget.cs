namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// So much of something at once: bytes on their way, or open handles. First come, first served; what is more than the whole enters alone.
/// </summary>
internal sealed class SftpBudget
{
    private readonly Lock gate = new();
    private readonly LinkedList<(long Amount, TaskCompletionSource Entered)> queue = [];
    private readonly long most;
    private long taken;

    public SftpBudget(long most) => this.most = most;

    public ValueTask TakeAsync(long amount, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (queue.Count == 0 && Fits(amount))
            {
                taken += amount;
                return ValueTask.CompletedTask;
            }

            var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(WaitAsync(queue.AddLast((amount, entered)), cancellationToken));
        }
    }

    /// <summary>Takes it if that needs no wait.</summary>
    public bool TryTake(long amount)
    {
        lock (gate)
        {
            if (queue.Count > 0 || !Fits(amount))
            {
                return false;
            }

            taken += amount;
            return true;
        }
    }

    public void Give(long amount)
    {
        lock (gate)
        {
            taken -= amount;
            while (queue.First is { } first && Fits(first.Value.Amount))
            {
                taken += first.Value.Amount;
                queue.RemoveFirst();
                first.Value.Entered.SetResult();
            }
        }
    }

    private bool Fits(long amount) => taken == 0 || taken + amount <= most;

    private async Task WaitAsync(LinkedListNode<(long Amount, TaskCompletionSource Entered)> node, CancellationToken cancellationToken)
    {
        var entered = node.Value.Entered.Task;
        try
        {
            await entered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (Leaves(node))
            {
                throw;
            }

            Give(node.Value.Amount);
            throw;
        }
    }

    /// <summary>False when it was let in already.</summary>
    private bool Leaves(LinkedListNode<(long Amount, TaskCompletionSource Entered)> node)
    {
        lock (gate)
        {
            if (node.List is null)
            {
                return false;
            }

            queue.Remove(node);
        }

        // Smaller ones behind it may fit now.
        Give(0);
        return true;
    }
}
