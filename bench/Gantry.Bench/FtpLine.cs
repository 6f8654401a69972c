using System.Net.Sockets;
using System.Threading.Channels;

namespace Gantry.Bench;

/// <summary>One direction of one of very many short connections: without threads of its own, at the price of a millisecond's inaccuracy.</summary>
internal static class FtpLine
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Until that direction ends. Each chunk goes through the change before it is sent.</summary>
    public static async Task PassAsync(Socket from, Socket to, TimeSpan delay, TimeProvider clock, Func<byte[], byte[]> change, CancellationToken cancellationToken)
    {
        var line = Channel.CreateBounded<(long Due, byte[] Bytes)>(4096);
        var delivering = DeliverAsync(line.Reader, to, clock, cancellationToken);
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                var due = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
                await line.Writer.WriteAsync((due, change(buffer[..count])), cancellationToken);
            }
        }
        finally
        {
            line.Writer.Complete();
        }

        await delivering;
    }

    private static async Task DeliverAsync(ChannelReader<(long Due, byte[] Bytes)> line, Socket to, TimeProvider clock, CancellationToken cancellationToken)
    {
        await foreach (var (due, bytes) in line.ReadAllAsync(cancellationToken))
        {
            var left = clock.GetElapsedTime(clock.GetTimestamp(), due);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, clock, cancellationToken);
            }

            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent), cancellationToken);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
