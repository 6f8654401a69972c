using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// A large file, range after range under its partial name: the first one by STOR, each further one appended to what the server says it has. So a partial
/// file that somebody took away is noticed, where writing at a place would leave a hole.
/// </summary>
internal sealed class FtpRangedWrite : IRangedWrite
{
    private const int ChunkBytes = 256 * 1024;

    private readonly FtpEndpoint endpoint;
    private readonly FtpSessions sessions;
    private readonly FtpUpload upload;
    private readonly long length;
    private readonly long adopted;
    private bool isBegun;

    /// <param name="endpoint">Where.</param>
    /// <param name="sessions">The pool.</param>
    /// <param name="upload">The file.</param>
    /// <param name="length">Of the whole.</param>
    /// <param name="adopted">How many bytes of it are there already.</param>
    public FtpRangedWrite(FtpEndpoint endpoint, FtpSessions sessions, FtpUpload upload, long length, long adopted)
    {
        this.endpoint = endpoint;
        this.sessions = sessions;
        this.upload = upload;
        this.length = length;
        this.adopted = adopted;
        isBegun = adopted > 0;
        RangeBytes = endpoint.RangeBytes;
    }

    public int RangeBytes { get; }

    public int ConcurrentRanges => 1;

    public long WindowBytes => RangeBytes;

    public bool Has(long offset) => Math.Min(offset + RangeBytes, length) <= adopted;

    public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
    {
        var stands = isBegun ? await StandsAsync(offset, cancellationToken).ConfigureAwait(false) : 0;
        isBegun = true;
        var skipped = Math.Min(stands - offset, length);
        await SkipAsync(content, skipped, cancellationToken).ConfigureAwait(false);
        if (skipped < length)
        {
            await StoreAsync(stands, content, length - skipped, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (length == 0)
            {
                await StoreAsync(0, Stream.Null, 0, cancellationToken).ConfigureAwait(false);
            }

            return await endpoint.CompleteAsync(upload, length, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException failed) when (failed.Error == EndpointError.ContentDiffers)
        {
            // Of no use to a later attempt either.
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask AbandonAsync() => endpoint.RemoveAsync(upload.PartialPath);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async ValueTask SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (count > 0)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellationToken).ConfigureAwait(false);
                count -= read > 0 ? read : throw new EndOfStreamException("The content of a range ended early.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>How many bytes the server has, which reach to the offset or beyond.</summary>
    private async ValueTask<long> StandsAsync(long offset, CancellationToken cancellationToken)
    {
        var stands = await endpoint.SizeAtAsync(upload.PartialPath, cancellationToken).ConfigureAwait(false);
        if (stands >= offset)
        {
            return stands.Value;
        }

        // Nothing stood yet when the first try of the first range failed.
        return offset == 0 ? 0
            : stands is null ? throw new EndpointException(
                EndpointError.NotFound, $"What was written of '{endpoint.PlaceOf(upload.Path)}' is not there any more: somebody took it away.")
            : throw new EndpointException(
                EndpointError.ContentDiffers,
                $"The server has only {stands} bytes of '{endpoint.PlaceOf(upload.Path)}', where {offset} were written: it lost some.",
                isTransient: true);
    }

    private async ValueTask StoreAsync(long offset, Stream content, long count, CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryStoreAsync(offset, content, count, cancellationToken).ConfigureAwait(false))
            {
                // In the other way of going on.
            }
        }
        catch (FtpRefusedException refused)
        {
            // Here no session is held: finding out why takes one.
            throw await endpoint.WriteFailureAsync(upload, refused.Reply, keepsPartial: true).ConfigureAwait(false);
        }
    }

    /// <summary>False when nothing was sent, because this server wants to be asked in another way.</summary>
    private async ValueTask<bool> TryStoreAsync(long offset, Stream content, long count, CancellationToken cancellationToken)
    {
        var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var transfer = await upload.BeginAsync(session, offset, wantsNext: false, isLast: false, cancellationToken).ConfigureAwait(false);
            var isRefused = transfer.Refusal is not null || !await session.BegunAsync(transfer.Command, cancellationToken).ConfigureAwait(false);
            if (!isRefused)
            {
                await SendAsync(transfer, session, content, count, cancellationToken).ConfigureAwait(false);
            }

            var reply = await transfer.EndAsync(cancellationToken).ConfigureAwait(false);
            if (reply.IsDone)
            {
                return true;
            }

            if (session.IsOver)
            {
                throw endpoint.Broken(upload.Path);
            }

            return isRefused && offset > 0 && endpoint.OnGoingOnRefused() ? false : throw new FtpRefusedException(reply);
        }
        finally
        {
            sessions.Give(session);
        }
    }

    private async ValueTask SendAsync(FtpTransfer transfer, FtpSession session, Stream content, long count, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        while (count > 0)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(ChunkBytes, count)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("The content of a range ended early.");
            }

            try
            {
                await transfer.Data.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointException) when (!session.IsOver)
            {
                // The server says why, if it says anything.
                var reply = await transfer.ReasonAsync(cancellationToken).ConfigureAwait(false);
                throw reply.IsDone ? endpoint.Broken(upload.Path) : new FtpRefusedException(reply);
            }

            count -= read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        await transfer.Data.CompleteAsync().ConfigureAwait(false);
    }
}
