using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gantry.TestServers;

/// <summary>Ports of 127.0.0.1 for the servers that tests start.</summary>
public static class LocalPort
{
    // Below those that the system gives to connections that go out (32768 and up on Linux): such a one could take a port in the moment before its server does.
    private const int First = 10_240;
    private const int Count = 32_768 - First;

    private static readonly TimeSpan between = TimeSpan.FromMilliseconds(20);

    // Programs of tests run side by side: each begins elsewhere, and none gives a port twice before it has been round.
    private static int given = Environment.ProcessId * 997 % Count;

    public static int Free()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref given) % Count);
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // Without the option that lets it share what a closed connection still holds: a server may not have it either.
                socket.ExclusiveAddressUse = true;
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // It is somebody's.
            }
        }

        throw new InvalidOperationException($"None of the ports {First} to {First + Count - 1} is free.");
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
