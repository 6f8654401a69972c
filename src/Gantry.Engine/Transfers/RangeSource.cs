using System.Buffers;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Where the ranges of a large file come from: several parts at once where the source can, and no hash is wanted of what streams by; else one
/// stream from the beginning to the end, of which ranges are held in memory while they are written.
/// </summary>
internal sealed class RangeSource(FileJob job, IncrementalHash? hash, CancellationToken cancellationToken) : IAsyncDisposable
{
    // Longer ranges go through one after the other.
    private const long HeldBytesMax = 32 * 1024 * 1024;

    private readonly IReadsRanges? parts = hash is null ? job.Source.Endpoint as IReadsRanges : null;
    private Stream? stream;
    private long position;
    private bool isHashed = hash is not null;

    /// <summary>The hash of all content, when it streamed by in order; null otherwise.</summary>
    public string? Hash => isHashed && parts is null && position == job.Entry.Size ? Convert.ToHexStringLower(hash!.GetCurrentHash()) : null;

    /// <summary>How many ranges of this length may be under way at once.</summary>
    public int ConcurrentRanges(int rangeBytes) =>
        parts is not null ? Math.Max(1, parts.ConcurrentRanges) : rangeBytes > HeldBytesMax ? 1 : int.MaxValue;

    /// <summary>Whether a range is held in memory while it is written.</summary>
    public bool Holds(int rangeBytes, int concurrentRanges) => parts is null && concurrentRanges > 1 && rangeBytes <= HeldBytesMax;

    /// <summary>Opens a range; without parts, one at a time.</summary>
    public async ValueTask<Stream> OpenAsync(long offset, long length)
    {
        if (parts is not null)
        {
            return job.Source.Gate.Through(await parts.OpenRangeAsync(job.SourcePath, offset, length, cancellationToken));
        }

        await SeekAsync(offset);
        return new Passage(this);
    }

    /// <summary>Reads a range into a borrowed buffer.</summary>
    public async ValueTask<byte[]> ReadAsync(long offset, int length)
    {
        await SeekAsync(offset);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var filled = 0; filled < length;)
            {
                var count = await ReadOnAsync(buffer.AsMemory(filled, length - filled), cancellationToken);
                if (count == 0)
                {
                    throw new SourceException(
                        new EndpointException(EndpointError.ContentDiffers, "The file was changed while it was read.", isTransient: true), isChanged: true);
                }

                filled += count;
            }

            return buffer;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }
    }

    private async ValueTask SeekAsync(long offset)
    {
        if (stream is not null && position == offset)
        {
            return;
        }

        if (stream is not null)
        {
            await stream.DisposeAsync();
            stream = null;
        }

        // What was passed over, or comes a second time, makes the hash of what streams by worthless.
        isHashed &= position == offset;
        position = offset;
        stream = job.Source.Gate.Through(await job.Source.Endpoint.OpenReadAsync(job.SourcePath, offset, job.Entry.Size, cancellationToken));
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken token)
    {
        int count;
        try
        {
            count = await stream!.ReadAsync(buffer, token);
        }
        catch
        {
            // Wherever it stands now: the next range opens it anew.
            await stream!.DisposeAsync();
            stream = null;
            isHashed = false;
            throw;
        }

        if (isHashed)
        {
            hash!.AppendData(buffer.Span[..count]);
        }

        position += count;
        return count;
    }

    /// <summary>A range of the one stream; whoever reads it takes its length and no more.</summary>
    private sealed class Passage(RangeSource source) : ContentStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => source.ReadOnAsync(buffer, cancellationToken);
    }
}
