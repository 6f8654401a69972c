using System.Buffers;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Work;

namespace Gantry.Plugins.Endpoints.Sftp;

internal sealed partial class SftpEndpoint
{
    private async ValueTask<Entry> WriteLargeAsync(
        SftpConnection connection, string path, ReadOnlyMemory<byte> first, Stream content, WriteOptions options, bool movesAside, CancellationToken cancellationToken)
    {
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteOpenedAsync(connection, path, first, content, options, movesAside, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            flight!.Handles.Give(1);
        }
    }

    private async ValueTask<Entry> WriteOpenedAsync(
        SftpConnection connection, string path, ReadOnlyMemory<byte> first, Stream content, WriteOptions options, bool movesAside, CancellationToken cancellationToken)
    {
        var partial = PartialOf(path, options);
        var opened = await OpenPartialAsync(connection, path, partial, cancellationToken).ConfigureAwait(false);
        return await OrRemoveAsync(connection, partial, async () =>
        {
            var (written, attributes, takesStat) = await SendAsync(connection, path, partial, opened, first, content, options, cancellationToken).ConfigureAwait(false);
            await PublishAsync(connection, path, partial, movesAside, cancellationToken).ConfigureAwait(false);
            return EntryOf(path, written, options, attributes, takesStat);
        }).ConfigureAwait(false);
    }

    private async ValueTask PublishAsync(SftpConnection connection, string path, SftpPath partial, bool movesAside, CancellationToken cancellationToken)
    {
        FaultPoint.Pass("publish.before");
        if (movesAside)
        {
            await ReplaceAsync(connection, partial, default, path, cancellationToken).ConfigureAwait(false);
            return;
        }

        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Rename(request, partial, new SftpPath(root, path), connection.Server.HasPosixRename);
        }

        // From here on it may be published: a cancellation waits for the answer.
        var renamed = await request.ReplyAsync(CancellationToken.None).ConfigureAwait(false);
        if (!renamed.IsOk)
        {
            await ReplaceAsync(connection, partial, renamed, path, cancellationToken).ConfigureAwait(false);
        }

