using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>A small file that goes, or comes, on the short way.</summary>
internal abstract class FtpQuickJob
{
    public required CancellationToken Wanted { get; init; }

    /// <summary>Nothing was done with it: it goes the long way.</summary>
    public abstract void GoLongWay();
}

/// <summary>
/// Small files on the short way: each session that takes part has a thread of its own, which works them off one behind the other. A session is given
/// back when nothing follows, or when somebody else waits for one.
/// </summary>
internal sealed class FtpQuickQueue<T>(FtpSessions sessions, FtpDataDialer dialer, Func<FtpQuickQueue<T>, FtpSession, int, FtpQuickTalk> talkOn) : IAsyncDisposable
    where T : FtpQuickJob
{
    private const int FilesBeforeJudged = 16;
    private static readonly TimeSpan slowFile = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan lingering = TimeSpan.FromMilliseconds(20);

    // Also what threads wait on: woken, they go on at once, and none turns in a circle before it sleeps.
    private readonly Queue<T> waiting = new();
    private readonly HashSet<Task> workers = [];
    private readonly CancellationTokenSource closing = new();
    private int free;
    private int taken;
    private long takenSince;
    private bool isClosed;

    public bool IsClosed => Volatile.Read(ref isClosed);

    /// <summary>Set when this server is better served by the long way.</summary>
    public bool IsOff { get; set; }

    public FtpDataDialer Dialer => dialer;

    /// <summary>False when the file cannot go this way.</summary>
    public bool TryAdd(T file)
    {
        lock (waiting)
        {
            if (isClosed || IsOff)
            {
                return false;
            }

            waiting.Enqueue(file);
            Monitor.Pulse(waiting);
            StartWorkers();
        }

        return true;
    }

    /// <summary>The next file; null when there is none, or when somebody else waits for a session.</summary>
    /// <param name="waits">For a moment, when there is none.</param>
    public T? Next(bool waits)
    {
        if (IsClosed || sessions.IsWanted)
        {
            return null;
        }

        lock (waiting)
        {
            for (var hasCome = waits; hasCome && waiting.Count == 0 && !isClosed;)
            {
                free++;
                hasCome = Monitor.Wait(waiting, lingering);
                free--;
            }

            if (!waiting.TryDequeue(out var next))
            {
                return null;
            }

            LearnPace();
            return next;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (waiting)
        {
            isClosed = true;
            running = [.. workers];
            Monitor.PulseAll(waiting);
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        FailWaiting();
        closing.Dispose();
    }

    private void StartWorkers()
    {
        // Those who are not at work yet take one each.
        while (!isClosed && waiting.Count > free && workers.Count < sessions.Allowed)
        {
            free++;
            Task? worker = null;
            worker = Task.Run(async () =>
            {
                await WorkAsync().ConfigureAwait(false);
                lock (waiting)
                {
                    workers.Remove(worker!);
                    StartWorkers();
                }
            });
            workers.Add(worker);
        }
    }

    /// <summary>A file was taken. While those at work need long for each, one more helps.</summary>
    private void LearnPace()
    {
        if (taken == 0)
        {
            takenSince = dialer.Clock.GetTimestamp();
        }

        if (++taken > FilesBeforeJudged && waiting.Count > free && dialer.Clock.GetElapsedTime(takenSince) * workers.Count > slowFile * taken)
        {
            taken = 0;
            sessions.AllowOneMore();
            StartWorkers();
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
            lock (waiting)
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

        lock (waiting)
        {
            // It may have told that the server is far, where many go at once.
            StartWorkers();
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
                lock (waiting)
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
            using var talk = talkOn(this, session, port.Value);
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
        T[] left;
        lock (waiting)
        {
            left = [.. waiting];
            waiting.Clear();
        }

        foreach (var file in left)
        {
            file.GoLongWay();
        }
    }
}
