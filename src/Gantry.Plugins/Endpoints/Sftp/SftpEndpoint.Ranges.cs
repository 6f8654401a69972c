using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Large files in ranges. One ssh connection carries no more than its window of 2 MiB each round trip, so that over a distance they are spread
/// over several. Servers other than OpenSSH's get one range after the other: some of them take bytes only in order.
/// </summary>
internal sealed partial class SftpEndpoint
{
    private const long SpreadFromBytes = 48 * 1024 * 1024;
    private const long SpreadReadingFromBytes = 12 * 1024 * 1024;

    private volatile bool goesOnNowhere;

    /// <summary>How many connections pay at a server of this distance.</summary>
    public Func<SftpServer, int> ConnectionsFor { get; init; } = server => 1 + (int)Math.Min(64, (server.Distance?.TotalMilliseconds ?? 0) / 2);

    /// <summary>Never where a program in between takes a file only from its beginning to its end.</summary>
    public long RangedFromBytes => sessions.Standing is { Server.ReplacesByDeleting: true } ? long.MaxValue
        : IsKnownToBeOpenSsh ? 8 * 1024 * 1024
        : 64 * 1024 * 1024;

    public int ConcurrentRanges => IsKnownToBeOpenSsh ? RangesPerConnection * stripes.Count : 1;

    /// <summary>While one range's last bytes are acknowledged, the next one's are on their way.</summary>
    public static int RangesPerConnection => 2;

    private bool IsKnownToBeOpenSsh => sessions.Standing is not { Server.IsOpenSsh: false };

    public async ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (offset >= SpreadReadingFromBytes && sessions.Standing is { } standing)
        {
            stripes.Spread(ConnectionsFor(standing.Server));
        }

