using System.Net;
using System.Net.Sockets;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>
/// A TCP port in front of another. After so many bytes towards the server it holds everything, so that a test stands in the middle of a transfer for as long
/// as it likes; once opened it only passes on.
/// </summary>
public sealed class GatedPort : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ended = new();
    private readonly int serverPort;
    private readonly Task accepting;
    private long bytesLeft;

    public GatedPort(int serverPort, long bytesBeforeGate)
    {
        this.serverPort = serverPort;
        bytesLeft = bytesBeforeGate;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Completes when the gate has closed.</summary>
    public Task Reached => reached.Task;

    public void Open() => opened.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        Open();
        listener.Stop();
        await accepting;
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(ended.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using TcpClient far = new();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, serverPort, ended.Token);
            await Task.WhenAny(PumpAsync(near.GetStream(), far.GetStream(), isGated: true), PumpAsync(far.GetStream(), near.GetStream(), isGated: false));
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // Either side was killed, which is what the tests are about.
        }
    }

    private async Task PumpAsync(NetworkStream source, NetworkStream target, bool isGated)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await source.ReadAsync(buffer, ended.Token) is > 0 and var count)
            {
                if (isGated && Interlocked.Add(ref bytesLeft, -count) < 0 && !opened.Task.IsCompleted)
                {
                    reached.TrySetResult();
                    await opened.Task;
                }

                await target.WriteAsync(buffer.AsMemory(0, count), ended.Token);
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // The other direction ends with it.
        }
    }
}
