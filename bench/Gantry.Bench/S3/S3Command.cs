using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Bench.S3;

/// <summary>"s3 PORT": the light S3 server, the same for all programs that are compared.</summary>
internal static class S3Command
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var port])
        {
            await Console.Error.WriteLineAsync("Usage: s3 PORT");
            return 2;
        }

        LightS3Server server = new();
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
        listener.Listen(512);
        while (true)
        {
            // Waiting for it as tasks do would pass each later call on it, and on what it accepts, through further threads.
            var socket = listener.Accept();
            socket.NoDelay = true;
            _ = Task.Factory.StartNew(new LightS3Connection(socket, server).Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
