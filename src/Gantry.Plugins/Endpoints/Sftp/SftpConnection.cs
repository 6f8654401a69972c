using System.Buffers;
using System.Buffers.Binary;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// One SFTP session over a pair of byte streams, whoever made them: `ssh`, another program's standard streams, a relay. Requests of many
/// callers gather in one buffer. The reader takes the replies apart, hands each to its <see cref="SftpCall"/> and itself sends what that led
/// to, as far as the other side takes it at once: a busy connection is the work of one thread. The writer sends everything else.
/// It never reconnects: when the session is over, every call fails with the reason.
/// </summary>
internal sealed partial class SftpConnection : IAsyncDisposable
{
    private const int BufferBytesMin = 256 * 1024;

    private readonly SftpPipe pipe;
    private readonly Action<SftpServer> onLearned;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim work = new(initialState: false, spinCount: 0);
    private readonly TaskCompletionSource<EndpointException> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly SftpPending pending = new();
    private SftpCursor waiting = new() { Buffer = ArrayPool<byte>.Shared.Rent(BufferBytesMin) };
    private byte[] spare = ArrayPool<byte>.Shared.Rent(BufferBytesMin);
    private readonly SftpCompletions completions = new();
    private int sent;
    private byte[]? sending;
    private int sendingLength;
    private bool writerSleeps;
    private int holders;
    private int readerThread;
    private bool isListening;
    private SftpSilence? silence;
    private EndpointException? end;
    private Task loops = Task.CompletedTask;
    private int owed;
    private int settled;
    private TaskCompletionSource? allSettled;

    private readonly SftpGreeting version = new();
    private SftpServer server = SftpServer.Unknown;

    private SftpConnection(SftpPipe pipe, Action<SftpServer> onLearned)
    {
        this.pipe = pipe;
        this.onLearned = onLearned;
    }

    /// <summary>What is known of the server; another object as soon as more is known.</summary>
    public SftpServer Server { get => Volatile.Read(ref server); private set => Volatile.Write(ref server, value); }

    /// <summary>To be asked and told under the lock: by a batch, or by the reader.</summary>
    public SftpHandleForecast Handles { get; } = new();

    /// <summary>Whether small files may be opened ahead, as long as nothing stands against it at the moment.</summary>
    public bool ForetellsHandles => Server.KeepsOrder && Handles.IsProven;

    public bool IsOver => Volatile.Read(ref end) is not null;

    /// <summary>Completes with the reason when the session is over.</summary>
    public Task<EndpointException> Ended => ended.Task;

