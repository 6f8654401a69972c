using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>
/// One large file written in ranges. What the kernel took counts: it stays when this program is killed, and is not forced onto the disk.
/// </summary>
internal sealed class LocalRangedWrite : IRangedWrite
{
    private const int BufferBytes = 256 * 1024;

    private readonly LocalPartial partial;
    private readonly WriteOptions options;
    private readonly long certainBytes;

    public LocalRangedWrite(LocalPartial partial, WriteOptions options)
    {
        this.partial = partial;
        this.options = options;
        partial.Keep();
        certainBytes = partial.Standing - WindowBytes;
    }

    public int RangeBytes => 4 * 1024 * 1024;

    public int ConcurrentRanges => 16;

    /// <summary>What earlier versions of this program left is certain by it as well: it never becomes smaller.</summary>
    public long WindowBytes => 64 * 1024 * 1024;

    public bool Has(long offset) => offset + RangeBytes <= certainBytes;

    public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, BufferBytes));
        try
        {
            for (var end = offset + length; offset < end;)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - offset)), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndpointException(EndpointError.ContentDiffers, "A part of the file came with less bytes than announced: the source changed meanwhile.", isTransient: true);
                }

                partial.WriteAt(buffer.AsSpan(0, read), offset);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(partial.Publish(options.Length!.Value));
    }

    public ValueTask AbandonAsync()
    {
        partial.Discard();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        partial.Dispose();
        return ValueTask.CompletedTask;
    }
}
