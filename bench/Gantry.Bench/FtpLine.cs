using System.Net.Sockets;

namespace Gantry.Bench;

/// <summary>One direction of one of very many short connections, all of it on one thread: it takes what comes until what it holds is due.</summary>
internal static class FtpLine
{
    private const int ChunkBytes = 64 * 1024;
    private const long BytesMax = 64 * 1024 * 1024;

    /// <summary>Until that direction ends. Each chunk goes through the change before it is sent.</summary>
    public static void Pass(Socket from, Socket to, TimeSpan delay, TimeProvider clock, Func<byte[], byte[]> change)
    {
        Queue<(long Due, byte[] Bytes)> line = new();
        var buffer = new byte[ChunkBytes];
        long held = 0;
        for (var isAtEnd = false; !isAtEnd || line.Count > 0;)
        {
            var left = line.TryPeek(out var next) ? clock.GetElapsedTime(clock.GetTimestamp(), next.Due) : Timeout.InfiniteTimeSpan;
            if (line.Count > 0 && left <= TimeSpan.Zero)
            {
                to.Send(next.Bytes);
                held -= line.Dequeue().Bytes.Length;
            }
            else if (isAtEnd || held > BytesMax)
            {
                DelayLine.Wait(left);
            }
            else if (line.Count == 0 || Comes(from, left))
            {
                var count = from.Receive(buffer);
                isAtEnd = count == 0;
                if (!isAtEnd)
                {
                    var due = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
                    line.Enqueue((due, change(buffer[..count])));
                    held += count;
                }
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Whether something can be received before the time is over, which is looked at in whole milliseconds.</summary>
    private static bool Comes(Socket from, TimeSpan left)
    {
        if (left < TimeSpan.FromMilliseconds(1))
        {
            DelayLine.Wait(left);
            return false;
        }

        return from.Poll(left, SelectMode.SelectRead);
    }
}
