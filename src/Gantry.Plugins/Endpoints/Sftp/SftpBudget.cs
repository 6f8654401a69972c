namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// So much of something at once: bytes on their way, or open handles. First come, first served; what is more than the whole enters alone.
/// </summary>
internal sealed class SftpBudget
{
    private readonly Lock gate = new();
    private readonly LinkedList<(long Amount, Action Enter)> queue = [];
    private long most;
    private long taken;
    private bool isLettingIn;

    public SftpBudget(long most) => this.most = most;

    /// <summary>Whoever asks waits, and is let in by <see cref="LetIn"/> only.</summary>
    public bool IsPaced { get; set; }

    public bool IsQueueEmpty
    {
        get
        {
            lock (gate)
            {
                return queue.Count == 0;
            }
        }
    }

    /// <summary>There is more of it than was thought, or less.</summary>
    public void Resize(long newMost)
    {
        lock (gate)
        {
            most = newMost;
        }

        Give(0);
    }

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
            return new(WaitAsync(queue.AddLast((amount, entered.SetResult)), entered.Task, cancellationToken));
        }
    }

    /// <summary>Enters at once, or later on the thread of whoever gives something back. Entering is short.</summary>
    public void Take(long amount, Action enter)
    {
        lock (gate)
        {
            if (IsPaced || queue.Count > 0 || !Fits(amount))
            {
                queue.AddLast((amount, enter));
                return;
            }

            taken += amount;
        }

        enter();
    }

    public void Give(long amount)
    {
        lock (gate)
        {
            taken -= amount;
            if (isLettingIn || IsPaced)
            {
                // Whoever is at it goes on with this, too: who enters may give back at once.
                return;
            }

            isLettingIn = true;
        }

        while (Next() is { } enter)
        {
            enter();
        }
    }

    /// <summary>Lets in who waits and fits, until that is so much together or a little more. Answers how many those were.</summary>
    public int LetIn(long most)
    {
        lock (gate)
        {
            if (isLettingIn)
            {
                return 0;
            }

            isLettingIn = true;
        }

        var count = 0;
        for (var left = most; left > 0; count++)
        {
            long amount;
            lock (gate)
            {
                amount = queue.First?.Value.Amount ?? 0;
            }

            if (Next() is not { } enter)
            {
                return count;
            }

            enter();
            left -= amount;
        }

        lock (gate)
        {
            isLettingIn = false;
        }

        return count;
    }

    private Action? Next()
    {
        lock (gate)
        {
            if (queue.First is { } first && Fits(first.Value.Amount))
            {
                taken += first.Value.Amount;
                queue.RemoveFirst();
                return first.Value.Enter;
            }

            isLettingIn = false;
            return null;
        }
    }

    private bool Fits(long amount) => taken == 0 || taken + amount <= most;

    private async Task WaitAsync(LinkedListNode<(long Amount, Action Enter)> node, Task entered, CancellationToken cancellationToken)
    {
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
    private bool Leaves(LinkedListNode<(long Amount, Action Enter)> node)
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
