using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gantry.TestServers;

/// <summary>Ports of 127.0.0.1 for the servers that tests start.</summary>
public static class LocalPort
{
    private static readonly TimeSpan between = TimeSpan.FromMilliseconds(20);

    public static int Free()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>For a program that says nothing when it is ready, which it is when it takes a connection; false when it ended instead.</summary>
    public static async Task<bool> OpensAsync(int port, Process program)
    {
        var ended = program.WaitForExitAsync();
        while (!ended.IsCompleted)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.WhenAny(ended, Task.Delay(between, TimeProvider.System, CancellationToken.None));
            }
        }

        return false;
    }
}
