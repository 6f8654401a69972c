using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Listings by MLSD, once a folder; and what one path is.</summary>
internal sealed partial class FtpEndpoint
{
    private const int EntriesAhead = 256;
    private const int SearchedMax = 5_000_000;
    private const int ListingBufferBytes = 64 * 1024;

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        await KnowAsync(cancellationToken).ConfigureAwait(false);

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(EntriesAhead) { SingleReader = true });
        var listing = Task.Run(() => ListIntoAsync(folder, entries.Writer, leaving.Token), CancellationToken.None);
        try
        {
            await foreach (var entry in entries.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await listing.ConfigureAwait(false);
        }
    }

    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        if (path.Length == 0)
        {
            return await IsFolderAsync(path, cancellationToken).ConfigureAwait(false) ? new Entry { Name = "", Kind = EntryKind.Folder }
                : await SizeAsync(path, cancellationToken).ConfigureAwait(false) is { } size ? new Entry { Name = "", Kind = EntryKind.File, Size = size }
                : null;
        }

        return manners.HasMachineLists
            ? await FindByMachineListAsync(path, cancellationToken).ConfigureAwait(false)
            : await FindByPlainListAsync(path, cancellationToken).ConfigureAwait(false);
    }

    private async Task ListIntoAsync(string folder, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        try
        {
            if (manners.HasMachineLists && await TryListByMachineAsync(folder, entries, cancellationToken).ConfigureAwait(false))
            {
                entries.Complete();
                return;
            }

            await ListPlainAsync(folder, entries, cancellationToken).ConfigureAwait(false);
            entries.Complete();
        }
        catch (Exception failed)
        {
            // Thrown where the entries are read.
            entries.Complete(failed);
        }
    }

    /// <summary>False when the server does not know MLSD after all.</summary>
    private async Task<bool> TryListByMachineAsync(string folder, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        var isGiven = false;
        var refusal = await ReadLinesAsync(
            "MLSD",
            folder,
            line =>
            {
                isGiven = true;
                if (FtpMachineList.Parse(line) is not { } entry)
                {
                    CheckSaysNothing(line, FtpMachineList.IsNoEntry(line), folder);
                    return ValueTask.CompletedTask;
                }

                return entry.Name is "." or ".." ? ValueTask.CompletedTask : entries.WriteAsync(Checked(entry, folder), cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
        if (refusal is null)
        {
            return true;
        }

        return refusal.Code is 500 or 502 && !isGiven ? false : throw await ListFailureAsync(refusal, folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a listing's lines as fast as they are told, while its session is given back as soon as others lack one; the refusal when there is none.</summary>
    private async ValueTask<FtpReply?> ReadLinesAsync(string verb, string folder, Func<string, ValueTask> tell, CancellationToken cancellationToken)
    {
        FtpListedBytes listed = new(sessions, clock, () => PlaceOf(folder));
        await using var owned = listed.ConfigureAwait(false);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetching = FetchListingAsync(verb, folder, listed, leaving.Token);
        try
        {
            await foreach (var line in FtpLines.ReadAsync(listed, Text, () => PlaceOf(folder), cancellationToken).ConfigureAwait(false))
            {
                await tell(line).ConfigureAwait(false);
            }

            return await fetching.ConfigureAwait(false);
        }
        catch
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await ((Task)fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task<FtpReply?> FetchListingAsync(string verb, string folder, FtpListedBytes listed, CancellationToken cancellationToken)
    {
        try
        {
            var command = PathOf(folder);
            var refusal = await OnSessionAsync(
                session => FetchListingAsync(session, new FtpCommand(verb, command, FtpCommandKind.Transfer), folder, listed, cancellationToken), cancellationToken).ConfigureAwait(false);
            listed.Complete(failed: null);
            return refusal;
        }
        catch (Exception failed)
        {
            // Whoever reads the lines is told.
            listed.Complete(failed);
            throw;
        }
    }

    private async ValueTask<FtpReply?> FetchListingAsync(FtpSession session, FtpCommand command, string folder, FtpListedBytes listed, CancellationToken cancellationToken)
    {
        if (listed.HasAny)
        {
            throw new EndpointException(EndpointError.Disconnected, $"The connection was lost while '{PlaceOf(folder)}' was listed.", isTransient: true);
        }

        await using var transfer = await FtpTransfer.BeginAsync(session, command, 0, [], sessions.IsWanted, cancellationToken).ConfigureAwait(false);
        if (transfer.Refusal is null && await IsComingAsync(transfer, cancellationToken).ConfigureAwait(false))
        {
            await FetchAsync(transfer.Data, listed, cancellationToken).ConfigureAwait(false);
        }

        var reply = await transfer.EndAsync(cancellationToken).ConfigureAwait(false);
        if (session.IsOver)
        {
            throw new EndpointException(EndpointError.Disconnected, $"The connection was lost while '{PlaceOf(folder)}' was listed.", isTransient: true);
        }

        if (reply.Code is 226 or 250 && transfer.Refusal is null && !transfer.Data.IsEndTold)
        {
            throw new EndpointException(
                EndpointError.Disconnected, $"The listing of '{PlaceOf(folder)}' ended without TLS's own end: something may have cut it off.", isTransient: true);
        }

        CheckIsWhole(reply, listed.Lines, folder);

        // Some say so when a folder is empty.
        var isEmpty = reply.Code is 450 or 550 && reply.Says("no files found");
        return reply.IsDone || isEmpty ? null : reply;
    }

    private static async ValueTask FetchAsync(FtpData data, FtpListedBytes listed, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ListingBufferBytes);
        try
        {
            while (await data.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                await listed.AddAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// A data connection without TLS that was cut ends like one that is through, and most servers say no more than that they have sent everything. Pure-FTPd says how
    /// much, and also when that is not all.
    /// </summary>
    private void CheckIsWhole(FtpReply reply, int lines, string folder)
    {
        if (reply.IsDone && reply.Says("Output truncated"))
        {
            throw new EndpointException(
                EndpointError.Protocol,
                $"The server lists only a part of '{PlaceOf(folder)}' ({reply}); the listing is not used, since files would be missed. Its limit can be raised: Pure-FTPd's -L (LimitRecursion).");
        }

        if (reply.IsDone && reply.Listed is { } told && lines < told)
        {
            throw new EndpointException(
                EndpointError.Disconnected, $"Of the listing of '{PlaceOf(folder)}' {lines} lines came, and the server sent {told}: something cut it off.", isTransient: true);
        }
    }

    /// <summary>False when the server refused, of which the data connection tells nothing. Some that send data never say that they begin.</summary>
    private static async ValueTask<bool> IsComingAsync(FtpTransfer transfer, CancellationToken cancellationToken) =>
        await transfer.Session.BegunAsync(transfer.Command, cancellationToken).ConfigureAwait(false)
        || (await transfer.Session.ReplyAsync(transfer.Command, cancellationToken).ConfigureAwait(false)).IsDone;

    /// <summary>A name that could lead elsewhere makes the whole listing unfit for use.</summary>
    private Entry Checked(Entry entry, string folder) => EndpointPath.IsName(entry.Name)
        ? entry
        : throw new EndpointException(
            EndpointError.Protocol, $"The server lists '{EndpointPath.Printable(entry.Name)}' in '{PlaceOf(folder)}', which is no name; the listing is not used.");

    /// <summary>A file that is not understood would be taken for one that is not there: copied nowhere, or deleted at a target.</summary>
    private void CheckSaysNothing(string line, bool isNoEntry, string folder)
    {
        if (!isNoEntry)
        {
            throw new EndpointException(
                EndpointError.Protocol,
                $"The server lists '{EndpointPath.Printable(line.Length > 120 ? line[..120] + "…" : line)}' in '{PlaceOf(folder)}', which is not understood; the listing is not used, since a file might be missed.");
        }
    }

    private async ValueTask<EndpointException> ListFailureAsync(FtpReply refusal, string folder, CancellationToken cancellationToken)
    {
        if (refusal.Code is 421 or 425 or 426 or 451 or 452)
        {
            return Refused(refusal, folder, "listed");
        }

        if (folder.Length > 0 && await FindAsync(folder, cancellationToken).ConfigureAwait(false) is { Kind: EntryKind.File })
        {
            return new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(folder)}' is not a folder.");
        }

        return await IsFolderAsync(folder, cancellationToken).ConfigureAwait(false)
            ? Refused(refusal, folder, "listed")
            : new EndpointException(EndpointError.NotFound, $"There is no folder at '{PlaceOf(folder)}'.");
    }

    private async ValueTask<Entry?> FindByMachineListAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await AskAsync("MLST", path, cancellationToken).ConfigureAwait(false);
        if (reply.IsDone && reply.Lines.Count > 2)
        {
            // " type=file;size=3; /path": the one line between the first and the last.
            return FtpMachineList.Parse(reply.Lines[1].TrimStart(' '), EndpointPath.NameOf(path)) ?? throw new EndpointException(
                EndpointError.Protocol, $"The server's answer about '{PlaceOf(path)}' is not understood: {manners.Redact(reply.ToString())}.");
        }

        if (reply.Code is 550 or 501 or 553 or 450 or 551)
        {
            return FtpErrors.KindOf(reply) == EndpointError.PermissionDenied && !reply.Says("no such") ? await FindInFolderAsync(path, cancellationToken).ConfigureAwait(false) : null;
        }

        return reply.Code is 500 or 502 ? await FindInFolderAsync(path, cancellationToken).ConfigureAwait(false) : throw Refused(reply, path, "looked at");
    }

    /// <summary>Without MLST: STAT with a pattern where that lists on the control connection, else the folder's listing.</summary>
    private async ValueTask<Entry?> FindByPlainListAsync(string path, CancellationToken cancellationToken)
    {
        if (!manners.FindsByStat)
        {
            return await FindInFolderAsync(path, cancellationToken).ConfigureAwait(false);
        }

        var name = EndpointPath.NameOf(path);
        var replies = await AskAsync(() => [new FtpCommand("STAT -a", PathOf(PatternOf(path))), TimeQuestion(path)], cancellationToken).ConfigureAwait(false);
        FtpPlainList parser = new(clock.GetUtcNow());
        if (replies[0].IsDone && replies[0].Lines.Select(parser.Parse).FirstOrDefault(entry => entry?.Name == name) is { } found)
        {
            return found.Kind == EntryKind.File && replies[1].Code == 213 ? found with { ModifiedAt = FtpTime.Parse(replies[1].Text) ?? found.ModifiedAt } : found;
        }

        return replies[0].Code is 213 or 212 or 211 ? null : await FindInFolderAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A pattern that the name matches, but that is not its own name: of a folder's own name what is in it would be listed. What is special in a
    /// pattern, and the last character, becomes a '?' for each of its bytes.
    /// </summary>
    private static string PatternOf(string path)
    {
        var name = EndpointPath.NameOf(path);
        var last = name.Length > 1 && char.IsLowSurrogate(name[^1]) && char.IsHighSurrogate(name[^2]) ? 2 : 1;
        var pattern = string.Concat(name[..^last].Select(letter => letter is '*' or '?' or '[' or ']' or '{' or '}' or '\\' ? '?' : letter));
        return EndpointPath.Join(EndpointPath.ParentOf(path), pattern + new string('?', NameBytes.Count(name[^last..])));
    }

    private async ValueTask<Entry?> FindInFolderAsync(string path, CancellationToken cancellationToken)
    {
        var name = EndpointPath.NameOf(path);
        try
        {
            // To its end: a listing that is broken off costs its session.
            Entry? found = null;
            var others = 0;
            ValueTask See(Entry entry)
            {
                found = entry.Name == name ? entry : found;
                return ++others <= SearchedMax ? ValueTask.CompletedTask : throw new EndpointException(
                    EndpointError.Protocol, $"'{PlaceOf(EndpointPath.ParentOf(path))}', where '{EndpointPath.Printable(name)}' is looked for, lists more than {SearchedMax} names; it seems to have no end.");
            }

            if (manners.HasMachineLists)
            {
                await foreach (var entry in ListAsync(EndpointPath.ParentOf(path), cancellationToken).ConfigureAwait(false))
                {
                    await See(entry).ConfigureAwait(false);
                }
            }
            else
            {
                await ReadPlainAsync(EndpointPath.ParentOf(path), See, cancellationToken).ConfigureAwait(false);
            }

            if (found is not { Kind: EntryKind.File } || manners.HasMachineLists || !manners.HasModificationTimes)
            {
                return found;
            }

            var reply = (await AskAsync(() => [TimeQuestion(path)], cancellationToken).ConfigureAwait(false))[0];
            return reply.Code == 213 ? found with { ModifiedAt = FtpTime.Parse(reply.Text) ?? found.ModifiedAt } : found;
        }
        catch (EndpointException failed) when (failed.Error is EndpointError.NotFound or EndpointError.NotAFolder)
        {
            return null;
        }
    }

    /// <summary>Whether the login can go there; where it is does not matter, since all paths are absolute.</summary>
    private async ValueTask<bool> IsFolderAsync(string path, CancellationToken cancellationToken)
    {
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        var isRelative = !PathOf(path).StartsWith('/');
        var replies = await AskAsync(
            () => isRelative ? [new FtpCommand("CWD", PathOf(path)), .. Back()] : [new FtpCommand("CWD", PathOf(path))], cancellationToken).ConfigureAwait(false);
        return replies[0].IsDone;
    }

    /// <summary>Where paths are relative, a session has to stay where it was.</summary>
    private FtpCommand[] Back() => manners.Home is { } home ? [new FtpCommand("CWD", home)] : [];

    /// <summary>In bytes, of a file at a path of the server; null when there is none.</summary>
    internal async ValueTask<long?> SizeAtAsync(string place, CancellationToken cancellationToken) =>
        SizeIn((await AskAsync(() => [new FtpCommand("SIZE", place)], cancellationToken).ConfigureAwait(false))[0]);

    private async ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken) =>
        SizeIn(await AskAsync("SIZE", path, cancellationToken).ConfigureAwait(false));
}
