using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gantry.TestServers;

/// <summary>A server of any protocol that does what a test says, for what no real server would do. A conversation that the test ends is closed.</summary>
public sealed class PlayedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<PlayedTalk, Task> talkAsync;
    private readonly List<Task> conversations = [];
    private readonly Task serving;

    public PlayedServer(Func<PlayedTalk, Task> talkAsync)
    {
        this.talkAsync = talkAsync;
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        await Task.WhenAll(conversations);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                conversations.Add(ConverseAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await talkAsync(new PlayedTalk(stream, stop.Token));

                // What the other side had still to say is heard out: closed over it, TCP would take back what was said last.
                client.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null, stop.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The other side, or the test, has had enough.
            }
        }
    }
}

/// <summary>One conversation of a played server.</summary>
public sealed class PlayedTalk(Stream stream, CancellationToken stop)
{
    private readonly byte[] one = new byte[1];

    internal Stream Stream => stream;

    /// <summary>The test is over.</summary>
    internal CancellationToken Stop => stop;

    /// <summary>A line without its end.</summary>
    public async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            await stream.ReadExactlyAsync(one, stop);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    public async Task SayAsync(byte[] bytes) => await stream.WriteAsync(bytes, stop);

    public Task SayAsync(string text) => SayAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Until the other side ends the conversation.</summary>
    public async Task HearOutAsync() => await stream.CopyToAsync(Stream.Null, stop);

    /// <summary>Says the same until nobody wants to hear it any more.</summary>
    public async Task RepeatAsync(byte[] bytes)
    {
        while (true)
        {
            await SayAsync(bytes);
        }
    }
}
