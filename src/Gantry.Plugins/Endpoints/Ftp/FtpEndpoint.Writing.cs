using System.Buffers;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Work;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Writing: STOR under the partial name, with the time, the mode and the question for the size right behind it; the name is given only when all bytes
/// are there. While it is given the session serves the next file.
/// </summary>
internal sealed partial class FtpEndpoint
{
    private const int ChunkBytes = 256 * 1024;

    private int saidNoModes;
    private int saidNoReplacing;

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        var bufferBytes = options.Length is { } announced and >= 0 and < SmallBytesMax ? (int)announced + 1 : SmallBytesMax;
        var buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
        try
        {
            var filled = 0;
            while (filled < bufferBytes && await content.ReadAsync(buffer.AsMemory(filled, bufferBytes - filled), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                filled += read;
            }

            FtpUpload upload = new(this, path, options);
            if (filled == bufferBytes)
            {
                return await WriteLargeAsync(upload, buffer.AsMemory(0, filled), content, cancellationToken).ConfigureAwait(false);
            }

            CheckLength(path, options.Length, filled);
            return await WriteSmallAsync(upload, buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal void CheckLength(string path, long? announced, long written)
    {
        if (announced is { } length && length != written)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{PlaceOf(path)}' was announced with {length} bytes and came with {(written > length ? "more" : written)}: the source changed meanwhile.",
                isTransient: true);
        }
    }

    private async ValueTask<Entry> WriteSmallAsync(FtpUpload upload, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var isCleared = false;
        for (var tries = 1; ; tries++)
        {
            var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
            var isGiven = false;
            try
            {
                var reply = await StoreAsync(session, upload, content, cancellationToken).ConfigureAwait(false);
                if (!reply.IsDone && !isCleared && reply.Code is 550 or 553 or 451)
                {
                    // What an earlier try left may be in the way.
                    var deleted = await session.AskAsync(new FtpCommand("DELE", upload.PartialPath), cancellationToken).ConfigureAwait(false);
                    isCleared = true;
                    if (deleted.IsDone)
                    {
                        continue;
                    }
                }

                if (!reply.IsDone)
                {
                    throw new FtpRefusedException(reply);
                }

                await upload.CheckAsync(session, content.Length, sessions.IsWanted, cancellationToken).ConfigureAwait(false);
                var naming = upload.Naming();
                FaultPoint.Pass("publish.before");
                await session.SendAsync(naming, cancellationToken).ConfigureAwait(false);
                isGiven = true;
                sessions.Give(session);
                return await NameAsync(session, upload, naming, content.Length).ConfigureAwait(false);
            }
            catch (EndpointException failed) when (failed.Error == EndpointError.Disconnected && session is { IsOver: true, EndedInnocently: true } && tries < TriesMax)
            {
                // On another one: the partial file is written anew from its beginning.
            }
            catch (FtpRefusedException refused)
            {
                // Finding out why takes a session: whoever held one meanwhile would wait for others that do the same.
                isGiven = true;
                sessions.Give(session);
                throw await WriteFailureAsync(upload, refused.Reply).ConfigureAwait(false);
            }
            catch
            {
                if (!isGiven)
                {
                    isGiven = true;
                    sessions.Give(session);
                }

                await RemoveAsync(upload.PartialPath).ConfigureAwait(false);
                throw;
            }
            finally
            {
                if (!isGiven)
                {
                    sessions.Give(session);
                }
            }
        }
    }

    /// <summary>Sends the whole content under the partial name; the server's last word on it.</summary>
    private async ValueTask<FtpReply> StoreAsync(FtpSession session, FtpUpload upload, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var transfer = await upload.BeginAsync(session, 0, sessions.IsWanted, isLast: true, cancellationToken).ConfigureAwait(false);
        if (transfer.Refusal is null)
        {
            try
            {
                await transfer.Data.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                await transfer.Data.CompleteAsync().ConfigureAwait(false);
            }
            catch (EndpointException) when (!session.IsOver)
            {
                // What the server says about it is worth more.
                var reason = await transfer.ReasonAsync(cancellationToken).ConfigureAwait(false);
                return reason.IsDone ? throw Broken(upload.Path) : reason;
            }
        }

        var reply = await transfer.EndAsync(cancellationToken).ConfigureAwait(false);
        return session.IsOver && !reply.IsDone ? throw Broken(upload.Path) : reply;
    }

    internal EndpointException Broken(string path) =>
        new(EndpointError.Disconnected, $"The connection broke while '{PlaceOf(path)}' was written.", isTransient: true);

    private async ValueTask<Entry> WriteLargeAsync(FtpUpload upload, ReadOnlyMemory<byte> begin, Stream content, CancellationToken cancellationToken)
    {
        var isDone = false;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        FtpPump pump = new(sessions, clock, content, buffer, begin);
        try
        {
            long sent = 0;
            for (var isCleared = false; !pump.IsEnded;)
            {
                try
                {
                    sent = await PumpAsync(upload, pump, sent, cancellationToken).ConfigureAwait(false);
                }
                catch (FtpRefusedException refused) when (sent == 0 && !isCleared && pump.IsUntouched && refused.Reply.Code is 550 or 553 or 451)
                {
                    isCleared = true;
                    if (!(await AskAsync(() => [new FtpCommand("DELE", upload.PartialPath)], cancellationToken).ConfigureAwait(false))[0].IsDone)
                    {
                        throw;
                    }
                }
            }

            CheckLength(upload.Path, upload.Options.Length, sent);
            var entry = await CompleteAsync(upload, sent, cancellationToken).ConfigureAwait(false);
            isDone = true;
            return entry;
        }
        catch (FtpRefusedException refused)
        {
            throw await WriteFailureAsync(upload, refused.Reply).ConfigureAwait(false);
        }
        finally
        {
            if (!pump.IsReading)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (!isDone)
            {
                await RemoveAsync(upload.PartialPath).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends until the content ends, or until the session is wanted elsewhere while the content lets wait; answers how many bytes are sent in all.</summary>
    private async ValueTask<long> PumpAsync(FtpUpload upload, FtpPump pump, long sent, CancellationToken cancellationToken)
    {
        if (sent > 0)
        {
            await pump.WaitForMoreAsync(cancellationToken).ConfigureAwait(false);
            if (await SizeAtAsync(upload.PartialPath, cancellationToken).ConfigureAwait(false) != sent)
            {
                throw Broken(upload.Path);
            }
        }

        var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var transfer = await upload.BeginAsync(session, sent, wantsNext: false, isLast: false, cancellationToken).ConfigureAwait(false);
            var broken = false;
            if (transfer.Refusal is null)
            {
                try
                {
                    await foreach (var chunk in pump.ChunksAsync(cancellationToken).ConfigureAwait(false))
                    {
                        await transfer.Data.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                        sent += chunk.Length;
                        if (sent > (upload.Options.Length ?? long.MaxValue))
                        {
                            CheckLength(upload.Path, upload.Options.Length, sent);
                        }
                    }

                    await transfer.Data.CompleteAsync().ConfigureAwait(false);
                }
                catch (EndpointException failed) when (!session.IsOver && failed.Error == EndpointError.Disconnected)
                {
                    broken = true;
                }
            }

            var reply = await (broken ? transfer.ReasonAsync(cancellationToken) : transfer.EndAsync(cancellationToken)).ConfigureAwait(false);
            if (!reply.IsDone && !session.IsOver)
            {
                throw new FtpRefusedException(reply);
            }

            return broken || !reply.IsDone ? throw Broken(upload.Path) : sent;
        }
        finally
        {
            sessions.Give(session);
        }
    }

    /// <summary>All bytes are sent: checks them, sets time and mode, and gives the file its name.</summary>
    internal async ValueTask<Entry> CompleteAsync(FtpUpload upload, long length, CancellationToken cancellationToken)
    {
        var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
        FtpCommand[] naming;
        try
        {
            await upload.CheckAsync(session, length, wantsNext: false, cancellationToken).ConfigureAwait(false);
            naming = upload.Naming();
            FaultPoint.Pass("publish.before");
            await session.SendAsync(naming, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            sessions.Give(session);
        }

        return await NameAsync(session, upload, naming, length).ConfigureAwait(false);
    }

    /// <summary>Waits for the new name. Once asked for this is not broken off: afterwards the file would be there, or not, and nobody would know.</summary>
    private async ValueTask<Entry> NameAsync(FtpSession session, FtpUpload upload, FtpCommand[] naming, long length)
    {
        var begun = await session.ReplyAsync(naming[0], CancellationToken.None).ConfigureAwait(false);
        var named = await session.ReplyAsync(naming[1], CancellationToken.None).ConfigureAwait(false);
        var told = naming.Length > 2 ? await session.ReplyAsync(naming[2], CancellationToken.None).ConfigureAwait(false) : null;
        if (!named.IsDone)
        {
            await ReplaceAsync(upload.PartialPath, upload.Path, begun.IsGood ? named : begun).ConfigureAwait(false);
            told = null;
        }

        FaultPoint.Pass("publish.after");
        return upload.ToEntry(length, told);
    }

    /// <summary>
    /// The server did not rename over what is there. If that is a file, it is moved aside, and deleted only when the new one has its name; when that fails, it
    /// gets its name back.
    /// </summary>
    private async ValueTask ReplaceAsync(string partialPath, string path, FtpReply refusal, bool keepsSource = false)
    {
        ValueTask RemovePartialAsync() => keepsSource ? ValueTask.CompletedTask : RemoveAsync(partialPath);
        var target = PathOf(path);
        var there = await FindAsync(path, CancellationToken.None).ConfigureAwait(false);
        if (there is not { Kind: EntryKind.File or EntryKind.SymbolicLink })
        {
            await RemovePartialAsync().ConfigureAwait(false);
            throw there is { Kind: EntryKind.Folder }
                ? new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, so that no file can take its place.")
                : Refused(refusal, path, "renamed to its final name");
        }

        var aside = PathOf(EndpointPath.Join(
            EndpointPath.ParentOf(path), PartialName.Of(EndpointPath.NameOf(path), null, null, Guid.CreateVersion7().ToString("N"))));
        var moved = await RenameAsync(target, aside).ConfigureAwait(false);
        if (!moved.IsDone)
        {
            // Somebody else may have moved it aside, and put theirs in its place since.
            if (await FindAsync(path, CancellationToken.None).ConfigureAwait(false) is null && (await RenameAsync(partialPath, target).ConfigureAwait(false)).IsDone)
            {
                return;
            }

            await RemovePartialAsync().ConfigureAwait(false);
            throw Refused(moved, path, "replaced");
        }

        var renamed = await RenameAsync(partialPath, target).ConfigureAwait(false);
        if (!renamed.IsDone)
        {
            var isBack = await FindAsync(path, CancellationToken.None).ConfigureAwait(false) is not null || (await RenameAsync(aside, target).ConfigureAwait(false)).IsDone;
            await RemovePartialAsync().ConfigureAwait(false);
            throw isBack
                ? Refused(renamed, path, "renamed to its final name")
                : new EndpointException(
                    EndpointError.Other, $"'{PlaceOf(path)}' could not be replaced, and its old file is now at '{EndpointPath.Printable(aside)}' on the server. The server says: {manners.Redact(renamed.ToString())}.");
        }

        if (Interlocked.Exchange(ref saidNoReplacing, 1) == 0)
        {
            notice($"{Address}: this server does not rename over a file. The old file is moved aside for a moment instead.");
        }

        await RemoveAsync(aside).ConfigureAwait(false);
    }

    private async ValueTask<FtpReply> RenameAsync(string from, string to)
    {
        var session = await sessions.TakeAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            FtpCommand[] commands = [new("RNFR", from), new("RNTO", to)];
            await session.SendAsync(commands, CancellationToken.None).ConfigureAwait(false);
            var begun = await session.ReplyAsync(commands[0], CancellationToken.None).ConfigureAwait(false);
            var renamed = await session.ReplyAsync(commands[1], CancellationToken.None).ConfigureAwait(false);
            return begun.IsGood ? renamed : begun;
        }
        finally
        {
            sessions.Give(session);
        }
    }

    /// <summary>Removes what is left, as far as the connection allows; a server that does not answer is not waited for long.</summary>
    internal async ValueTask RemoveAsync(string place)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
        try
        {
            await AskAsync(() => [new FtpCommand("DELE", place)], patience.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is EndpointException or OperationCanceledException or ObjectDisposedException)
        {
            // The failure that led here is told; what stays has a name that says whose it is.
        }
    }

    internal async ValueTask<EndpointException> WriteFailureAsync(FtpUpload upload, FtpReply refusal, bool keepsPartial = false)
    {
        var kind = FtpErrors.KindOf(refusal);
        if (refusal.Code is 425 or 426 or 421 || kind == EndpointError.NoSpace)
        {
            if (!keepsPartial)
            {
                await RemoveAsync(upload.PartialPath).ConfigureAwait(false);
            }

            return Refused(refusal, upload.Path, "written");
        }

        var folder = EndpointPath.ParentOf(upload.Path);
        if (!await IsFolderAsync(folder, CancellationToken.None).ConfigureAwait(false))
        {
            return new EndpointException(EndpointError.NotFound, $"There is no folder for '{PlaceOf(upload.Path)}'.");
        }

        return NameBytes.Count(EndpointPath.NameOf(upload.Path)) > Capabilities.NameBytesMax
            ? new EndpointException(EndpointError.BadPath, $"The name of '{PlaceOf(upload.Path)}' is longer than {Capabilities.NameBytesMax} bytes.")
            : kind is EndpointError.Other or EndpointError.NotFound
                ? new EndpointException(
                    EndpointError.PermissionDenied, $"'{PlaceOf(upload.Path)}' could not be written: the server refuses. Check owner and permissions there. It says: {manners.Redact(refusal.ToString())}.")
                : Refused(refusal, upload.Path, "written");
    }

    internal void OnTimeRefused()
    {
        manners.TimeSetting = FtpTimeSetting.None;
        if (manners.IsFirstWordOnTimes())
        {
            notice($"{Address}: this server does not take the modification times it is given. Files keep the time of their upload, and those of the same size count as unchanged.");
        }
    }

    internal void OnModeRefused()
    {
        manners.SetsModes = false;
        if (Interlocked.Exchange(ref saidNoModes, 1) == 0)
        {
            notice($"{Address}: this server does not take permissions (SITE CHMOD). New files have those that it gives them.");
        }
    }
}
