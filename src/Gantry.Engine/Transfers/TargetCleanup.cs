using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// What a transfer deletes at its target: with sync what the source does not have, and always what dead transfers left half written.
/// </summary>
/// <remarks>
/// Another transfer may be alive. Its temporary file of a version that we have just brought is of no use to anybody, so it goes; a live writer then
/// finds its file gone and writes anew. All other temporary files are left alone for a day.
/// </remarks>
internal sealed class TargetCleanup(TransferRun run)
{
    private const int StraysMax = 10_000;
    private static readonly TimeSpan StrayAge = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly List<(FolderNode Folder, string Name, EntryKind Kind)> extras = [];
    private readonly List<(string Path, Entry Entry)> strays = [];
    private readonly HashSet<string> formerAttempts = new(StringComparer.Ordinal);

    /// <summary>
    /// Sorts the temporary files of one folder: those of a former attempt at this transfer go at once, unless one is large enough to go on with.
    /// </summary>
    public void Sort(FolderNode folder, TargetListing listing)
    {
        if (listing.Partials is not { } partials || run.IsReadOnly)
        {
            return;
        }

        foreach (var partial in partials.ToArray())
        {
            var path = folder.TargetPathOf(partial.Name);
            if (IsOfFormerAttempt(partial.Name))
            {
                if (MayBeGoneOnWith(partial))
                {
                    Expect(path);
                    continue;
                }

                partials.Remove(partial);
                run.Start(async () => await DeleteQuietlyAsync(run.Target.Endpoint, path));
            }
            else if (FileCopier.VersionTimeOf(partial) is { } time && run.StartedAt - time > StrayAge)
            {
                lock (gate)
                {
                    if (strays.Count < StraysMax)
                    {
                        strays.Add((path, partial));
                    }
                }
            }
        }
    }

    /// <summary>The temporary files of this very version.</summary>
    public IReadOnlyList<Leftover> LeftoversOf(FolderNode folder, TargetListing? listing, Entry entry)
    {
        if (listing?.Partials is not { Count: > 0 } partials || run.IsReadOnly)
        {
            return [];
        }

        var file = PartialName.FileOf(entry.Name, entry.Size, FileCopier.VersionTimeOf(entry));
        List<Leftover> leftovers = [];
        foreach (var partial in partials.Where(partial => PartialName.FileIn(partial.Name) == file))
        {
            var isFormer = IsOfFormerAttempt(partial.Name);
            leftovers.Add(new Leftover(partial.Name, partial.Size, FileCopier.VersionTimeOf(partial), isFormer ? LeftoverWriter.FormerAttempt : LeftoverWriter.Another));
            if (isFormer)
            {
                lock (gate)
                {
                    formerAttempts.Remove(folder.TargetPathOf(partial.Name));
                }
            }
        }

        return leftovers;
    }

    /// <summary>The version they are of is at the target.</summary>
    public async ValueTask RemoveLeftoversAsync(FileJob job)
    {
        foreach (var leftover in job.Leftovers)
        {
            await DeleteQuietlyAsync(run.Target.Endpoint, job.TargetFolder.TargetPathOf(leftover.Name));
        }
    }

    /// <summary>What is left of a target's listing when the source's is through.</summary>
    public void Remember(FolderNode folder, TargetListing listing)
    {
        if (run.Request.Mode is not (TransferMode.Sync or TransferMode.Check))
        {
            return;
        }

        foreach (var (name, entry) in listing.Unclaimed)
        {
            if (!IsSelected(folder.PathOf(name), name, entry) || run.Backup?.Is(folder.TargetPathOf(name)) == true)
            {
                continue;
            }

            if (run.Request.Mode == TransferMode.Check)
            {
                run.Fail(folder, folder.PathOf(name), $"Only the target has this {(entry.Kind == EntryKind.Folder ? "folder" : "file")}.");
                continue;
            }

            lock (gate)
            {
                extras.Add((folder, name, entry.Kind));
            }
        }
    }

    /// <summary>At the end, when everything is copied.</summary>
    public async Task DeleteAsync()
    {
        if (await IsWithinBoundAsync() && extras.Count > 0 && !await run.WouldDeleteSourceAsync())
        {
            await DeleteExtrasAsync();
        }

        foreach (var path in formerAttempts)
        {
            await DeleteQuietlyAsync(run.Target.Endpoint, path);
        }

        foreach (var (path, entry) in strays)
        {
            await RemoveStrayAsync(path, entry);
        }
    }

