using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What is to be done with one file, by what both listings told.</summary>
internal sealed class FileDecision(TransferRun run)
{
    private const int BytesOfCharMax = 3;
    public const string TwoSources = "Two of the sources have this name; only the first is transferred.";

    private readonly int nameBytesMax = run.Request.Target.Endpoint.Capabilities.NameBytesMax;

    public ValueTask OnFileAsync(FolderNode folder, Entry entry, TargetEntry? existing, TargetListing? listing, FilePlace? elsewhere = null, TargetPlace? place = null)
    {
        var selection = run.Request.Selection;
        if (!selection.IsAll && !selection.Includes(folder.PathOf(entry.Name), entry, run.StartedAt))
        {
            folder.Keep();
            return ValueTask.CompletedTask;
        }

        run.Tally.Found(entry.Size);
        run.Purge?.Keep((place?.Folder ?? folder).TargetPathOf(place?.Name ?? entry.Name));
        if (!IsNameHeld(folder, place?.Name ?? entry.Name))
        {
            return ValueTask.CompletedTask;
        }

        if (existing is { Kind: EntryKind.Folder or EntryKind.Other } other)
        {
            run.Fail(folder, folder.PathOf(entry.Name), $"The source has a file here, and the target has {Named(other.Kind)} of this name, which is left as it is.");
            return ValueTask.CompletedTask;
        }

        // A template tells its places apart itself.
        var isFirst = (place is not null && place.Folder != folder) || run.IsFirstAt(folder, entry.Name);
        var verdict = existing is { Kind: EntryKind.File } file ? Compare(folder, entry, file, elsewhere) : ChangeVerdict.Changed;
        if (run.Request.Mode == TransferMode.Check && verdict == ChangeVerdict.Changed)
        {
            Differs(folder, entry, existing);
            return ValueTask.CompletedTask;
        }

        if (!isFirst && verdict != ChangeVerdict.Unchanged)
        {
            run.Fail(folder, folder.PathOf(entry.Name), TwoSources);
            return ValueTask.CompletedTask;
        }

        var leftovers = run.Cleanup.LeftoversOf(place?.Folder ?? folder, listing, entry);
        if (verdict == ChangeVerdict.Unchanged)
        {
            return OnUnchangedAsync(folder, entry, existing, elsewhere, leftovers, place);
        }

        return run.Files.EnqueueAsync(new FileJob(folder, entry)
        {
            Work = verdict switch
            {
                ChangeVerdict.CompareContent => FileWork.CompareThenCopy,
                ChangeVerdict.AskTimes => FileWork.AskThenCopy,
                _ => FileWork.Copy,
            },
            Existing = existing,
            Elsewhere = elsewhere,
            Place = place,
            Leftovers = leftovers,
        });
    }

    public async ValueTask OnLinkAsync(FolderNode folder, Entry entry, TargetEntry? existing)
    {
        var path = folder.PathOf(entry.Name);
        if (!run.Request.Selection.IncludesPath(path))
        {
            folder.Keep();
            return;
        }

        run.Tally.Found(0);
        run.Purge?.Keep(folder.TargetPathOf(entry.Name));
        if (existing is { Kind: not EntryKind.SymbolicLink and not EntryKind.File } other)
        {
            run.Fail(folder, path, $"The source has a symbolic link here, and the target has {Named(other.Kind)} of this name, which is left as it is.");
        }
        else if (run.Target.Endpoint is not ISymbolicLinks)
        {
            run.Fail(folder, path, $"'{run.Target.Endpoint.Address}' cannot keep symbolic links. Choose to skip or to follow them.");
        }
        else if (!run.IsFirstAt(folder, entry.Name))
        {
            run.Fail(folder, path, TwoSources);
        }
        else if (IsNameHeld(folder, entry.Name))
        {
            await run.Files.EnqueueAsync(new FileJob(folder, entry) { Work = FileWork.KeepLink, Existing = existing });
        }
    }

    /// <summary>Reports a name that the target cannot hold.</summary>
    public bool IsNameHeld(FolderNode folder, string name)
    {
        if (name.Length * BytesOfCharMax <= nameBytesMax || NameBytes.Count(name) <= nameBytesMax)
        {
            return true;
        }

        run.Fail(folder, folder.PathOf(name), $"The name has {NameBytes.Count(name)} bytes, and the target keeps names of {nameBytesMax} at most.");
        return false;
    }

    public static string Named(EntryKind kind) => kind switch
    {
        EntryKind.File => "a file",
        EntryKind.Folder => "a folder",
        EntryKind.SymbolicLink => "a symbolic link",
        _ => "a device, a socket or a FIFO",
    };

    /// <summary>A sentence.</summary>
    public static string WhyDifferent(Entry entry, in TargetEntry existing) => existing switch
    {
        { Kind: EntryKind.SymbolicLink } => "The target has a symbolic link of this name.",
        { Size: var size } when size != entry.Size => $"It has {entry.Size} bytes at the source and {size} at the target.",
        { Hash: { } other } when entry.Hash is { } hash && hash.Name == other.Name && hash.Hex != other.Hex => "Its content differs.",
        { ModifiedAt: null, StoredAt: { } stored } => $"It was changed at the source at {entry.ModifiedAt:u}, after it came to the target at {stored:u}.",
        _ => $"It is of {entry.ModifiedAt:u} at the source and of {existing.ModifiedAt:u} at the target.",
    };

    private ChangeVerdict Compare(FolderNode folder, Entry entry, in TargetEntry existing, FilePlace? elsewhere)
    {
        var detection = new ChangeDetection(
            run.Request.ChangeRule, (elsewhere?.Side ?? folder.Source).Endpoint, run.Target.Endpoint);
        if (detection.IsBySizeAlone)
        {
            run.Tally.NoteOnce("One side keeps no modification times: files of the same size count as unchanged.");
        }

        return detection.Compare(entry, existing);
    }

    private void Differs(FolderNode folder, Entry entry, TargetEntry? existing) => run.Fail(
        folder, folder.PathOf(entry.Name), existing is { } other ? WhyDifferent(entry, other) : "The target does not have it.");

    private ValueTask OnUnchangedAsync(FolderNode folder, Entry entry, TargetEntry? existing, FilePlace? elsewhere, IReadOnlyList<Leftover> leftovers, TargetPlace? place)
    {
        var isToRemove = run.Request is { Mode: TransferMode.Move, ChangeRule: not ChangeRule.NeverOverwrite };
        if (run.IsReadOnly || (!isToRemove && leftovers.Count == 0))
        {
            if (!isToRemove)
            {
                folder.Keep();
            }

            run.Skipped(folder, entry, place);
            return ValueTask.CompletedTask;
        }

        return run.Files.EnqueueAsync(new FileJob(folder, entry)
        {
            Work = FileWork.Settle,
            Existing = existing,
            Elsewhere = elsewhere,
            Place = place,
            Leftovers = leftovers,
        });
    }
}
