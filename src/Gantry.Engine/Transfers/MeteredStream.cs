using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// The content of a large file on its way: counted, hashed when asked, and guarded. A source that gives more or less than its listing
/// told, or whose file was changed meanwhile, makes the reading fail before its last byte counts, so that the target keeps its old file.
/// </summary>
internal sealed class MeteredStream(Stream inner, long expected, TransferTally tally, IncrementalHash? hash, Func<ValueTask<bool>> isUnchanged) : Stream
{
    private long read;
    private bool isAtEnd;

    /// <summary>Why reading failed, when it was the source that did; null otherwise.</summary>
    public EndpointException? SourceFailure { get; private set; }

    /// <summary>The source was changed while it was read.</summary>
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

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || isAtEnd)
        {
            return 0;
        }

        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken);
            read += count;
            if (read > expected || (count == 0 && (read < expected || !await isUnchanged())))
            {
                IsChanged = true;
                throw new EndpointException(EndpointError.ContentDiffers, "The file was changed while it was read.", isTransient: true);
            }
        }
        catch (EndpointException exception)
        {
            SourceFailure = exception;
            throw;
        }

        isAtEnd = count == 0;
        hash?.AppendData(buffer.Span[..count]);
        tally.Moved(count);
        return count;
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

    /// <summary>Takes what was counted back: the attempt is over, well or badly.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tally.Moved(-read);
            read = 0;
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        tally.Moved(-read);
        read = 0;
        await inner.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