    /// <summary>Greets the server and learns what it can. Owns the pipe from here on, also when it fails.</summary>
    /// <param name="pipe">To the server.</param>
    /// <param name="clock">Measures the distance.</param>
    /// <param name="onBegun">Gets it before the server has answered: what is asked already then is answered with the greeting.</param>
    /// <param name="onLearned">Told on the reader's thread what the server answered to the question for its limits.</param>
    /// <param name="silenceMax">How long it may owe an answer and say nothing, once it has greeted; null for ever.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SftpConnection> OpenAsync(
        SftpPipe pipe,
        TimeProvider clock,
        Action<SftpConnection> onBegun,
        Action<SftpServer> onLearned,
        TimeSpan? silenceMax,
        CancellationToken cancellationToken)
    {
        var connection = new SftpConnection(pipe, onLearned);
        try
        {
            connection.Greet();
            onBegun(connection);
            connection.StartLoops();
            await connection.HearGreetingAsync(clock, cancellationToken).ConfigureAwait(false);
            pipe.OnGreeted();
            connection.Watch(silenceMax, clock);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a batch of requests. Fails with the reason when the session is over.</summary>
    public SftpBatch Begin()
    {
        gate.Enter();
        if (end is { } reason)
        {
            gate.Exit();
            throw Copy(reason);
        }

        return new SftpBatch(this);
    }

    /// <summary>Does something, and sends all that it sends in one go.</summary>
    public void Gather(Action send)
    {
        HoldWriter(holds: true);
        try
        {
            send();
        }
        finally
        {
            HoldWriter(holds: false);
        }
    }

    /// <summary>Closes a handle that nobody needs any more, without waiting.</summary>
    public void TryClose(ReadOnlySpan<byte> handle)
    {
        if (IsOver)
        {
            return;
        }

        try
        {
            using var batch = Begin();
            batch.Close(SftpIgnoredCall.Instance, handle);
        }
        catch (EndpointException)
        {
            // The session ended in between, and the handle with it.
        }
    }

    /// <summary>Something has begun at the server that must not be left half done: a file under its temporary name.</summary>
    public void Owe() => Interlocked.Increment(ref owed);

    /// <summary>It is through, or was tidied up.</summary>
    public void Settle()
    {
        Interlocked.Increment(ref settled);
        if (Interlocked.Decrement(ref owed) == 0)
        {
            Volatile.Read(ref allSettled)?.TrySetResult();
        }
    }

    /// <summary>The answer, which is owed even when nobody waits for it any more.</summary>
    public async Task<SftpReply> SettleAsync(SftpRequest request)
    {
        Owe();
        try
        {
            return await request.ReplyAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Settle();
        }
    }

    /// <summary>Waits until nothing is left half done, for as long as the server goes on with it.</summary>
    /// <param name="quietMax">How long it may take over the next.</param>
    /// <param name="max">How long it may take over all.</param>
    /// <param name="clock">Measures both.</param>
    public async Task SettledAsync(TimeSpan quietMax, TimeSpan max, TimeProvider clock)
    {
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref allSettled, all);
        var start = clock.GetTimestamp();
        for (var before = -1; Volatile.Read(ref owed) > 0 && !IsOver && before != Volatile.Read(ref settled) && clock.GetElapsedTime(start) < max;)
        {
            before = Volatile.Read(ref settled);
            await Task.WhenAny(all.Task, ended.Task, Task.Delay(quietMax, clock, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        End(new EndpointException(EndpointError.Disconnected, "The connection was closed here.", isTransient: true));
        if (silence is { } watch)
        {
            await watch.DisposeAsync().ConfigureAwait(false);
        }

        // At once, since a loop may wait for a program that has to be killed.
        var closing = pipe.DisposeAsync().AsTask();
        await loops.ConfigureAwait(false);
        await closing.ConfigureAwait(false);
    }

    /// <summary>For <see cref="SftpBatch"/>, under the lock: room for a packet.</summary>
    internal ref SftpCursor Reserve(int bytes)
    {
        var needed = waiting.Length + bytes;
        if (needed > waiting.Buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, waiting.Buffer.Length * 2));
            waiting.Buffer.AsSpan(0, waiting.Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(waiting.Buffer);
            waiting.Buffer = larger;
        }

        return ref waiting;
    }

    /// <summary>For <see cref="SftpBatch"/>, under the lock: the next id, answered to this call.</summary>
    internal uint Register(SftpCall call) => pending.Add(call);

    /// <summary>On the reader's thread: what the server answered to the question for its limits.</summary>
    internal void Learn(TimeSpan roundTrip, SftpReply reply)
    {
        Server = Server.With(roundTrip, reply);
        onLearned(Server);
    }

    /// <summary>On the reader's thread: the probe saw that handles come as foretold.</summary>
    internal void OnHandlesForetold()
    {
        lock (gate)
        {
            Handles.Prove();
        }
    }

    /// <summary>On the reader's thread: something was opened ahead, and came with another handle.</summary>
    internal void OnHandleMissed()
    {
        lock (gate)
        {
            Handles.Break();
        }
    }

    /// <summary>For who is told in the end. On the reader's thread: told when the present reading is worked off. Elsewhere: told by the pool.</summary>
    internal void Complete(SftpTold upload)
    {
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref readerThread))
        {
            completions.Add(upload);
        }
        else
        {
            SftpCompletions.TellElsewhere(upload);
        }
    }

    internal void EndBatch()
    {
        var wakes = writerSleeps && holders == 0 && (waiting.Length > 0 || sending is not null);
        if (wakes)
        {
            writerSleeps = false;
        }

        gate.Exit();
        if (wakes)
        {
            work.Set();
        }
    }

    private static EndpointException Copy(EndpointException reason) => new(reason.Error, reason.Message, reason.IsTransient, reason);

    private void Greet()
    {
        var greeting = new byte[9];
        BinaryPrimitives.WriteUInt32BigEndian(greeting, 5);
        greeting[4] = SftpWire.Init;
        BinaryPrimitives.WriteUInt32BigEndian(greeting.AsSpan(5), SftpWire.Version);
        lock (gate)
        {
            greeting.CopyTo(Reserve(greeting.Length).Take(greeting.Length));
            pending.AddGreeting(version);
            new SftpHandleProbe(this).Send(new SftpBatch(this));
        }
    }

    /// <summary>On threads of their own: the streams of a process block, and must not keep the pool's threads.</summary>
    private void StartLoops() =>
        loops = Task.WhenAll(
            Task.Factory.StartNew(ReadLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap(),
            Task.Factory.StartNew(WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());

    private async Task HearGreetingAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var extensions = await version.Extensions.WaitAsync(cancellationToken).ConfigureAwait(false);
        Server = pipe.Describe(new SftpServer { Extensions = extensions });
        new SftpLimitsCall(this, clock).Ask();
    }

    private void Watch(TimeSpan? silenceMax, TimeProvider clock)
    {
        if (silenceMax is { } max)
        {
            Volatile.Write(ref silence, new SftpSilence(max, clock, () => IsAnswerDue, () => OnSilent(max)));
        }
    }

    /// <summary>As long as the reader is at work, it is not the server that lets us wait.</summary>
    private bool IsAnswerDue
    {
        get
        {
            lock (gate)
            {
                return Volatile.Read(ref isListening) && pending.Count > 0;
            }
        }
    }

    private void OnSilent(TimeSpan max) => End(new EndpointException(
        EndpointError.TimedOut,
        $"The SFTP server said nothing for {max.TotalSeconds:0} seconds although it was asked; the connection was given up (the setting 'timeout' tells how long it may).",
        isTransient: true));

    private Task WriteLoop()
    {
        try
        {
            while (NextToWrite(out var buffer))
            {
                if (buffer is null)
                {
                    work.Wait();
                    work.Reset();
                    continue;
                }

                pipe.Output.Write(buffer, sent, sendingLength - sent);
                pipe.Output.Flush();
                Sent();
            }

            return Task.CompletedTask;
        }
        catch (Exception exception)
        {
            return EndAsync(ReasonOf(exception));
        }
    }

    /// <summary>For the writer. False when the session is over; null when the reader is at it, or nothing waits.</summary>
    private bool NextToWrite(out byte[]? buffer)
    {
        lock (gate)
        {
            writerSleeps = holders > 0 || !TakeUp();
            buffer = writerSleeps ? null : sending;
            return end is null;
        }
    }

    /// <summary>Under the lock: what waits is sent next, unless something still is. False when there is nothing to send.</summary>
    private bool TakeUp()
    {
        if (sending is not null)
        {
            return true;
        }

        if (waiting.Length == 0)
        {
            return false;
        }

        (sending, sendingLength, sent) = (waiting.Buffer, waiting.Length, 0);
        waiting = new SftpCursor { Buffer = spare };
        return true;
    }

    private void Sent()
    {
        lock (gate)
        {
            spare = sending!;
            sending = null;
        }
    }

    /// <summary>For the reader, which holds the writer: sends as much as goes at once.</summary>
    private void SendAtOnce()
    {
        while (true)
        {
            lock (gate)
            {
                if (!writerSleeps || end is not null || !TakeUp())
                {
                    return;
                }
            }

            sent += pipe.TryWrite(sending.AsSpan(sent, sendingLength - sent));
            if (sent < sendingLength)
            {
                return;
            }

            Sent();
        }
    }

    private async Task EndAsync(EndpointException reason)
    {
        if (!IsOver && reason.Error == EndpointError.Disconnected)
        {
            reason = await pipe.ExplainAsync(reason).ConfigureAwait(false);
        }

        End(reason);
    }

    /// <summary>The first reason counts. The streams end, and with them both loops.</summary>
    private void End(EndpointException reason)
    {
        lock (gate)
        {
            if (end is not null)
            {
                return;
            }

            end = reason;
        }

        pipe.Abort();
        work.Set();
        ended.TrySetResult(reason);
    }

    private void LoseAll()
    {
        List<SftpCall> lost;
        lock (gate)
        {
            lost = pending.RemoveAll();
        }

        foreach (var call in lost)
        {
            call.OnLost(Copy(end!));
        }
    }
}