        FaultPoint.Pass("publish.after");
    }

    private async ValueTask<byte[]> OpenPartialAsync(SftpConnection connection, string path, SftpPath partial, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            var request = new SftpRequest(connection);
            using (var batch = connection.Begin())
            {
                batch.Open(request, partial, SftpWire.OpenWrite | SftpWire.OpenCreate | SftpWire.OpenExclusive);
            }

            SftpReply reply;
            try
            {
                reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await TryRemoveAsync(connection, partial).ConfigureAwait(false);
                throw;
            }

            if (reply.Handle is { } handle)
            {
                return handle;
            }

            if (isRetry || reply.Status != SftpStatus.Failure)
            {
                throw await OpenFailureAsync(connection, reply, path, cancellationToken).ConfigureAwait(false);
            }

            await AskAsync(connection, SftpWire.Remove, partial, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends all content, sets time and mode, checks the size and closes the handle, whatever happens.</summary>
    private async ValueTask<(long Written, SftpAttributes? Attributes, bool TakesStat)> SendAsync(
        SftpConnection connection, string path, SftpPath partial, byte[] handle, ReadOnlyMemory<byte> first, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var isSettling = false;
        try
        {
            var written = await SendContentAsync(connection, path, handle, first, content, cancellationToken).ConfigureAwait(false);
            CheckLength(path, options, written);
            isSettling = true;
            var (attributes, takesStat) = await SettleAsync(connection, path, partial, handle, written, options, cancellationToken).ConfigureAwait(false);
            return (written, attributes, takesStat);
        }
        finally
        {
            if (!isSettling)
            {
                connection.TryClose(handle);
            }
        }
    }

    /// <summary>Sets time and mode, checks the size and closes the handle.</summary>
    private async ValueTask<(SftpAttributes? Attributes, bool TakesStat)> SettleAsync(
        SftpConnection connection, string path, SftpPath partial, byte[] handle, long written, WriteOptions options, CancellationToken cancellationToken)
    {
        var setStat = new SftpRequest(connection);
        var stat = new SftpRequest(connection);
        var close = new SftpRequest(connection);
        var setsStat = options.ModifiedAt is not null || options.UnixMode is not null;
        using (var batch = connection.Begin())
        {
            if (setsStat)
            {
                batch.SetStat(setStat, handle, options.ModifiedAt, options.UnixMode);
            }

            if (connection.Server.StoresAtClose)
            {
                batch.Close(close, handle);
                batch.ForPath(stat, SftpWire.LinkStat, partial);
            }
            else
            {
                batch.ForHandle(stat, SftpWire.FileStat, handle);
                batch.Close(close, handle);
            }
        }

        var takesStat = !setsStat || (await setStat.ReplyAsync(cancellationToken).ConfigureAwait(false)).IsOk;
        var attributes = (await stat.ReplyAsync(cancellationToken).ConfigureAwait(false)).Attributes;
        var closed = await close.ReplyAsync(cancellationToken).ConfigureAwait(false);
        if (!closed.IsOk)
        {
            throw await WriteFailureAsync(connection, closed, path, written, cancellationToken).ConfigureAwait(false);
        }

        return attributes?.Size is { } size && size != written
            ? throw new EndpointException(
                EndpointError.ContentDiffers, $"'{PlaceOf(path)}' got {written} bytes and has {size} on the server.", isTransient: true)
            : (attributes, takesStat);
    }

    private async ValueTask<long> SendContentAsync(
        SftpConnection connection, string path, byte[] handle, ReadOnlyMemory<byte> first, Stream content, CancellationToken cancellationToken)
    {
        var chunkBytes = connection.Server.WriteBytesMax;
        var written = 0L;
        var stripe = stripes.Of(connection);

        // Where nothing may overtake, one chunk is under way at a time: a chunk behind one that failed would wait for it for ever.
        var window = connection.Server.StoresAtClose ? new SftpBudget(chunkBytes) : stripe.Window;
        var acknowledgements = new SftpAcknowledgements(window);
        for (; !first.IsEmpty; first = first[Math.Min(chunkBytes, first.Length)..])
        {
            written += await SendOneAsync(first[..Math.Min(chunkBytes, first.Length)]).ConfigureAwait(false);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(chunkBytes);
        try
        {
            int read;
            while (!acknowledgements.HasFailed
                && (read = await content.ReadAtLeastAsync(buffer.AsMemory(0, chunkBytes), chunkBytes, false, cancellationToken).ConfigureAwait(false)) > 0)
            {
                written += await SendOneAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await acknowledgements.AllAsync(cancellationToken).ConfigureAwait(false);
        if (!acknowledgements.HasFailed)
        {
            return written;
        }

        // Such a server says at the end why it takes no more.
        var closed = connection.Server.StoresAtClose ? await CloseAsync(connection, handle, cancellationToken).ConfigureAwait(false) : default;
        throw await WriteFailureAsync(connection, closed.IsOk ? acknowledgements.Failure : closed, path, chunkBytes, cancellationToken).ConfigureAwait(false);

        async ValueTask<int> SendOneAsync(ReadOnlyMemory<byte> chunk)
        {
            await SendChunkAsync(stripe.Connection, window, acknowledgements, handle, written, chunk, cancellationToken).ConfigureAwait(false);
            return chunk.Length;
        }
    }

    private static async ValueTask<SftpReply> CloseAsync(SftpConnection connection, byte[] handle, CancellationToken cancellationToken)
    {
        var close = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Close(close, handle);
        }

        return await close.ReplyAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask SendChunkAsync(
        SftpConnection connection, SftpBudget window, SftpAcknowledgements acknowledgements, byte[] handle, long offset, ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        await window.TakeAsync(chunk.Length, cancellationToken).ConfigureAwait(false);
        var isSent = false;
        try
        {
            acknowledgements.Send(connection, handle, offset, chunk.Span);
            isSent = true;
        }
        finally
        {
            if (!isSent)
            {
                window.Give(chunk.Length);
            }
        }
    }
}
