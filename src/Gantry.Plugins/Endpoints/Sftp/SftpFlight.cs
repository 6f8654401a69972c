namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// How much may be under way to a server at once. What arrives faster than OpenSSH's server works it off lies in a heap that it moves about in
/// its memory with every 16 KiB it reads, which makes it slower still. So the line is filled, and no more.
/// </summary>
internal sealed class SftpFlight
{
    private const long BytesNearBy = 104 * 1024;
    private const double BytesUnderWayEachMillisecond = 64 * 1024;
    private const double BytesEachMillisecond = 56 * 1024;
    private const double TickMillisecondsMax = 2;
    private const int IdleTicksMax = 20;
    private static readonly TimeSpan nearBy = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan tick = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider clock;
    private readonly Action<Action> gather;
    private readonly Lock gate = new();
    private bool isPacing;

    /// <param name="server">What is known of it.</param>
    /// <param name="clock">Measures the pace.</param>
    /// <param name="gather">Does something, and sends all that it sends in one go.</param>
    public SftpFlight(SftpServer server, TimeProvider clock, Action<Action> gather)
    {
        this.clock = clock;
        this.gather = gather;
        Handles = new SftpBudget(server.HandlesMax);
        Bytes = new SftpBudget(BytesNearBy);
        Learn(server);
    }

    /// <summary>Open files and folders.</summary>
    public SftpBudget Handles { get; }

    /// <summary>Content of small files that was sent and is not acknowledged.</summary>
    public SftpBudget Bytes { get; }

    public void Learn(SftpServer server)
    {
        Handles.Resize(server.HandlesMax);
        Bytes.IsPaced = server.Distance is null || server.Distance > nearBy;
        Bytes.Resize(BytesNearBy + (long)((server.Distance?.TotalMilliseconds ?? 1000) * BytesUnderWayEachMillisecond));
        if (!Bytes.IsQueueEmpty)
        {
            // Who waits may have come when turns did not go by the clock: what is given back lets nobody in any more.
            Pace();
        }
    }

    /// <summary>
    /// Content is about to wait for its turn. Far away, turns come with the clock: what is sent together costs each program on the way less, and what is
    /// sent by and by arrives as no heap.
    /// </summary>
    public void Pace()
    {
        if (!Bytes.IsPaced || Volatile.Read(ref isPacing))
        {
            return;
        }

        lock (gate)
        {
            if (isPacing)
            {
                return;
            }

            isPacing = true;
        }

        _ = Task.Factory.StartNew(LetOut, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>On a thread of its own: the pool's are busy when this matters.</summary>
    private void LetOut()
    {
        using var never = new ManualResetEventSlim();
        var start = clock.GetTimestamp();
        for (var idle = 0; idle < IdleTicksMax;)
        {
            never.Wait(tick);
            var now = clock.GetTimestamp();
            var share = (long)(Math.Min(clock.GetElapsedTime(start, now).TotalMilliseconds, TickMillisecondsMax) * BytesEachMillisecond);
            start = now;
            var entered = 0;
            gather(() => entered = Bytes.LetIn(share));
            idle = entered > 0 || !Bytes.IsQueueEmpty ? 0 : idle + 1;
        }

        lock (gate)
        {
            isPacing = false;
        }

        if (!Bytes.IsQueueEmpty)
        {
            Pace();
        }
    }
}
