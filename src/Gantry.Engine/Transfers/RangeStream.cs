using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>One range of a large file on its way: counted, and guarded against a source that ends too early.</summary>
internal sealed class RangeStream(Stream inner, long length, TransferTally tally) : ContentStream(inner)
{
    private long read;

    /// <summary>Why reading failed, when it was the source that did; null otherwise.</summary>
    public EndpointException? SourceFailure { get; private set; }

    /// <summary>The source has less than its listing told.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The range did not arrive: it is not counted any more.</summary>
    public void TakeBack()
    {
        tally.Moved(-read);
        read = 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - read);
        if (wanted == 0)
        {
            return 0;
        }

        try
        {
            var count = await Inner.ReadAsync(buffer[..wanted], cancellationToken);
            if (count == 0)
            {
                IsChanged = true;
                throw new EndpointException(EndpointError.ContentDiffers, "The file was changed while it was read.", isTransient: true);
            }

            read += count;
            tally.Moved(count);
            return count;
        }
        catch (EndpointException exception)
        {
            SourceFailure = exception;
            throw;
        }
    }
}
