using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Leaves at the target nothing but what the transfer brought or found there: all else in its folder goes, once everything has arrived. While one file is
/// missing nothing goes, so that an upload which breaks off leaves the target as complete as it was.
/// </summary>
internal sealed class TargetPurge(TransferRun run)
{
    private readonly ConcurrentDictionary<string, bool> kept = new(StringComparer.Ordinal);

    /// <summary>The path at the target belongs to the transfer.</summary>
    public void Keep(string targetPath) => kept[NameForm.Of(targetPath)] = true;

    public async Task RunAsync()
    {
        if (run.Tally.FailedCount > 0)
        {
            run.Tally.NoteOnce("Not everything arrived, so the purge deleted nothing at the target.");
            return;
        }

        if (kept.IsEmpty)
        {
            run.FailAll("The source has no file at all, so the purge deleted nothing at the target.");
            return;
        }

        var extras = new List<(string Path, EntryKind Kind)>();
        await FindAsync(run.Request.Target.Folder, extras);
        var count = extras.Count(extra => extra.Kind != EntryKind.Folder);
        if (run.Request.DeletesMax is { } max && count > max)
        {
            run.FailAll($"The purge would delete {count} files at the target, more than {max}, so it deleted none. Raise the bound if that is meant.");
            return;
        }

        if (extras.Count > 0 && await run.WouldDeleteSourceAsync())
        {
            return;
        }

        // A folder comes after all that is in it.
        foreach (var (path, kind) in extras)
        {
            await DeleteAsync(path, kind);
        }
    }

    /// <summary>True when nothing in the folder stays.</summary>
    private async Task<bool> FindAsync(string folder, List<(string Path, EntryKind Kind)> extras)
    {
        var entries = await ListAsync(folder);
        var isEmptied = true;
        foreach (var entry in entries)
        {
            var path = EndpointPath.Join(folder, entry.Name);
            var goes = EndpointPath.IsName(entry.Name)
                && run.Backup?.Is(path) != true
                && (entry.Kind != EntryKind.Folder || await FindAsync(path, extras))
                && !PartialName.Is(entry.Name)
                && entry.Kind != EntryKind.Other
                && !kept.ContainsKey(NameForm.Of(path));
            if (goes)
            {
                extras.Add((path, entry.Kind));
            }

            isEmptied &= goes;
        }

        return isEmptied;
    }

    private async Task<List<Entry>> ListAsync(string folder)
    {
        try
        {
            return await run.Target.RunAsync(async (endpoint, cancellationToken) => await endpoint.ListAsync(folder, cancellationToken).ToListAsync(cancellationToken));
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            return [];
        }
    }

    private async Task DeleteAsync(string path, EntryKind kind)
    {
        try
        {
            if (!run.IsReadOnly)
            {
                await run.Target.RunAsync((endpoint, cancellationToken) => kind == EntryKind.Folder
                    ? endpoint.DeleteFolderAsync(path, cancellationToken)
                    : run.DeleteAtTargetAsync(path, cancellationToken));
            }

            run.Deleted(path, path);
        }
        catch (EndpointException exception)
        {
            run.Tally.Failed(EndpointPath.AsText(path), $"It is not of this transfer, and cannot be deleted at the target: {exception.Message}", exception.IsTransient);
        }
    }
}
