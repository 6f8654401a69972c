using System.Threading.Channels;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Listings by LIST, whose rough times are made exact by MDTM, hundreds in one flight, while the listing goes on.</summary>
internal sealed partial class FtpEndpoint
{
    private const int TimesInFlight = 200;

    private int saidNoTimes;

    /// <summary>Files wait for their times; all else is told as it comes.</summary>
    private async Task ListPlainAsync(string folder, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        if (!manners.HasModificationTimes)
        {
            if (Interlocked.Exchange(ref saidNoTimes, 1) == 0)
            {
                notice($"{Address}: this server does not tell modification times exactly (no MLSD, no MDTM): files of the same size count as unchanged.");
            }

            await ReadPlainAsync(folder, entry => entries.WriteAsync(entry, cancellationToken), cancellationToken).ConfigureAwait(false);
            return;
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var files = Channel.CreateBounded<Entry>(new BoundedChannelOptions(2 * TimesInFlight) { SingleReader = true, SingleWriter = true });
        var timing = Task.Run(() => AddTimesAsync(folder, files.Reader, entries, leaving), CancellationToken.None);
        try
        {
            await ReadPlainAsync(
                folder, entry => (entry.Kind == EntryKind.File ? files.Writer : entries).WriteAsync(entry, leaving.Token), leaving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await timing.ConfigureAwait(false);
            throw;
        }
        catch
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await timing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        files.Writer.Complete();
        await timing.ConfigureAwait(false);
    }

    /// <summary>Asks for the times of files as they are listed, the next flight before the last one is answered. Where that fails, the listing is left.</summary>
    private async Task AddTimesAsync(string folder, ChannelReader<Entry> files, ChannelWriter<Entry> entries, CancellationTokenSource leaving)
    {
        try
        {
            await AddTimesAsync(folder, files, entries, leaving.Token).ConfigureAwait(false);
        }
        catch
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task AddTimesAsync(string folder, ChannelReader<Entry> files, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        var told = Task.CompletedTask;
        try
        {
            while (await files.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                List<Entry> flight = [];
                while (flight.Count < TimesInFlight && files.TryRead(out var file))
                {
                    flight.Add(file);
                }

                var before = told;
                told = TellTimesAsync(folder, flight, before, entries, cancellationToken);
                await before.ConfigureAwait(false);
            }
        }
        finally
        {
            await told.ConfigureAwait(false);
        }
    }

    private async Task TellTimesAsync(string folder, List<Entry> files, Task before, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        var replies = await AskAsync(() => [.. files.Select(file => TimeQuestion(EndpointPath.Join(folder, file.Name)))], cancellationToken).ConfigureAwait(false);
        await before.ConfigureAwait(false);
        foreach (var (file, reply) in files.Zip(replies))
        {
            var timed = reply.Code == 213 && FtpTime.Parse(reply.Text) is { } time ? file with { ModifiedAt = time } : file;
            await entries.WriteAsync(timed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Tells what LIST tells of a folder, as it comes. Of a file LIST tells that file: nothing is told before it is certain that this is a folder.
    /// </summary>
    private async ValueTask ReadPlainAsync(string folder, Func<Entry, ValueTask> tell, CancellationToken cancellationToken)
    {
        FtpPlainFolder found = new(tell, () => CheckIsFolderAsync(folder, cancellationToken));
        if (manners.ListsFolderItself != true)
        {
            await found.CheckAsync().ConfigureAwait(false);
        }

        if (manners.ListsAll != false)
        {
            var unlisted = await ReadPlainAsync("LIST -a", folder, found, cancellationToken).ConfigureAwait(false);
            if (unlisted is not null && found.HasTold)
            {
                throw await ListFailureAsync(unlisted, folder, cancellationToken).ConfigureAwait(false);
            }

            manners.ListsFolderItself ??= found.HasItself ? true : null;
            manners.ListsAll ??= unlisted is null && (found.HasItself || found.HasEntries) ? true : null;
            if (unlisted is null && manners.ListsAll == true)
            {
                await EndAsync().ConfigureAwait(false);
                return;
            }
        }

        // A server that takes "-a" for a part of the name finds nothing under it.
        if (await ReadPlainAsync("LIST", folder, found, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw await ListFailureAsync(refusal, folder, cancellationToken).ConfigureAwait(false);
        }

        manners.ListsAll ??= found.HasEntries ? false : null;
        await EndAsync().ConfigureAwait(false);

        async ValueTask EndAsync()
        {
            if (!found.IsKnown)
            {
                await found.CheckAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The refusal when there is one.</summary>
    private ValueTask<FtpReply?> ReadPlainAsync(string verb, string folder, FtpPlainFolder found, CancellationToken cancellationToken)
    {
        FtpPlainList parser = new(clock.GetUtcNow());
        found.Begin();
        return ReadLinesAsync(
            verb,
            folder,
            async line =>
            {
                if (parser.IsFolderItself(line))
                {
                    await found.AddItselfAsync().ConfigureAwait(false);
                }

                if (parser.Parse(line) is { } entry)
                {
                    await found.AddAsync(Checked(entry, folder)).ConfigureAwait(false);
                }
                else
                {
                    CheckSaysNothing(line, parser.IsNoEntry(line), folder);
                }
            },
            cancellationToken);
    }

    private async ValueTask CheckIsFolderAsync(string folder, CancellationToken cancellationToken)
    {
        if (!await IsFolderAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            throw folder.Length > 0 && await SizeAsync(folder, cancellationToken).ConfigureAwait(false) is not null
                ? new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(folder)}' is not a folder.")
                : new EndpointException(EndpointError.NotFound, $"There is no folder at '{PlaceOf(folder)}'.");
        }
    }

    /// <summary>
    /// vsftpd takes MDTM for a wish to set a time when the first space of a path stands where it would end that time; a further '/' moves it.
    /// </summary>
    private FtpCommand TimeQuestion(string path)
    {
        var place = PathOf(path);
        while (place.StartsWith('/') && place.IndexOf(' ', StringComparison.Ordinal) is var space && (space is 8 or 14 || (space > 15 && place[14] == '.')))
        {
            place = "/" + place;
        }

        return new FtpCommand("MDTM", place);
    }
}
