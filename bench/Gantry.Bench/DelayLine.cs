using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gantry.Bench;

/// <summary>
/// One direction of a long line. It is made to take as little of the processor as it can, which the measured programs share with it: it looks
/// a few times a millisecond, takes all that came, and hands on all that is due, with one call each.
/// </summary>
internal sealed partial class DelayLine(Socket from, Socket to, TimeSpan delay, TimeProvider clock) : IDisposable
{
    private const int BufferBytes = 4 * 1024 * 1024;
    private const int ChunkBytes = 1024 * 1024;
    private const long BytesMax = 64 * 1024 * 1024;
    private const int Tcp = 6;
    private const int QuickAcknowledgement = 12;
    private const uint LookMicroseconds = 200;

    private readonly Queue<(long Due, byte[] Bytes)> line = new();
    private readonly Lock gate = new();
    private readonly AutoResetEvent arrived = new(initialState: false);
    private long waiting;
    private bool isAtEnd;

    public void Dispose() => arrived.Dispose();

    /// <summary>Carries bytes until one end closes.</summary>
    public Task RunAsync()
    {
        from.ReceiveBufferSize = to.SendBufferSize = BufferBytes;
        return Task.WhenAll(OnThread(Receive), OnThread(Deliver));
    }

    public static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>About so long, as exactly as this machine's clock ticks.</summary>
    public static void Wait(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _ = Sleep((uint)time.TotalMicroseconds);
        }
    }

    private void Receive()
    {
        var buffer = new byte[ChunkBytes];
        try
        {
            while (from.Receive(buffer) is > 0 and var count)
            {
                // The line is nobody who acknowledges late: that is for its ends.
                from.SetRawSocketOption(Tcp, QuickAcknowledgement, [1, 0, 0, 0]);
                var due = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
                lock (gate)
                {
                    line.Enqueue((due, buffer[..count]));
                }

                arrived.Set();
                Interlocked.Add(ref waiting, count);
                do
                {
                    _ = Sleep(LookMicroseconds);
                }
                while (Interlocked.Read(ref waiting) > BytesMax);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // This end is gone, and the other one is told so.
        }

        lock (gate)
        {
            isAtEnd = true;
        }

        arrived.Set();
    }

    private void Deliver()
    {
        try
        {
            while (WaitForNext() is { } due)
            {
                while (clock.GetTimestamp() < due)
                {
                    _ = Sleep(LookMicroseconds);
                }

                Send(TakeDue());
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // That end is gone: nothing more is taken from this one.
            Interlocked.Exchange(ref waiting, long.MinValue);
            from.Close();
        }
    }

    /// <summary>When the next bytes are due; null when none will come.</summary>
    private long? WaitForNext()
    {
        while (true)
        {
            lock (gate)
            {
                if (line.TryPeek(out var next))
                {
                    return next.Due;
                }

                if (isAtEnd)
                {
                    return null;
                }
            }

            arrived.WaitOne();
        }
    }

    private List<ArraySegment<byte>> TakeDue()
    {
        var taken = new List<ArraySegment<byte>>();
        var now = clock.GetTimestamp();
        lock (gate)
        {
            while (line.TryPeek(out var next) && next.Due <= now)
            {
                taken.Add(next.Bytes);
                line.Dequeue();
            }
        }

        return taken;
    }

    private void Send(List<ArraySegment<byte>> segments)
    {
        while (segments.Count > 0)
        {
            var sent = to.Send(segments);
            Interlocked.Add(ref waiting, -sent);
            while (segments.Count > 0 && sent >= segments[0].Count)
            {
                sent -= segments[0].Count;
                segments.RemoveAt(0);
            }

            if (sent > 0)
            {
                segments[0] = segments[0][sent..];
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
