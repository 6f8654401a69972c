using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The connections over which large files are spread: the endpoint's own, and beside it as many more as pay and the server gives. One that it
/// refuses is not asked for again.
/// </summary>
internal sealed class SftpStripes : IAsyncDisposable
{
    private const int DialsPerConnectionMax = 3;
    private static readonly TimeSpan dialMax = TimeSpan.FromSeconds(60);

    private readonly SftpSessions sessions;
    private readonly Func<CancellationToken, Task<SftpConnection>> connect;
    private readonly int most;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource closing = new();
    private readonly Lock gate = new();
    private readonly List<SftpStripe> others = [];
    private readonly List<Task> dialling = [];
    private SftpStripe? own;
    private int wanted;
    private int dials;
    private bool isClosed;

    /// <param name="sessions">The endpoint's own connection.</param>
    /// <param name="connect">Makes another one.</param>
    /// <param name="most">How many there may be in all.</param>
    /// <param name="clock">Limits the dialling.</param>
    public SftpStripes(SftpSessions sessions, Func<CancellationToken, Task<SftpConnection>> connect, int most, TimeProvider clock)
    {
        this.sessions = sessions;
        this.connect = connect;
        this.most = most;
        this.clock = clock;
    }

    /// <summary>How many stand, or are as good as standing.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return others.Count(stripe => !stripe.Connection.IsOver) + 1;
            }
        }
    }

    /// <summary>Dials until there are so many in all, and does not wait for it.</summary>
    public void Spread(int count)
    {
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            // One that was lost after it had stood may be dialled again.
            var lost = others.RemoveAll(stripe => stripe.Connection.IsOver);
            wanted -= lost;
            for (; wanted < Math.Min(count, most) - 1 && dials < most * DialsPerConnectionMax; wanted++, dials++)
            {
                dialling.Add(Task.Run(DialAsync));
            }
        }
    }

    /// <summary>The one with the least under way; given back when the range is through.</summary>
    public async ValueTask<SftpStripe> TakeAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var best = others.Where(stripe => !stripe.Connection.IsOver).MinBy(stripe => stripe.Load);
            if (sessions.Standing is { } standing)
            {
                var first = OwnOf(standing);
                best = best is null || first.Load <= best.Load ? first : best;
            }

            if (best is not null)
            {
                best.Load++;
                return best;
            }
        }

        var connection = await sessions.GetAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            var first = OwnOf(connection);
            first.Load++;
            return first;
        }
    }

    /// <summary>The endpoint's own connection as one of them.</summary>
    public SftpStripe Of(SftpConnection connection)
    {
        lock (gate)
        {
            return OwnOf(connection);
        }
    }

    public void Give(SftpStripe stripe)
    {
        lock (gate)
        {
            stripe.Load--;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] open;
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            open = [.. dialling];
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(open).ConfigureAwait(false);
        await Task.WhenAll(others.Select(stripe => stripe.Connection.DisposeAsync().AsTask())).ConfigureAwait(false);
        closing.Dispose();
    }

    private SftpStripe OwnOf(SftpConnection connection) =>
        own is { } known && known.Connection == connection ? known : own = new SftpStripe(connection);

    private async Task DialAsync()
    {
        using var limit = new CancellationTokenSource(dialMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closing.Token);
        try
        {
            var connection = await connect(either.Token).ConfigureAwait(false);
            var isLate = false;
            lock (gate)
            {
                isLate = isClosed;
                if (!isLate)
                {
                    others.Add(new SftpStripe(connection));
                }
            }

            if (isLate)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            // As many as the server gives must do.
        }
    }
}

/// <summary>One of them.</summary>
internal sealed class SftpStripe(SftpConnection connection)
{
    // OpenSSH's channel window is 2 MiB, so that more would only wait in buffers.
    private const long WindowBytes = 4 * 1024 * 1024;

    public SftpConnection Connection { get; } = connection;

    /// <summary>What was sent for large files and is not acknowledged.</summary>
    public SftpBudget Window { get; } = new(WindowBytes);

    /// <summary>Ranges under way.</summary>
    public int Load { get; set; }
}
