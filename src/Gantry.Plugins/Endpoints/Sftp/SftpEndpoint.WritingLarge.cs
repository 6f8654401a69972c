using System.Buffers;
using Gantry.Engine.Endpoints;

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
            var (written, attributes, takesStat) = await SendAsync(connection, path, opened, first, content, options, cancellationToken).ConfigureAwait(false);
            if (movesAside)
            {
                await ReplaceAsync(connection, partial, default, path, cancellationToken).ConfigureAwait(false);
                return EntryOf(path, written, options, attributes, takesStat);
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

            return EntryOf(path, written, options, attributes, takesStat);
        }).ConfigureAwait(false);
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
        SftpConnection connection, string path, byte[] handle, ReadOnlyMemory<byte> first, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var isClosed = false;
        try
        {
            var written = await SendContentAsync(connection, path, handle, first, content, cancellationToken).ConfigureAwait(false);
            CheckLength(path, options, written);

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

                batch.ForHandle(stat, SftpWire.FileStat, handle);
                batch.ForHandle(close, SftpWire.Close, handle);
                isClosed = true;
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
                : (written, attributes, takesStat);
        }
        finally
        {
            if (!isClosed)
            {
                connection.TryClose(handle);
            }
        }
    }

    private async ValueTask<long> SendContentAsync(
        SftpConnection connection, string path, byte[] handle, ReadOnlyMemory<byte> first, Stream content, CancellationToken cancellationToken)
    {
        var chunkBytes = connection.Server.WriteBytesMax;
        var written = 0L;
        var acknowledgements = new SftpAcknowledgements(windowBytes);
        for (; !first.IsEmpty; first = first[Math.Min(chunkBytes, first.Length)..])
        {
            written += await SendChunkAsync(first[..Math.Min(chunkBytes, first.Length)]).ConfigureAwait(false);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(chunkBytes);
        try
        {
            int read;
            while (!acknowledgements.HasFailed
                && (read = await content.ReadAtLeastAsync(buffer.AsMemory(0, chunkBytes), chunkBytes, false, cancellationToken).ConfigureAwait(false)) > 0)
            {
                written += await SendChunkAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await acknowledgements.AllAsync(cancellationToken).ConfigureAwait(false);
        return acknowledgements.HasFailed
            ? throw await WriteFailureAsync(connection, acknowledgements.Failure, path, chunkBytes, cancellationToken).ConfigureAwait(false)
            : written;

        async ValueTask<int> SendChunkAsync(ReadOnlyMemory<byte> chunk)
        {
            await windowBytes.TakeAsync(chunk.Length, cancellationToken).ConfigureAwait(false);
            var isSent = false;
            try
            {
                acknowledgements.Send(connection, handle, written, chunk.Span);
                isSent = true;
            }
            finally
            {
                if (!isSent)
                {
                    windowBytes.Give(chunk.Length);
                }
            }

            return chunk.Length;
        }
    }
}