    private Task DeleteExtrasAsync()
    {
        var many = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(run.Target.Endpoint.Capabilities.ConcurrentFiles, 1, 32),
            CancellationToken = run.Token,
        };
        return Parallel.ForEachAsync(extras, many, async (extra, _) => await DeleteExtraAsync(extra.Folder, extra.Name, extra.Kind));
    }

    /// <summary>For what does no harm when it stays: it fails in silence, even when the transfer is being cancelled.</summary>
    public static async ValueTask DeleteQuietlyAsync(IEndpoint endpoint, string path)
    {
        try
        {
            await endpoint.DeleteFileAsync(path, CancellationToken.None);
        }
        catch (EndpointException)
        {
            // The next transfer finds it.
        }
    }

    /// <summary>Where writes are atomic, what has the name only stands for what arrived elsewhere, and its size says nothing.</summary>
    private bool MayBeGoneOnWith(Entry partial) =>
        run.Target.Endpoint is IWritesRanges ranges && (run.Target.Endpoint.Capabilities.WritesAreAtomic || partial.Size >= ranges.RangedFromBytes);

    /// <summary>It goes at the end, unless a file turns up that it is of.</summary>
    private void Expect(string path)
    {
        lock (gate)
        {
            formerAttempts.Add(path);
        }
    }

    private bool IsOfFormerAttempt(string partialName) =>
        run.Request.TransferId is { } id && PartialName.IsBy(partialName, id) && !PartialName.IsBy(partialName, run.AttemptId);

    /// <summary>What the selection leaves out is not deleted either.</summary>
    private bool IsSelected(string path, string name, in TargetEntry entry) =>
        run.Request.Selection.IsAll
        || (entry.Kind == EntryKind.Folder
            ? run.Request.Selection.IncludesFolder(path)
            : run.Request.Selection.Includes(path, entry.Named(name), run.StartedAt));

    /// <summary>A bound is held by counting first: rather nothing is deleted than some of it by chance.</summary>
    private async Task<bool> IsWithinBoundAsync()
    {
        if (run.Request.DeletesMax is not { } max)
        {
            return !IsSourceBare();
        }

        var count = 0L;
        foreach (var (folder, name, kind) in extras)
        {
            count += kind == EntryKind.Folder
                ? await CountAsync(folder.TargetPathOf(name), folder.PathOf(name), max - count)
                : 1;
            if (count > max)
            {
                run.FailAll($"The sync would delete more than {max} files at the target, so it deleted none. Raise the bound if that is meant.");
                return false;
            }
        }

        return true;
    }

    /// <summary>An empty source is more often a disk that is not mounted than a wish to have nothing left; whoever means it says so by a bound.</summary>
    private bool IsSourceBare()
    {
        if (extras.Count == 0 || !run.Request.Selection.IsAll || run.Tally.FilesFound > 0)
        {
            return false;
        }

        run.FailAll(
            "The source has no file at all, so nothing was deleted at the target: is its disk mounted, and is the folder the right one? "
            + "A sync that shall empty its target is given how many files it may delete at most (max-delete).");
        return true;
    }

    /// <summary>The files that deleting the folder would delete; counting stops beyond the bound.</summary>
    private async Task<long> CountAsync(string targetPath, string path, long max)
    {
        var count = 0L;
        await foreach (var entry in run.Target.Endpoint.ListAsync(targetPath, run.Token))
        {
            if (!IsSelected(EndpointPath.Join(path, entry.Name), entry.Name, TargetEntry.Of(entry)))
            {
                continue;
            }

            count += entry.Kind == EntryKind.Folder
                ? await CountAsync(EndpointPath.Join(targetPath, entry.Name), EndpointPath.Join(path, entry.Name), max - count)
                : 1;
            if (count > max)
            {
                break;
            }
        }

        return count;
    }

    private async Task DeleteExtraAsync(FolderNode folder, string name, EntryKind kind)
    {
        if (kind == EntryKind.Folder)
        {
            await DeleteFolderAsync(folder, folder.TargetPathOf(name), folder.PathOf(name));
        }
        else
        {
            await DeleteFileAsync(folder, folder.TargetPathOf(name), folder.PathOf(name), kind);
        }
    }

    /// <summary>False when something in it stays, so that it stays as well.</summary>
    private async Task<bool> DeleteFolderAsync(FolderNode folder, string targetPath, string path)
    {
        try
        {
            var isEmpty = true;
            var entries = await run.Target.RunAsync(async (endpoint, cancellationToken) =>
                await endpoint.ListAsync(targetPath, cancellationToken).ToListAsync(cancellationToken));
            foreach (var entry in entries)
            {
                var (targetChild, child) = (EndpointPath.Join(targetPath, entry.Name), EndpointPath.Join(path, entry.Name));
                isEmpty &= IsSelected(child, entry.Name, TargetEntry.Of(entry))
                    && (entry.Kind == EntryKind.Folder
                        ? await DeleteFolderAsync(folder, targetChild, child)
                        : await DeleteFileAsync(folder, targetChild, child, entry.Kind));
            }

            if (isEmpty && !run.IsReadOnly)
            {
                await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.DeleteFolderAsync(targetPath, cancellationToken));
            }

            if (isEmpty)
            {
                run.Deleted(path, targetPath);
            }

            return isEmpty;
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            // Another transfer has deleted it meanwhile.
            return true;
        }
        catch (EndpointException exception)
        {
            run.Fail(folder, path, $"The folder, which the source does not have, cannot be deleted at the target: {exception.Message}", exception.IsTransient);
            return false;
        }
    }

    private async Task<bool> DeleteFileAsync(FolderNode folder, string targetPath, string path, EntryKind kind)
    {
        if (kind == EntryKind.Other)
        {
            run.Tally.Note($"'{EndpointPath.Printable(path)}' at the target is a device, a socket or a FIFO, and is left there.");
            return false;
        }

        try
        {
            if (!run.IsReadOnly)
            {
                await run.Target.RunAsync((_, cancellationToken) => run.DeleteAtTargetAsync(targetPath, cancellationToken));
            }

            run.Deleted(path, targetPath);
            return true;
        }
        catch (EndpointException exception)
        {
            run.Fail(folder, path, $"The file, which the source does not have, cannot be deleted at the target: {exception.Message}", exception.IsTransient);
            return false;
        }
    }

    /// <summary>Only when it has not changed since it was listed: a live one is renamed by now, or has grown.</summary>
    private async Task RemoveStrayAsync(string path, Entry listed)
    {
        try
        {
            var now = await run.Target.Endpoint.FindAsync(path, run.Token);
            if (now is not null && SourceVersion.IsSame(listed, now))
            {
                await run.Target.Endpoint.DeleteFileAsync(path, run.Token);
            }
        }
        catch (EndpointException)
        {
            // It does no harm; the next transfer finds it.
        }
    }
}
