using System.Net;
using System.Net.Sockets;

namespace Gantry.Bench;

/// <summary>
/// A long line in one process: passes TCP connections on and holds each byte back for a time in each direction, without narrowing the line.
/// </summary>
internal sealed class DelayProxy(IPEndPoint target, TimeSpan delay, TimeProvider clock)
{
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
                using var there = new DelayLine(client.Client, server.Client, delay, clock);
                using var back = new DelayLine(server.Client, client.Client, delay, clock);
                await Task.WhenAll(there.RunAsync(), back.RunAsync());
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or IOException)
            {
                // One end is gone, so the connection is over.
            }
        }
    }
}
