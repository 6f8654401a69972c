using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// The sessions of an endpoint: as many as are asked for at once, up to a limit that sinks when the server says that it has enough. One that
/// was lost is replaced when it is needed. Near by a few keep the server busy, and each further one costs a login; there are more where the server is far away,
/// or takes its time. A refusal that a further try would not change is kept, so that a thousand files do not knock a thousand times.
/// </summary>
internal sealed class FtpSessions : IAsyncDisposable
{
    private const int PendingMax = 64;
    private const int DialledAtOnceMax = 8;
    private const int AllowedNearBy = 4;
    private static readonly TimeSpan nearBy = TimeSpan.FromMilliseconds(6);
    private static readonly TimeSpan freshFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan pauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan wantedAfter = TimeSpan.FromMilliseconds(300);

    private readonly Func<CancellationToken, Task<FtpSession>> connect;
    private readonly TimeProvider clock;
    private readonly TimeSpan connectingMax;
    private readonly Action<string> notice;
    private readonly CancellationTokenSource closing = new();
    private readonly Lock gate = new();
    private readonly List<FtpSession> idle = [];
    private readonly HashSet<FtpSession> all = [];
    private readonly LinkedList<TaskCompletionSource<FtpSession>> waiting = new();
    private readonly LinkedList<TaskCompletionSource<FtpSession>> patient = new();
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Task> dialling = [];
    private TaskCompletionSource wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource lacked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EndpointException? refusal;
    private TimeSpan distance = TimeSpan.MaxValue;
    private long? failedAt;
    private int limit;
    private int allowed = AllowedNearBy;
    private bool saidCrowded;
    private bool isClosed;

    public FtpSessions(
        Func<CancellationToken, Task<FtpSession>> connect, int limit, TimeProvider clock, TimeSpan connectingMax, Action<string> notice)
    {
        this.connect = connect;
        this.limit = limit;
        this.clock = clock;
        this.connectingMax = connectingMax;
        this.notice = notice;
        lock (gate)
        {
            Dial();
        }
    }

    /// <summary>Completes when the first connection stands or could not be made; never fails.</summary>
    public Task First => first.Task;

    /// <summary>How many there may be at once, by the settings and by what the server said.</summary>
    public int Limit => Volatile.Read(ref limit);

    /// <summary>How many there may be by what is known of the server's pace, too; it grows.</summary>
    public int Allowed => Math.Min(Limit, Volatile.Read(ref allowed));

    /// <summary>Completes when somebody has waited for a session for a while: who holds one and waits himself for his caller gives it back then.</summary>
    public Task Wanted => Volatile.Read(ref wanted).Task;

    /// <summary>The same, whether he waits patiently or not: who would hold one for as long as his caller likes gives it back even then.</summary>
    public Task Lacked => Volatile.Read(ref lacked).Task;

    public bool IsWanted
    {
        get
        {
            lock (gate)
            {
                return waiting.Count > 0;
            }
        }
    }

    /// <summary>A session for the caller alone, until it is given back.</summary>
    public ValueTask<FtpSession> TakeAsync(CancellationToken cancellationToken) => TakeAsync(waiting, cancellationToken);

    /// <summary>The same for one who keeps it for long: he comes after all others, and nobody gives a session back for his sake.</summary>
    public ValueTask<FtpSession> TakePatientlyAsync(CancellationToken cancellationToken) => TakeAsync(patient, cancellationToken);

