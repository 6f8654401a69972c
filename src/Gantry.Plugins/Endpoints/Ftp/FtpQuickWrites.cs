using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Small files on the short way: each session that takes part has a thread of its own, which works them off one behind the other. A session is given
/// back when nothing follows, or when somebody else waits for one.
/// </summary>
internal sealed class FtpQuickWrites(FtpEndpoint endpoint, FtpSessions sessions, FtpDataDialer dialer) : IAsyncDisposable
{
    private static readonly TimeSpan lingering = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly Queue<FtpQuickFile> waiting = new();
    private readonly HashSet<Task> workers = [];
    private readonly SemaphoreSlim arrivals = new(0);
    private readonly CancellationTokenSource closing = new();
    private int free;
    private bool isClosed;

    public bool IsClosed => Volatile.Read(ref isClosed);

    /// <summary>Set when this server is better served by the long way.</summary>
    public bool IsOff { get; set; }

    public FtpEndpoint Endpoint => endpoint;

    public FtpDataDialer Dialer => dialer;

    /// <summary>False when the file cannot go this way.</summary>
    public bool TryAdd(FtpQuickFile file)
    {
        lock (gate)
        {
            if (isClosed || IsOff)
            {
                return false;
            }

            waiting.Enqueue(file);
            StartWorkers();
        }

        arrivals.Release();
        return true;
    }

    /// <summary>The next file; null when there is none, or when somebody else waits for a session.</summary>
    /// <param name="waits">For a moment, when there is none.</param>
    public FtpQuickFile? Next(bool waits)
    {
        if (IsClosed || sessions.IsWanted)
        {
            return null;
        }

        if (waits)
        {
            lock (gate)
            {
                free++;
            }
        }

        var hasCome = arrivals.Wait(waits ? lingering : TimeSpan.Zero);
        lock (gate)
        {
            free -= waits ? 1 : 0;
            return hasCome ? waiting.Dequeue() : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (gate)
        {
            isClosed = true;
            running = [.. workers];
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        FailWaiting();
        arrivals.Dispose();
        closing.Dispose();
    }

    private void StartWorkers()
    {
        // Those who are not at work yet take one each.
        if (!isClosed && waiting.Count > free && workers.Count < sessions.Limit)
        {
            free++;
            Task? worker = null;
            worker = Task.Run(async () =>
            {
                await WorkAsync().ConfigureAwait(false);
                lock (gate)
                {
                    workers.Remove(worker!);
                    StartWorkers();
                }
            });
            workers.Add(worker);
        }
    }

    private async Task WorkAsync()
    {
        FtpSession session;
        try
        {
            session = await sessions.TakePatientlyAsync(closing.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is EndpointException or OperationCanceledException or ObjectDisposedException)
        {
            // The long way meets the same, and tells it.
            bool isLast;
            lock (gate)
            {
                free--;
                isLast = workers.Count == 1;
            }

            if (isLast)
            {
                FailWaiting();
            }

            return;
        }

        try
        {
            await WorkOnAsync(session).ConfigureAwait(false);
        }
        finally
        {
            sessions.Give(session);
        }
    }

    private async Task WorkOnAsync(FtpSession session)
    {
        var isCounted = true;
        void Begin()
        {
            if (isCounted)
            {
                isCounted = false;
                lock (gate)
                {
                    free--;
                }
            }
        }

        try
        {
            // Its reply is the last one that is under way.
            var port = session.Pending == 0 ? dialer.TakeAhead(session) : null;
            port ??= await dialer.AskPortAsync(session, closing.Token).ConfigureAwait(false);
            await dialer.CheckAllowedAsync(session, session.Control.Peer, port.Value, closing.Token).ConfigureAwait(false);
            await session.PauseAsync().ConfigureAwait(false);
            Begin();
            using FtpQuickSession talk = new(this, session, port.Value);
            await Task.Factory.StartNew(talk.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            if (!session.IsOver)
            {
                session.Start();
            }
        }
        catch (Exception failed) when (failed is EndpointException or OperationCanceledException)
        {
            Begin();
            FailWaiting();
        }
    }

    /// <summary>They go the long way.</summary>
    private void FailWaiting()
    {
        List<FtpQuickFile> left = [];
        lock (gate)
        {
            while (waiting.Count > 0 && arrivals.Wait(TimeSpan.Zero))
            {
                left.Add(waiting.Dequeue());
            }
        }

        left.ForEach(file => file.Receiver.OnEnded(WholeWriteEnd.NotWritten));
    }
}
