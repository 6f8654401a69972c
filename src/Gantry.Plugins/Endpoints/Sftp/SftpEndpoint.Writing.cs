using System.Buffers;
using System.Buffers.Binary;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

internal sealed partial class SftpEndpoint
{
    private static readonly TimeSpan cleaningPatience = TimeSpan.FromSeconds(1);

    // After a cancelling. A server that goes on is given the time for the few hundred files that may be under way.
    private static readonly TimeSpan settlingPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan settlingMax = TimeSpan.FromSeconds(15);

    private const int ReplacingTriesMax = 20;

    private readonly SemaphoreSlim replacing = new(1);
    private int saidNoStat;
    private int saidNoPosixRename;

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        var connection = sessions.Standing is { } standing && flight is not null
            ? standing
            : await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var movesAside = await RefuseFolderAsync(connection, path, cancellationToken).ConfigureAwait(false) is not null && connection.Server.ReplacesByDeleting;
        var smallMax = connection.Server.WriteBytesMax;

        // One byte more than announced shows in the same reading whether the content ends there.
        var bufferBytes = options.Length is { } announced and >= 0 && announced < smallMax ? (int)announced + 1 : smallMax + 1;
        await uploadBytes.TakeAsync(bufferBytes, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
        try
        {
            var filled = 0;
            int read;
            while ((read = await content.ReadAsync(buffer.AsMemory(filled, bufferBytes - filled), cancellationToken).ConfigureAwait(false)) > 0)
            {
                filled += read;
                if (filled == bufferBytes)
                {
                    return await WriteLargeAsync(connection, path, buffer.AsMemory(0, filled), content, options, movesAside, cancellationToken).ConfigureAwait(false);
                }
            }

            CheckLength(path, options, filled);
            return await WriteSmallAsync(connection, path, buffer.AsMemory(0, filled), options, movesAside, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            uploadBytes.Give(bufferBytes);
        }
    }

    public bool TryBeginWrite(
        string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        if (sessions.Standing is not { Server: { IsOpenSsh: true, HasPosixRename: true } server } connection
            || content.Length > server.WriteBytesMax
            || options is not { ModifiedAt: not null, UnixMode: not null })
        {
            return false;
        }

        Learn(server);
        flight!.Handles.Take(1, new SftpWholeUpload(
            connection, flight, PartialOf(path, options), new SftpPath(root, path), options, content, receiver, OnStatRefused, cancellationToken).Start);
        return true;
    }

    private void CheckLength(string path, WriteOptions options, long written)
    {
        if (options.Length is { } length && length != written)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{PlaceOf(path)}' was announced with {length} bytes and came with {(written > length ? "more" : written)}: the source changed meanwhile.",
                isTransient: true);
        }
    }

    private SftpPath PartialOf(string path, WriteOptions options) =>
        new(root, EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName));

    private async ValueTask<Entry> WriteSmallAsync(
        SftpConnection connection, string path, ReadOnlyMemory<byte> content, WriteOptions options, bool movesAside, CancellationToken cancellationToken)
    {
        var partial = PartialOf(path, options);
        SftpPath? target = movesAside ? null : new SftpPath(root, path);
        var asksStat = options.ModifiedAt is null || options.UnixMode is null;
        var outcome = await UploadAsync(connection, partial, target, options, content, asksStat, cancellationToken).ConfigureAwait(false);
        if (outcome is { Stage: SftpUploadStage.Opening, Failure.Status: SftpStatus.Failure })
        {
            // What an earlier try of the same transfer left behind is in the way.
            await AskAsync(connection, SftpWire.Remove, partial, cancellationToken).ConfigureAwait(false);
            outcome = await UploadAsync(connection, partial, target, options, content, asksStat, cancellationToken).ConfigureAwait(false);
        }

        if (outcome.Stage != SftpUploadStage.Done)
        {
            await RecoverAsync(connection, path, partial, outcome, content.Length, cancellationToken).ConfigureAwait(false);
        }

        return EntryOf(path, content.Length, options, outcome.Attributes, outcome.TakesStat);
    }

    private async ValueTask<SftpUploadOutcome> UploadAsync(
        SftpConnection connection, SftpPath partial, SftpPath? target, WriteOptions options, ReadOnlyMemory<byte> content, bool asksStat, CancellationToken cancellationToken)
    {
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        return await new SftpAwaitedUpload(connection, flight, partial, target, options, content, asksStat, clock).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After a failure on the happy path: renames in another way where that is possible, else cleans up and fails.</summary>
    private async ValueTask RecoverAsync(
        SftpConnection connection, string path, SftpPath partial, SftpUploadOutcome outcome, long length, CancellationToken cancellationToken)
    {
        if (outcome.Stage == SftpUploadStage.Opening)
        {
            throw await OpenFailureAsync(connection, outcome.Failure, path, cancellationToken).ConfigureAwait(false);
        }

        await OrRemoveAsync(connection, partial, async () =>
        {
            if (outcome.Stage == SftpUploadStage.Renaming)
            {
                await ReplaceAsync(connection, partial, outcome.Failure, path, cancellationToken).ConfigureAwait(false);
                return;
            }

            throw outcome.Failure.IsOk
                ? new EndpointException(
                    EndpointError.ContentDiffers, $"'{PlaceOf(path)}' got {length} bytes and has {outcome.Attributes?.Size} on the server.", isTransient: true)
                : await WriteFailureAsync(connection, outcome.Failure, path, length, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Renames where the first try failed: with the old file moved aside, if it is one that the server does not replace.</summary>
    private async ValueTask ReplaceAsync(SftpConnection connection, SftpPath partial, SftpReply failure, string path, CancellationToken cancellationToken)
    {
        var there = await LookAsync(connection, path, cancellationToken).ConfigureAwait(false);
        if (there?.Kind == EntryKind.Folder)
        {
            throw new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, so that no file can take its place.");
        }

        if (connection.Server.HasPosixRename)
        {
            throw SftpErrors.Of(failure, PlaceOf(path), "renamed to its final name");
        }

        // Once begun this is not interrupted: between the steps the file is at another name. One at a time, so that no two move the same aside.
        await replacing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReplaceAloneAsync(connection, partial, path).ConfigureAwait(false);
        }
        finally
        {
            replacing.Release();
        }
    }

    private async ValueTask ReplaceAloneAsync(SftpConnection connection, SftpPath partial, string path)
    {
        if (await LookAsync(connection, path, CancellationToken.None).ConfigureAwait(false) is null)
        {
            // What stood in the way is gone.
            var failure = await RenameAsync(connection, partial, new SftpPath(root, path)).ConfigureAwait(false);
            if (failure.IsOk)
            {
                return;
            }

            if (await LookAsync(connection, path, CancellationToken.None).ConfigureAwait(false) is null)
            {
                throw SftpErrors.Of(failure, PlaceOf(path), "renamed to its final name");
            }
        }

        if (Interlocked.Exchange(ref saidNoPosixRename, 1) == 0)
        {
            notice($"{Address}: this server cannot replace a file at once (no posix-rename). The old file is moved aside for a moment instead.");
        }

        await MoveAsideAndRenameAsync(connection, partial, path).ConfigureAwait(false);
    }

    private async ValueTask MoveAsideAndRenameAsync(SftpConnection connection, SftpPath partial, string path)
    {
        var target = new SftpPath(root, path);
        for (var tries = 1; ; tries++)
        {
            var aside = new SftpPath(root, EndpointPath.Join(
                EndpointPath.ParentOf(path), PartialName.Of(EndpointPath.NameOf(path), null, null, Guid.CreateVersion7().ToString("N"))));
            var moved = await RenameAsync(connection, target, aside).ConfigureAwait(false);
            if (!moved.IsOk && moved.Status != SftpStatus.NoSuchFile)
            {
                throw SftpErrors.Of(moved, PlaceOf(path), "moved aside");
            }

            var renamed = await RenameAsync(connection, partial, target).ConfigureAwait(false);
            var isTaken = !renamed.IsOk && await LookAsync(connection, path, CancellationToken.None).ConfigureAwait(false) is not null;
            if (!renamed.IsOk && !isTaken && moved.IsOk)
            {
                await RenameAsync(connection, aside, target).ConfigureAwait(false);
            }
            else if (moved.IsOk)
            {
                await AskAsync(connection, SftpWire.Remove, aside, CancellationToken.None).ConfigureAwait(false);
            }

            if (renamed.IsOk)
            {
                return;
            }

            // Somebody else published the same file in between: theirs is the old one now.
            if (!isTaken || tries == ReplacingTriesMax)
            {
                throw SftpErrors.Of(renamed, PlaceOf(path), "renamed to its final name");
            }
        }
    }

    private static async ValueTask<SftpReply> RenameAsync(SftpConnection connection, SftpPath source, SftpPath target)
    {
        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Rename(request, source, target, isPosix: false);
        }

        return await request.ReplyAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask<T> OrRemoveAsync<T>(SftpConnection connection, SftpPath partial, Func<Task<T>> action)
    {
        var isDone = false;
        try
        {
            var result = await action().ConfigureAwait(false);
            isDone = true;
            return result;
        }
        finally
        {
            if (!isDone)
            {
                await TryRemoveAsync(connection, partial).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask OrRemoveAsync(SftpConnection connection, SftpPath partial, Func<Task> action) =>
        await OrRemoveAsync(connection, partial, async () =>
        {
            await action().ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);

    /// <summary>Removes what is left, as far as the connection allows; a server that does not answer is not waited for long.</summary>
    private async ValueTask TryRemoveAsync(SftpConnection connection, SftpPath partial)
    {
        if (connection.IsOver)
        {
            return;
        }

        try
        {
            await connection.SettleAsync(Ask(connection, SftpWire.Remove, partial)).WaitAsync(cleaningPatience, clock).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EndpointException or TimeoutException)
        {
            // The failure that led here is told. What the server does not remove before the connection is closed stays, and its name says whose it is.
        }
    }

    private async ValueTask<EndpointException> OpenFailureAsync(
        SftpConnection connection, SftpReply reply, string path, CancellationToken cancellationToken)
    {
        var name = EndpointPath.NameOf(path);
        if (reply.Status == SftpStatus.Failure && NameBytes.Count(name) > Capabilities.NameBytesMax)
        {
            return new EndpointException(EndpointError.BadPath, $"The name of '{PlaceOf(path)}' is longer than {Capabilities.NameBytesMax} bytes.");
        }

        if (reply.Status == SftpStatus.NoSuchFile)
        {
            return new EndpointException(EndpointError.NotFound, $"There is no folder for '{PlaceOf(path)}'.");
        }

        return await WriteFailureAsync(connection, reply, path, 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Version 3 has no word for a full disk: where the server can be asked, it is.</summary>
    private async ValueTask<EndpointException> WriteFailureAsync(
        SftpConnection connection, SftpReply reply, string path, long bytes, CancellationToken cancellationToken)
    {
        if (reply.Status != SftpStatus.Failure || !connection.Server.Extensions.Contains(SftpWire.FileSystemStat))
        {
            return SftpErrors.Of(reply, PlaceOf(path), "written");
        }

        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Extension(request, SftpWire.FileSystemStat, new SftpPath(root, EndpointPath.ParentOf(path)));
        }

        // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail …
        const int FragmentOffset = 8;
        const int FreeBlocksOffset = 32;
        const int FreeFilesOffset = 56;
        var stat = (await request.ReplyAsync(cancellationToken).ConfigureAwait(false)).Extended;
        if (stat is null || stat.Length < FreeFilesOffset + 8)
        {
            return SftpErrors.Of(reply, PlaceOf(path), "written");
        }

        var free = BinaryPrimitives.ReadUInt64BigEndian(stat.AsSpan(FreeBlocksOffset)) * (UInt128)BinaryPrimitives.ReadUInt64BigEndian(stat.AsSpan(FragmentOffset));
        var hasNoFiles = BinaryPrimitives.ReadUInt64BigEndian(stat.AsSpan(FreeFilesOffset)) == 0;
        return free < (UInt128)Math.Max(bytes, 4096) || hasNoFiles
            ? new EndpointException(EndpointError.NoSpace, $"There is no space left on the server for '{PlaceOf(path)}'.")
            : SftpErrors.Of(reply, PlaceOf(path), "written");
    }

    private void OnStatRefused()
    {
        if (Interlocked.Exchange(ref saidNoStat, 1) == 0)
        {
            lock (gate)
            {
                capabilities = capabilities with { TimePrecision = null };
            }

            notice($"{Address}: this server does not take modification times or permissions. Files are compared by their size only.");
        }
    }

    private Entry EntryOf(string path, long written, WriteOptions options, SftpAttributes? attributes, bool takesStat)
    {
        if (!takesStat)
        {
            OnStatRefused();
        }

        if (attributes is { } told)
        {
            return told.ToEntry(EndpointPath.NameOf(path), []) with { Kind = EntryKind.File, Size = written };
        }

        return new Entry
        {
            Name = EndpointPath.NameOf(path),
            Kind = EntryKind.File,
            Size = written,
            ModifiedAt = takesStat && options.ModifiedAt is { } time ? DateTimeOffset.FromUnixTimeSeconds(SftpBatch.SecondsOf(time)) : null,
            UnixMode = takesStat ? options.UnixMode & 0xFFF : null,
        };
    }
}
