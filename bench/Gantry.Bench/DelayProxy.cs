using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Gantry.Bench;

/// <summary>
/// A long line in one process: passes TCP connections on and holds each byte back for a time in each direction, without narrowing the line.
/// </summary>
internal sealed class DelayProxy(IPEndPoint target, TimeSpan delay, TimeProvider clock)
{
    private const int ChunkBytes = 256 * 1024;
    private const int ChunksUnderWay = 4096;

    /// <summary>Runs until it is cancelled; tells its port when it listens.</summary>
    public async Task RunAsync(int port, Action<int> listening, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        listening(((IPEndPoint)listener.LocalEndpoint).Port);
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = PassAsync(client, cancellationToken);
        }
    }

    private async Task PassAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(target, cancellationToken);
                client.NoDelay = server.NoDelay = true;
                await Task.WhenAll(
                    PassAsync(client.Client, server.Client, cancellationToken),
                    PassAsync(server.Client, client.Client, cancellationToken));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or IOException)
            {
                // One end is gone, so the connection is over.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var line = Channel.CreateBounded<(long Due, byte[] Bytes)>(ChunksUnderWay);
        var delivering = DeliverAsync(line.Reader, to, cancellationToken);
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                var due = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
                await line.Writer.WriteAsync((due, buffer[..count]), cancellationToken);
            }
        }
        finally
        {
            line.Writer.Complete();
        }

        await delivering;
    }

    private async Task DeliverAsync(ChannelReader<(long Due, byte[] Bytes)> line, Socket to, CancellationToken cancellationToken)
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
