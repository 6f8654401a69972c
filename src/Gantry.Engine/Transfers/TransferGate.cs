using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Engine.Transfers;

/// <summary>
/// What files of one source pass on their way to the target: the limits of both endpoints and the transfer's own, each once. Every byte that is read for
/// a target goes through <see cref="PassAsync"/>, and every file between <see cref="EnterAsync"/> and <see cref="Leave"/>.
/// </summary>
internal sealed class TransferGate
{
    private readonly (EndpointShare Share, BandwidthDirection Direction)[] ways;
    private readonly EndpointShare[] shares;
    private readonly CancellationToken token;

    public TransferGate(EndpointShare? source, EndpointShare? target, EndpointShare? own, CancellationToken cancellationToken)
    {
        token = cancellationToken;
        ways = [.. Ways(source, target, own)];
        shares = [.. ways.Select(way => way.Share).DistinctBy(share => share.Limits).OrderBy(share => share.Limits.Number)];
    }

    /// <summary>Nothing has to be waited for at this moment, so that a file may go without asking.</summary>
    public bool IsOpen
    {
        get
        {
            foreach (var share in shares)
            {
                if (!share.IsOpen)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>How much may well be read at once, in bytes, so that a slow line moves evenly; at most so much.</summary>
    private int ChunkBytes(int max)
    {
        foreach (var (share, direction) in ways)
        {
            max = Math.Min(max, share.ChunkBytesOf(direction));
        }

        return max;
    }

    /// <summary>Returns when so many bytes may pass.</summary>
    public ValueTask PassAsync(int bytes) => ways.Length == 0 ? ValueTask.CompletedTask : PassAllAsync(bytes);

    /// <summary>The content of a file of this source, as it may pass; the stream owns the given one.</summary>
    public Stream Through(Stream content) => ways.Length == 0 ? content : new GatedStream(content, this);

    /// <summary>Returns when the file may begin, and then holds its places.</summary>
    public ValueTask EnterAsync(FileJob job)
    {
        if (shares.Length == 0 || job.HoldsPlaces)
        {
            return ValueTask.CompletedTask;
        }

        return EnterAllAsync(job);
    }

    /// <summary>The file is done, well or badly, or put off. One that holds no places gives none back.</summary>
    public void Leave(FileJob job)
    {
        if (!job.HoldsPlaces)
        {
            return;
        }

        job.HoldsPlaces = false;
        foreach (var share in shares)
        {
            share.LeaveFile();
        }
    }

    private static IEnumerable<(EndpointShare Share, BandwidthDirection Direction)> Ways(EndpointShare? source, EndpointShare? target, EndpointShare? own)
    {
        if (source is not null)
        {
            yield return (source, BandwidthDirection.Down);
        }

        if (target is not null)
        {
            yield return (target, BandwidthDirection.Up);
        }

        if (own is not null)
        {
            yield return (own, BandwidthDirection.Up);
        }
    }

    private async ValueTask PassAllAsync(int bytes)
    {
        foreach (var (share, direction) in ways)
        {
            await share.PassAsync(direction, bytes, token);
        }
    }

    private async ValueTask EnterAllAsync(FileJob job)
    {
        var entered = 0;
        try
        {
            // In the order of EnterAllAsync of the limits: no two files wait for each other.
            foreach (var share in shares)
            {
                await share.EnterFileAsync(token);
                entered++;
            }

            job.HoldsPlaces = true;
        }
        finally
        {
            for (var i = 0; !job.HoldsPlaces && i < entered; i++)
            {
                shares[i].LeaveFile();
            }
        }
    }

    private sealed class GatedStream(Stream inner, TransferGate gate) : ContentStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await Inner.ReadAsync(buffer[..gate.ChunkBytes(buffer.Length)], cancellationToken);
            await gate.PassAsync(count);
            return count;
        }
    }
}
