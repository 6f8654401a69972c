using System.Net;
using System.Net.Sockets;

namespace Gantry.Bench;

/// <summary>
/// A long line in one process: passes TCP connections on and holds each byte back for a time in each direction, without narrowing the line.
/// </summary>
internal sealed class DelayProxy(IPEndPoint target, TimeSpan delay, TimeProvider clock)
{
    /// <summary>Runs until it is cancelled; tells its port when it listens.</summary>
    public Task RunAsync(int port, Action<int> listening, CancellationToken cancellationToken) => ServeAsync(port, listening, Pass, cancellationToken);

    /// <summary>Passes on each connection on a thread of its own.</summary>
    public static Task ServeAsync(int port, Action<int> listening, Action<Socket> pass, CancellationToken cancellationToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        listening(((IPEndPoint)listener.LocalEndpoint).Port);
        cancellationToken.Register(listener.Stop);

        // Everything here blocks: a socket that was used otherwise once passes each call through two more threads.
        return DelayLine.OnThread(() => Accept(listener, pass, cancellationToken));
    }

    private static void Accept(TcpListener listener, Action<Socket> pass, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var client = listener.AcceptSocket();
                _ = DelayLine.OnThread(() => pass(client));
            }
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private void Pass(Socket client)
    {
        using (client)
        {
            using var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                server.Connect(target);
                client.NoDelay = server.NoDelay = true;
                using var there = new DelayLine(client, server, delay, clock);
                using var back = new DelayLine(server, client, delay, clock);
                Task.WaitAll(there.RunAsync(), back.RunAsync());
            }
            catch (SocketException)
            {
                // One end is gone, so the connection is over.
            }
        }
    }
}
