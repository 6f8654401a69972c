using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// The content of a large file on its way: counted, hashed when asked, and guarded. A source that gives more or less than its listing
/// told, or whose file was changed meanwhile, makes the reading fail before its last byte counts, so that the target keeps its old file.
/// </summary>
internal sealed class MeteredStream(Stream inner, long expected, TransferTally tally, IncrementalHash? hash, Func<ValueTask<bool>> isUnchanged)
    : ContentStream(inner)
{
    private long read;
    private bool isAtEnd;

    /// <summary>Why reading failed, when it was the source that did; null otherwise.</summary>
    public EndpointException? SourceFailure { get; private set; }

    /// <summary>The source was changed while it was read.</summary>
    public bool IsChanged { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || isAtEnd)
        {
            return 0;
        }

        int count;
        try
        {
            count = await Inner.ReadAsync(buffer, cancellationToken);
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

    /// <summary>Takes what was counted back: the attempt is over, well or badly.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tally.Moved(-read);
            read = 0;
        }

        base.Dispose(disposing);
    }
}