        var stripe = await stripes.TakeAsync(cancellationToken).ConfigureAwait(false);
        var isOpen = false;
        try
        {
            var request = new SftpRequest(stripe.Connection);
            using (var batch = stripe.Connection.Begin())
            {
                batch.Open(request, new SftpPath(root, path), SftpWire.OpenRead);
            }

            var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
            if (reply.Handle is not { } handle)
            {
                throw await ReadFailureAsync(stripe.Connection, reply, path, cancellationToken).ConfigureAwait(false);
            }

            isOpen = true;
            return SftpReadStream.OfPart(
                stripe.Connection, handle, offset, length, failure => SftpErrors.Of(failure, PlaceOf(path), "read"), () => stripes.Give(stripe));
        }
        finally
        {
            if (!isOpen)
            {
                stripes.Give(stripe);
            }
        }
    }

    public async ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        await RefuseFolderAsync(connection, path, cancellationToken).ConfigureAwait(false);
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            var standing = await TakeOverAsync(connection, path, options, cancellationToken).ConfigureAwait(false);
            var handle = standing?.Handle ?? await OpenPartialAsync(connection, path, PartialOf(path, options), cancellationToken).ConfigureAwait(false);
            if (options.Length - (standing?.Size ?? 0) >= SpreadFromBytes)
            {
                stripes.Spread(ConnectionsFor(connection.Server));
            }

            return new SftpRangedWrite(this, connection, handle, path, options, standing?.Size ?? 0);
        }
        catch
        {
            flight!.Handles.Give(1);
            throw;
        }
    }

    /// <summary>Null when there is nothing of use.</summary>
    private async ValueTask<(byte[] Handle, long Size)?> TakeOverAsync(
        SftpConnection connection, string path, WriteOptions options, CancellationToken cancellationToken)
    {
        if (options.EarlierPartialName is not { } earlier || goesOnNowhere)
        {
            return null;
        }

        EndpointPath.CheckPartialName(earlier);
        var earlierPath = EndpointPath.Join(EndpointPath.ParentOf(path), earlier);

        // A link that somebody put there, or something longer than the file will be, is not written on.
        if (await LookAsync(connection, earlierPath, cancellationToken).ConfigureAwait(false) is not { Kind: EntryKind.File } there)
        {
            return null;
        }

        if (there.Size > options.Length)
        {
            await AskAsync(connection, SftpWire.Remove, earlierPath, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var partial = PartialOf(path, options);
        var rename = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Rename(rename, new SftpPath(root, earlierPath), partial, connection.Server.HasPosixRename);
        }

        if (!(await rename.ReplyAsync(cancellationToken).ConfigureAwait(false)).IsOk)
        {
            return null;
        }

        if ((await OpenAgainAsync(connection, partial, cancellationToken).ConfigureAwait(false)).Handle is { } handle)
        {
            return (handle, there.Size);
        }

        await AskAsync(connection, SftpWire.Remove, partial, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<SftpReply> OpenAgainAsync(SftpConnection connection, SftpPath partial, CancellationToken cancellationToken)
    {
        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Open(request, partial, SftpWire.OpenWrite);
        }

        return await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One large file that is being written, over whatever connections stand.</summary>
    private sealed class SftpRangedWrite : IRangedWrite
    {
        private readonly SftpEndpoint endpoint;
        private readonly string path;
        private readonly WriteOptions options;
        private readonly SftpPath partial;
        private readonly bool isOpenSsh;
        private readonly long certainBytes;
        private readonly Lock gate = new();
        private readonly Dictionary<SftpConnection, Task<byte[]>> handles = [];
        private long writtenUpTo;
        private bool isCompleting;
        private bool isOver;

        public SftpRangedWrite(SftpEndpoint endpoint, SftpConnection connection, byte[] handle, string path, WriteOptions options, long standing)
        {
            this.endpoint = endpoint;
            this.path = path;
            this.options = options;
            partial = endpoint.PartialOf(path, options);
            isOpenSsh = connection.Server.IsOpenSsh;
            handles[connection] = Task.FromResult(handle);
            certainBytes = standing - (isOpenSsh ? WindowBytes : 0);
            writtenUpTo = standing;
        }

        public int RangeBytes => isOpenSsh ? 4 * 1024 * 1024 : 32 * 1024 * 1024;

        public int ConcurrentRanges => isOpenSsh ? RangesPerConnection * endpoint.stripes.Count : 1;

        /// <summary>What earlier versions of this program left is certain by it as well: it never becomes smaller.</summary>
        public long WindowBytes => isOpenSsh ? 64 * 1024 * 1024 : RangeBytes;

        public bool Has(long offset) => offset + RangeBytes <= certainBytes;

        public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
        {
            bool isAgain;
            lock (gate)
            {
                isAgain = writtenUpTo > offset || certainBytes > 0;
                writtenUpTo = Math.Max(writtenUpTo, offset + length);
            }

            var stripe = await endpoint.stripes.TakeAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var handle = await HandleAsync(stripe.Connection, cancellationToken).ConfigureAwait(false);
                await SendAsync(stripe, handle, offset, content, length, cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointException exception) when (!isOpenSsh && isAgain && !exception.IsTransient)
            {
                // Servers in front of object stores take a file only from its beginning to its end.
                endpoint.goesOnNowhere = true;
                throw new EndpointException(EndpointError.NotFound, $"This server does not go on with '{endpoint.PlaceOf(path)}' where it was cut off.", innerException: exception);
            }
            finally
            {
                endpoint.stripes.Give(stripe);
            }
        }

        public async ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
        {
            var connection = await endpoint.ConnectionAsync(cancellationToken).ConfigureAwait(false);
            CloseHandles(except: connection);
            byte[] handle;
            try
            {
                handle = await HandleAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointException exception) when (exception.Error == EndpointError.NotFound && isCompleting)
            {
                return await FindCompletedAsync(connection, cancellationToken).ConfigureAwait(false)
                    ?? throw new EndpointException(exception.Error, exception.Message, exception.IsTransient, exception);
            }

            lock (gate)
            {
                handles.Remove(connection);
            }

            var (attributes, takesStat) = await endpoint.SettleAsync(connection, path, partial, handle, options.Length!.Value, options, cancellationToken).ConfigureAwait(false);
            isCompleting = true;
            var movesAside = connection.Server.ReplacesByDeleting && await endpoint.LookAsync(connection, path, cancellationToken).ConfigureAwait(false) is not null;
            await endpoint.PublishAsync(connection, path, partial, movesAside, cancellationToken).ConfigureAwait(false);
            isOver = true;
            return endpoint.EntryOf(path, options.Length.Value, options, attributes, takesStat);
        }

        public async ValueTask AbandonAsync()
        {
            CloseHandles(except: null);
            if (!isOver && endpoint.sessions.Standing is { } connection)
            {
                await endpoint.TryRemoveAsync(connection, partial).ConfigureAwait(false);
            }
        }

        public ValueTask DisposeAsync()
        {
            CloseHandles(except: null);
            endpoint.flight!.Handles.Give(1);
            return ValueTask.CompletedTask;
        }

        /// <summary>The answer to an earlier renaming was lost: it is done when the path has what was to come there.</summary>
        private async ValueTask<Entry?> FindCompletedAsync(SftpConnection connection, CancellationToken cancellationToken)
        {
            var there = await endpoint.LookAsync(connection, path, cancellationToken).ConfigureAwait(false);
            var seconds = options.ModifiedAt is { } time ? DateTimeOffset.FromUnixTimeSeconds(SftpBatch.SecondsOf(time)) : (DateTimeOffset?)null;
            return there is { Kind: EntryKind.File } && there.Size == options.Length && seconds is not null && there.ModifiedAt == seconds ? there : null;
        }

        private void CloseHandles(SftpConnection? except)
        {
            List<(SftpConnection Connection, Task<byte[]> Handle)> closing;
            lock (gate)
            {
                closing = [.. handles.Where(pair => pair.Key != except).Select(pair => (pair.Key, pair.Value))];
                closing.ForEach(pair => handles.Remove(pair.Connection));
            }

            foreach (var (connection, handle) in closing.Where(pair => pair.Handle.IsCompletedSuccessfully))
            {
                connection.TryClose(handle.Result);
            }
        }

        /// <summary>The partial file, opened on this connection.</summary>
        private async ValueTask<byte[]> HandleAsync(SftpConnection connection, CancellationToken cancellationToken)
        {
            Task<byte[]>? opening;
            lock (gate)
            {
                if (!handles.TryGetValue(connection, out opening))
                {
                    handles[connection] = opening = OpenAsync(connection, cancellationToken);
                }
            }

            try
            {
                return await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch when (opening.IsFaulted || opening.IsCanceled)
            {
                lock (gate)
                {
                    handles.Remove(connection);
                }

                throw;
            }
        }

        private async Task<byte[]> OpenAsync(SftpConnection connection, CancellationToken cancellationToken)
        {
            var reply = await OpenAgainAsync(connection, partial, cancellationToken).ConfigureAwait(false);
            return reply.Handle ?? throw SftpErrors.Of(reply, endpoint.PlaceOf(EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName)), "written on");
        }

        private async ValueTask SendAsync(SftpStripe stripe, byte[] handle, long offset, Stream content, long length, CancellationToken cancellationToken)
        {
            var chunkBytes = stripe.Connection.Server.WriteBytesMax;
            var acknowledgements = new SftpAcknowledgements(stripe.Window);
            var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(chunkBytes, length));
            try
            {
                for (var end = offset + length; offset < end && !acknowledgements.HasFailed;)
                {
                    var wanted = (int)Math.Min(chunkBytes, end - offset);
                    var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, wanted), wanted, false, cancellationToken).ConfigureAwait(false);
                    if (read < wanted)
                    {
                        throw new EndpointException(
                            EndpointError.ContentDiffers, $"A part of '{endpoint.PlaceOf(path)}' came with less bytes than announced: the source changed meanwhile.", isTransient: true);
                    }

                    await SendChunkAsync(stripe.Connection, stripe.Window, acknowledgements, handle, offset, buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    offset += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            await acknowledgements.AllAsync(cancellationToken).ConfigureAwait(false);
            if (acknowledgements.HasFailed)
            {
                throw await endpoint.WriteFailureAsync(stripe.Connection, acknowledgements.Failure, path, chunkBytes, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
