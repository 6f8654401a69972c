namespace Gantry.Engine.Endpoints.Limits;

/// <summary>
/// What all transfers at one endpoint share while they run: its bandwidth, its places, and who comes first. One instance stands for one endpoint;
/// <see cref="Update"/> is felt at once by those that run and those that wait.
/// </summary>
public sealed class EndpointLimits
{
    private static long created;

    // Of whoever takes places at several endpoints, all take them in the same order, so that no two wait for each other.
    private readonly long number = Interlocked.Increment(ref created);
    private readonly Lock gate = new();
    private readonly PlaceQueue transfers;
    private readonly PlaceQueue files;
    private readonly TokenBucket up;
    private readonly TokenBucket down;
    private TaskCompletionSource? calm;
    private volatile LimitSettings settings;
    private int urgentTransfers;

    public EndpointLimits(LimitSettings settings, TimeProvider? clock = null)
    {
        this.settings = settings;
        Clock = clock ?? TimeProvider.System;
        transfers = new PlaceQueue(gate, () => this.settings.TransfersMax);
        files = new PlaceQueue(gate, () => this.settings.ConnectionsMax);
        up = new TokenBucket(Clock, () => Now.Up);
        down = new TokenBucket(Clock, () => Now.Down);
    }

    public LimitSettings Settings => settings;

    /// <summary>By it all sort what they take.</summary>
    internal long Number => number;

    internal TimeProvider Clock { get; }

    /// <summary>What holds at this moment.</summary>
    internal Bandwidth Now => settings is { Bandwidth: { } timetable, TimeZone: var zone } ? timetable.At(Clock.GetUtcNow(), zone) : Bandwidth.Unlimited;

    /// <summary>Other limits from now on.</summary>
    public void Update(LimitSettings changed)
    {
        settings = changed;
        up.Update();
        down.Update();
        transfers.Serve();
        files.Serve();
    }

    /// <summary>Waits for a transfer's place, which is given back by disposing of it.</summary>
    public async ValueTask<EndpointShare> EnterAsync(TransferPriority priority, CancellationToken cancellationToken)
    {
        await transfers.EnterAsync(priority, cancellationToken);
        if (priority == TransferPriority.Urgent)
        {
            lock (gate)
            {
                urgentTransfers++;
                calm ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new EndpointShare(this, priority);
    }

    /// <summary>Places at all of them, each once, in an order in which no two transfers wait for each other.</summary>
    public static async ValueTask<IReadOnlyList<EndpointShare>> EnterAllAsync(
        IEnumerable<EndpointLimits> limits, TransferPriority priority, CancellationToken cancellationToken)
    {
        List<EndpointShare> shares = [];
        try
        {
            foreach (var next in limits.Distinct().OrderBy(limit => limit.number))
            {
                shares.Add(await next.EnterAsync(priority, cancellationToken));
            }

            return shares;
        }
        catch
        {
            shares.ForEach(share => share.Dispose());
            throw;
        }
    }

    internal void Leave(TransferPriority priority)
    {
        TaskCompletionSource? rested = null;
        lock (gate)
        {
            if (priority == TransferPriority.Urgent && --urgentTransfers == 0)
            {
                (rested, calm) = (calm, null);
            }
        }

        rested?.TrySetResult();
        transfers.Leave(priority);
    }

    /// <summary>Ends when no other transfer is more urgent than one of this priority.</summary>
    internal Task RestOf(TransferPriority priority) =>
        priority != TransferPriority.Urgent && Volatile.Read(ref calm) is { } urgent ? urgent.Task : Task.CompletedTask;

    internal ValueTask EnterFileAsync(TransferPriority priority, CancellationToken cancellationToken) => files.EnterAsync(priority, cancellationToken);

    internal void LeaveFile(TransferPriority priority) => files.Leave(priority);

    internal ValueTask PassAsync(BandwidthDirection direction, int bytes, TransferPriority priority, CancellationToken cancellationToken) =>
        (direction == BandwidthDirection.Up || Now.IsShared ? up : down).PassAsync(bytes, priority, cancellationToken);
}