    private async ValueTask<FtpSession> TakeAsync(LinkedList<TaskCompletionSource<FtpSession>> line, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var session = TakeIdle() ?? await WaitAsync(line, cancellationToken).ConfigureAwait(false);
            if (session.Idle < freshFor || await IsAliveAsync(session, cancellationToken).ConfigureAwait(false))
            {
                return session;
            }

            Give(session);
        }
    }

    /// <summary>Those there are do not keep the server busy.</summary>
    public void AllowOneMore()
    {
        lock (gate)
        {
            if (allowed < limit)
            {
                allowed++;
                DialForWaiting();
            }
        }
    }

    /// <summary>Gives a session back; one that is over is replaced.</summary>
    public void Give(FtpSession session)
    {
        TaskCompletionSource<FtpSession>? next = null;
        lock (gate)
        {
            if (session.IsOver || isClosed)
            {
                Remove(session);
                DialForWaiting();
            }
            else
            {
                next = NextWaiting();
                if (next is null)
                {
                    idle.Add(session);
                }
            }
        }

        if (next is not null && !next.TrySetResult(session))
        {
            Give(session);
        }
    }

    public async ValueTask DisposeAsync()
    {
        FtpSession[] sessions;
        Task[] dials;
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            sessions = [.. all];
            dials = [.. dialling];
            idle.Clear();
        }

        await closing.CancelAsync().ConfigureAwait(false);
        FailWaiting(new EndpointException(EndpointError.Disconnected, "The endpoint was closed."));
        await Task.WhenAll(dials).ConfigureAwait(false);
        await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask())).ConfigureAwait(false);
        closing.Dispose();
    }

    private FtpSession? TakeIdle()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            for (var i = idle.Count - 1; i >= 0; i--)
            {
                var session = idle[i];
                if (session.IsOver)
                {
                    idle.RemoveAt(i);
                    Remove(session);
                }
                else if (session.Pending < PendingMax)
                {
                    idle.RemoveAt(i);
                    return session;
                }
            }

            return null;
        }
    }

    private async ValueTask<FtpSession> WaitAsync(LinkedList<TaskCompletionSource<FtpSession>> line, CancellationToken cancellationToken)
    {
        TaskCompletionSource<FtpSession> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (refusal is { } known)
            {
                throw new EndpointException(known.Error, known.Message, known.IsTransient, known);
            }

            line.AddLast(waiter);
            DialForWaiting();
            if (idle.Count > 0)
            {
                // One came back meanwhile, or all have much before them.
                var session = idle[0];
                idle.RemoveAt(0);
                line.RemoveLast();
                return session;
            }
        }

        try
        {
            try
            {
                return await waiter.Task.WaitAsync(wantedAfter, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                AllowOneMore();
                Volatile.Read(ref lacked).TrySetResult();
                if (line == waiting)
                {
                    Volatile.Read(ref wanted).TrySetResult();
                }

                return await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                line.Remove(waiter);
            }

            if (!waiter.TrySetCanceled(cancellationToken) && waiter.Task.IsCompletedSuccessfully)
            {
                Give(waiter.Task.Result);
            }

            throw;
        }
        finally
        {
            lock (gate)
            {
                if (waiting.Count == 0 && wanted.Task.IsCompleted)
                {
                    wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                if (waiting.Count + patient.Count == 0 && lacked.Task.IsCompleted)
                {
                    lacked = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
    }

    private async ValueTask<bool> IsAliveAsync(FtpSession session, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.AskAsync(new FtpCommand("NOOP"), cancellationToken).ConfigureAwait(false)).Code > 0;
        }
        catch (EndpointException)
        {
            return false;
        }
        catch
        {
            Give(session);
            throw;
        }
    }

    private TaskCompletionSource<FtpSession>? NextWaiting()
    {
        var line = waiting.Count > 0 ? waiting : patient;
        if (line.First is not { } node)
        {
            return null;
        }

        line.RemoveFirst();
        return node.Value;
    }

    private void Remove(FtpSession session)
    {
        if (!all.Remove(session))
        {
            return;
        }

        if (session.EndedCrowded)
        {
            Lower(all.Count);
        }

        // It says nothing more; nobody waits for its end.
        _ = session.DisposeAsync().AsTask();
    }

    private void DialForWaiting()
    {
        if (all.Count > 0 && failedAt is { } time && clock.GetElapsedTime(time) < pauseAfterFailure)
        {
            return;
        }

        while (!isClosed && dialling.Count < Math.Min(waiting.Count + patient.Count, DialledAtOnceMax) && all.Count + dialling.Count < Allowed)
        {
            Dial();
        }
    }

    private void Dial()
    {
        Task? task = null;
        task = Task.Run(async () =>
        {
            FtpSession? session = null;
            Exception? failure = null;
            try
            {
                session = await ConnectAsync().ConfigureAwait(false);
            }
            catch (Exception failed)
            {
                // Whoever waits is told; nobody else would be.
                failure = failed;
            }

            lock (gate)
            {
                dialling.Remove(task!);
                if (session is not null)
                {
                    all.Add(session);
                    distance = session.Distance < distance ? session.Distance.Value : distance;
                    if (distance > nearBy && allowed < limit)
                    {
                        allowed = limit;
                        DialForWaiting();
                    }
                }
            }

            if (session is not null)
            {
                Give(session);
            }
            else
            {
                OnFailed(failure!);
            }

            first.TrySetResult();
        });
        dialling.Add(task);
    }

    private void OnFailed(Exception failure)
    {
        lock (gate)
        {
            failedAt = clock.GetTimestamp();
            var isCrowded = failure.InnerException is FtpCrowdedException;
            if (isCrowded && all.Count + dialling.Count > 0)
            {
                Lower(all.Count + dialling.Count);
            }

            if (failure is EndpointException { Error: EndpointError.LoginRefused or EndpointError.BadSetting or EndpointError.NotSupported } refused && all.Count == 0)
            {
                refusal = refused;
            }

            if (all.Count + dialling.Count > 0)
            {
                // Those that stand do the work.
                return;
            }
        }

        FailWaiting(failure);
    }

    private void Lower(int count)
    {
        var lowered = Math.Max(1, count);
        if (lowered < limit)
        {
            Volatile.Write(ref limit, lowered);
            if (!saidCrowded)
            {
                saidCrowded = true;
                notice($"The server takes no more than {lowered} connections now; that many are used.");
            }
        }
    }

    private void FailWaiting(Exception failure)
    {
        TaskCompletionSource<FtpSession>[] failed;
        lock (gate)
        {
            failed = [.. waiting, .. patient];
            waiting.Clear();
            patient.Clear();
        }

        foreach (var waiter in failed)
        {
            waiter.TrySetException(
                failure is EndpointException known ? new EndpointException(known.Error, known.Message, known.IsTransient, known) : failure);
        }
    }

    private async Task<FtpSession> ConnectAsync()
    {
        using var patience = new CancellationTokenSource(connectingMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, closing.Token);
        try
        {
            return await connect(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!closing.IsCancellationRequested)
        {
            throw new EndpointException(
                EndpointError.TimedOut, $"The FTP server did not answer within {Engine.Settings.Duration.Format(connectingMax)}.", isTransient: true, exception);
        }
        catch (OperationCanceledException exception)
        {
            throw new EndpointException(EndpointError.Disconnected, "The endpoint was closed while it was connecting.", innerException: exception);
        }
    }
}
