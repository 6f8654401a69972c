namespace Gantry.Engine.Endpoints.Limits;

/// <summary>A transfer's place at an endpoint: what it does there passes through here. Disposing of it gives the place back.</summary>
public sealed class EndpointShare : IDisposable
{
    // A connection on which nothing passes for long is cut, by servers and by what stands between.
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(15);
    private const int ChunkMax = 256 * 1024;
    private const int ChunkMin = 4 * 1024;
    private const int ChunksPerSecond = 10;

    private readonly EndpointLimits limits;
    private readonly TransferPriority priority;
    private int files;
    private int isDisposed;

    internal EndpointShare(EndpointLimits limits, TransferPriority priority)
    {
        this.limits = limits;
        this.priority = priority;
    }

    public EndpointLimits Limits => limits;

    /// <summary>Nothing here has to be waited for at this moment.</summary>
    public bool IsOpen => limits.Settings is { ConnectionsMax: null } && limits.RestOf(priority).IsCompleted && limits.Now.IsUnlimited;

    /// <summary>How many bytes may well be asked for at once, so that a slow line moves evenly.</summary>
    public int ChunkBytesOf(BandwidthDirection direction)
    {
        var now = limits.Now;
        return (direction == BandwidthDirection.Up ? now.Up : now.Down) is { } rate ? (int)Math.Clamp(rate / ChunksPerSecond, ChunkMin, ChunkMax) : ChunkMax;
    }

    /// <summary>Returns when so many bytes may pass: within the bandwidth, and after what is more urgent.</summary>
    public async ValueTask PassAsync(BandwidthDirection direction, int bytes, CancellationToken cancellationToken)
    {
        if (limits.RestOf(priority) is { IsCompleted: false } rest)
        {
            await RestAsync(rest, cancellationToken);
        }

        await limits.PassAsync(direction, bytes, priority, cancellationToken);
    }

    /// <summary>Returns when a file may begin, after what is more urgent. Each is given back by <see cref="LeaveFile"/>.</summary>
    public async ValueTask EnterFileAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (limits.RestOf(priority) is { IsCompleted: false } rest)
            {
                await rest.WaitAsync(cancellationToken);
            }

            await limits.EnterFileAsync(priority, cancellationToken);
            if (limits.RestOf(priority).IsCompleted)
            {
                Interlocked.Increment(ref files);
                return;
            }

            limits.LeaveFile(priority);
        }
    }

    public void LeaveFile()
    {
        Interlocked.Decrement(ref files);
        limits.LeaveFile(priority);
    }

    /// <summary>Files that were broken off have not left one by one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        for (var left = Interlocked.Exchange(ref files, 0); left > 0; left--)
        {
            limits.LeaveFile(priority);
        }

        limits.Leave(priority);
    }

    private async ValueTask RestAsync(Task rest, CancellationToken cancellationToken)
    {
        try
        {
            await rest.WaitAsync(RestMax, limits.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A sign of life.
        }
    }
}
