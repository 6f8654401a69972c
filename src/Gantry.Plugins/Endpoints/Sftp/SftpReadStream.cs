using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A file being read with many READs on their way at once: few at first, so that whoever looks only at the beginning costs little, and
/// twice as many whenever the reader had to wait. Answers that are shorter than asked are completed by further READs.
/// </summary>
internal sealed class SftpReadStream : ContentStream
{
    private const int BytesAhead = 4 * 1024 * 1024;
    private const int ChunkBytesMin = 512;

    private readonly SftpConnection connection;
    private readonly Func<SftpReply, EndpointException> failureOf;
    private readonly Action onClosed;
    private readonly byte[] handle;
    private readonly Queue<SftpChunk> chunks = new();
    private readonly long expectedEnd;
    private readonly bool endsThere;

    private int chunkBytes;

    private int window = 2;
    private long nextOffset;
    private SftpChunk? current;
    private int taken;
    private bool isAtEnd;
    private bool isClosed;

    /// <param name="connection">On which the handle is.</param>
    /// <param name="handle">An open file; closed with this stream.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="expectedEnd">Where the file probably ends: beyond it only one READ at a time goes out. Null when not known.</param>
    /// <param name="failureOf">Makes the exception out of a status.</param>
    /// <param name="onClosed">Called once.</param>
    public SftpReadStream(
        SftpConnection connection, byte[] handle, long offset, long? expectedEnd, Func<SftpReply, EndpointException> failureOf, Action onClosed)
    {
        this.connection = connection;
        this.handle = handle;
        this.failureOf = failureOf;
        this.onClosed = onClosed;
        this.expectedEnd = expectedEnd ?? long.MaxValue;
        chunkBytes = connection.Server.ReadBytesMax;
        nextOffset = offset;
    }

    private SftpReadStream(
        SftpConnection connection, byte[] handle, long offset, long length, Func<SftpReply, EndpointException> failureOf, Action onClosed, bool endsThere)
        : this(connection, handle, offset, offset + length, failureOf, onClosed)
    {
        this.endsThere = endsThere;
        window = Math.Max(2, BytesAhead / chunkBytes);
    }

    public override bool CanRead => !isClosed;

    /// <summary>So many bytes of a file that surely has them: all of them are asked for at once.</summary>
    public static SftpReadStream OfPart(
        SftpConnection connection, byte[] handle, long offset, long length, Func<SftpReply, EndpointException> failureOf, Action onClosed) =>
        new(connection, handle, offset, length, failureOf, onClosed, endsThere: true);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        if (buffer.IsEmpty || (current is null && !await NextAsync(cancellationToken).ConfigureAwait(false)))
        {
            return 0;
        }

        var rest = current!.Data[taken..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        taken += count;
        if (taken == current.Length)
        {
            current.Release();
            current = null;
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isClosed)
        {
            isClosed = true;
            Drop();
            connection.TryClose(handle);
            onClosed();
        }

        base.Dispose(disposing);
    }

    /// <summary>The next bytes in order; false at the end of the file.</summary>
    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (!isAtEnd)
        {
            AskAhead();
            if (!chunks.TryPeek(out var chunk))
            {
                isAtEnd = true;
                break;
            }

            if (!chunk.IsAnswered)
            {
                window = Math.Min(window * 2, Math.Max(2, BytesAhead / chunkBytes));
                await chunk.AnsweredAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await chunk.AnsweredAsync(CancellationToken.None).ConfigureAwait(false);
            }

            chunks.Dequeue();
            if (!chunk.Failure.IsOk)
            {
                chunk.Release();
                throw failureOf(chunk.Failure);
            }

            if (chunk.IsEnd)
            {
                chunk.Release();
                isAtEnd = true;
                Drop();
                break;
            }

            if (chunk.Length < chunk.Requested)
            {
                // What was asked beyond would leave a gap; the server may have a limit that it does not tell.
                Drop();
                window = 2;
                nextOffset = chunk.Offset + chunk.Length;
                chunkBytes = nextOffset < expectedEnd ? Math.Clamp(chunk.Length, ChunkBytesMin, chunkBytes) : chunkBytes;
            }

            (current, taken) = (chunk, 0);
            return true;
        }

        return false;
    }

    private void AskAhead()
    {
        // The one READ that begins at the expected end goes ahead too: it shows that the file ends there.
        while (endsThere ? nextOffset < expectedEnd && chunks.Count < window : chunks.Count == 0 || (chunks.Count < window && nextOffset <= expectedEnd))
        {
            var toEnd = expectedEnd - nextOffset;
            var chunk = new SftpChunk(nextOffset, toEnd > 0 ? (int)Math.Min(chunkBytes, toEnd) : chunkBytes);
            try
            {
                using var batch = connection.Begin();
                batch.Read(chunk, handle, chunk.Offset, chunk.Requested);
            }
            catch (EndpointException)
            {
                chunk.OnLost(new EndpointException(EndpointError.Disconnected, "The connection was lost."));
                chunk.Release();
                throw;
            }

            chunks.Enqueue(chunk);
            nextOffset += chunk.Requested;
        }
    }

    private void Drop()
    {
        current?.Release();
        current = null;
        while (chunks.TryDequeue(out var chunk))
        {
            chunk.Release();
        }
    }
}
