using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gantry.TestServers;

/// <summary>Passes TCP connections on, and cuts each of them when so many bytes went one way, lets it fall silent, or holds what comes then.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> passing = [];
    private readonly int target;
    private readonly Task serving;
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? frozen;
    private long most;
    private int connections;

    public CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public long CutAfter { get; set; } = long.MaxValue;

    /// <summary>Nothing is cut: neither side hears anything any more, and both stay connected. That happens to those that were there when it was due first.</summary>
    public bool FallsSilent { get; init; }

    /// <summary>After so many bytes that the server heard on one connection, the next wait until they are released.</summary>
    public long HoldAfter { get; init; } = long.MaxValue;

    /// <summary>Ends when bytes are held.</summary>
    public Task Held => held.Task;

    /// <summary>How many there were.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>What the server says is counted; otherwise what it hears.</summary>
    public bool CountsSaid { get; set; }

    /// <summary>The most bytes that went over one connection the way that is counted.</summary>
    public long Most => Volatile.Read(ref most);

    public void Release() => released.TrySetResult();

    /// <summary>From now on nobody hears anything, and nobody is told: not on the connections that there are, and not on those that come.</summary>
    public void Freeze() => frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back goes on, and everything else as before.</summary>
    public void Thaw() => Interlocked.Exchange(ref frozen, null)?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        await Task.WhenAll(passing);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await listener.AcceptSocketAsync(stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has had enough.
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var near = client;
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        var cutAfter = CutAfter;
        Interlocked.Increment(ref connections);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target, stop.Token);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            using CancellationTokenSource silence = new();
            var ways = new[]
            {
                PassAsync(near, far, CountsSaid ? long.MaxValue : cutAfter, HoldAfter, cut, silence),
                PassAsync(far, near, CountsSaid ? cutAfter : long.MaxValue, long.MaxValue, cut, silence),
            };
            await Task.WhenAny(ways);
            await cut.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // Cut.
        }
    }

    private async Task PassAsync(Socket from, Socket to, long cutAfter, long holdAfter, CancellationTokenSource cut, CancellationTokenSource silence)
    {
        var buffer = new byte[16 * 1024];
        long passed = 0;
        try
        {
            while (passed < cutAfter && await from.ReceiveAsync(buffer, cut.Token) is > 0 and var read)
            {
                var count = (int)Math.Min(read, cutAfter - passed);
                if (FallsSilent && passed + count == cutAfter)
                {
                    CutAfter = long.MaxValue;
                    await silence.CancelAsync();
                }

                if (passed + count > holdAfter)
                {
                    held.TrySetResult();
                    await released.Task.WaitAsync(cut.Token);
                }

                if (silence.IsCancellationRequested)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
                }

                if (frozen is { } ice)
                {
                    await ice.Task.WaitAsync(cut.Token);
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cut.Token);
                }

                passed += count;
                if (cutAfter != long.MaxValue || CutAfter == long.MaxValue)
                {
                    InterlockedMax(passed);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // Cut.
        }
    }

    private void InterlockedMax(long passed)
    {
        for (var known = Volatile.Read(ref most); passed > known; known = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, passed, known);
        }
    }
}
