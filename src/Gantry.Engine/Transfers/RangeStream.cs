using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>One range of a large file on its way: counted, and guarded against a source that ends too early.</summary>
internal sealed class RangeStream(Stream inner, long length, TransferTally tally) : Stream
{
    private long read;

    /// <summary>Why reading failed, when it was the source that did; null otherwise.</summary>
    public EndpointException? SourceFailure { get; private set; }

    /// <summary>The source has less than its listing told.</summary>
    public bool IsChanged { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

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
            var count = await inner.ReadAsync(buffer[..wanted], cancellationToken);
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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it with ReadAsync.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
