using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Walks source and target together, several folders at once. Of each folder the target's listing is held while the source's streams by,
/// so that every file is decided on without asking for it. A folder that the target does not have is not waited for.
/// </summary>
internal sealed class TreeMerge(TransferRun run)
{
    private const int WalkersMax = 32;

    private readonly Lock gate = new();

    // The folder found last is walked first, so that few are waiting at any time.
    private readonly Stack<FolderNode> folders = new();
    private readonly FileDecision decision = new(run);

    // Null when files keep the source's folders and names.
    private readonly TemplatePlaces? places = run.Request.Target.Files is { } files ? new TemplatePlaces(run, files) : null;
    private int walkers;

    // Of the pass: found and not through yet.
    private int open;

    public void Push(FolderNode folder)
    {
        run.Active.Enter();
        Interlocked.Increment(ref open);
        lock (gate)
        {
            folders.Push(folder);
            if (walkers >= WalkersOf(folder.Source))
            {
                return;
            }

            walkers++;
        }

        run.Start(WalkAsync);
    }

    /// <summary>Files that were named one by one: they meet in one folder of the target.</summary>
    public void PushFiles(TransferTarget target, IReadOnlyList<FoundSource> files)
    {
        run.Active.Enter();
        Interlocked.Increment(ref open);
        run.Start(async () =>
        {
            await MergeFilesAsync(target, files);
            Walked();
        });
    }

    /// <summary>With the last one of the last pass all is known that there is to do.</summary>
    private void Walked()
    {
        if (Interlocked.Decrement(ref open) == 0 && run.IsLastPass)
        {
            run.Tally.IsWalkDone = true;
        }
    }

    private StringComparer NameComparer => run.Target.Endpoint.Capabilities.NamesIgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Asked anew each time: an endpoint knows better once it is connected.</summary>
    private int WalkersOf(TransferSide source) => Math.Clamp(
        Math.Max(source.Endpoint.Capabilities.ConcurrentListings, run.Target.Endpoint.Capabilities.ConcurrentListings), 1, WalkersMax);

    private async Task WalkAsync()
    {
        while (TryPop() is { } folder)
        {
            await MergeAsync(folder);
            Walked();
            if (AwaitsCreation(folder))
            {
                run.Start(() => FinishCreatedAsync(folder));
            }
            else
            {
                run.Finish(folder);
            }
        }
    }

    /// <summary>The walk goes on meanwhile.</summary>
    private async Task FinishCreatedAsync(FolderNode folder)
    {
        await AwaitCreationAsync(folder);
        run.Finish(folder);
    }

    private FolderNode? TryPop()
    {
        lock (gate)
        {
            if (folders.TryPop(out var folder))
            {
                return folder;
            }

            walkers--;
            return null;
        }
    }

    private async Task MergeAsync(FolderNode folder)
    {
        if (folder.Overlap is { } overlap && await overlap.EndsAtAsync(folder))
        {
            return;
        }

        var reading = ReadTargetAsync(folder);
        folder.Overlap?.Ask();

        // Made when the target has answered, which may be what tells whether case counts.
        Lazy<HashSet<string>> seen = new(() => new(NameComparer));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await MergeOnceAsync(folder, reading, seen, attempt) is { } listing)
                {
                    run.Cleanup.Remember(folder, listing);
                }

                break;
            }
            catch (EndpointException exception)
            {
                if (!await folder.Source.WaitToRetryAsync(exception, attempt))
                {
                    run.Fail(folder, folder.Path, WhyNotListed(folder, exception), exception.IsTransient);
                    break;
                }
            }
        }
    }

    /// <summary>Answers the target's listing less what the source has; null when there is none.</summary>
    private async Task<TargetListing?> MergeOnceAsync(
        FolderNode folder, Task<(TargetListing? Listing, EndpointException? Failure)> reading, Lazy<HashSet<string>> seen, int attempt)
    {
        await using var entries = run.Ahead.ListAsync(folder.Source, folder.SourcePath).GetAsyncEnumerator(run.Token);

        // The source is asked before the target's answer is waited for.
        var next = entries.MoveNextAsync().AsTask();
        var (listing, failure) = await reading;
        if (failure is not null)
        {
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            run.Fail(folder, folder.Path, $"The folder at the target cannot be listed: {failure.Message}", failure.IsTransient);
            return null;
        }

        NameRepeats repeats = default;
        for (var hasEntry = await next; hasEntry; hasEntry = await entries.MoveNextAsync())
        {
            var entry = entries.Current;
            run.Named?.See(folder.PathOf(entry.Name));
            if (seen.Value.Add(entry.Name))
            {
                await HandleAsync(folder, entry, listing);
            }
            else if (attempt == 0)
            {
                run.Fail(folder, folder.PathOf(entry.Name), WhySeen(seen.Value, entry.Name));
                repeats.Add(seen.Value.Count);
            }
        }

        folder.Source.Succeeded();
        return listing;
    }

    private static string WhySeen(HashSet<string> seen, string name) => seen.TryGetValue(name, out var first) && first != name
        ? $"To the target it has the same name as '{EndpointPath.Printable(first)}', which differs in upper and lower case only; one of the two has to be renamed."
        : "The source lists this name twice; only the first is transferred.";

    private ValueTask HandleAsync(FolderNode folder, Entry entry, TargetListing? listing)
    {
        if (!EndpointPath.IsName(entry.Name))
        {
            run.Fail(folder, folder.PathOf(entry.Name), "The source lists a name that is none: it could lead out of the target.");
            return ValueTask.CompletedTask;
        }

        if (PartialName.Is(entry.Name))
        {
            folder.Keep();
            return ValueTask.CompletedTask;
        }

        var existing = listing?.Take(entry.Name);
        if (run.Backup?.Is(folder.TargetPathOf(entry.Name)) == true)
        {
            folder.Keep();
            run.Tally.Note($"'{EndpointPath.Printable(folder.PathOf(entry.Name))}' has the name of the backup folder, and is left out.");
            return ValueTask.CompletedTask;
        }

        switch (entry.Kind)
        {
            case EntryKind.File:
                return OnFileAsync(folder, entry, existing, listing);
            case EntryKind.Folder:
                OnFolder(folder, entry.Name, existing, listing, folder.SourcePathOf(entry.Name), realPath: null);
                return ValueTask.CompletedTask;
            case EntryKind.SymbolicLink:
                return OnLinkAsync(folder, entry, existing, listing);
            default:
                OnOther(folder, entry);
                return ValueTask.CompletedTask;
        }
    }

    private ValueTask OnFileAsync(FolderNode folder, Entry entry, TargetEntry? existing, TargetListing? listing, FilePlace? elsewhere = null) =>
        places is { } template ? template.OnFileAsync(folder, entry, elsewhere)
        : listing?.SpellingOf(entry.Name) is { } there && there != entry.Name ? decision.OnFileAsync(folder, entry, existing, listing, elsewhere, new TargetPlace(folder, there))
        : decision.OnFileAsync(folder, entry, existing, listing, elsewhere);

    private void OnOther(FolderNode folder, Entry entry)
    {
        folder.Keep();
        if (run.Request.Selection.IncludesPath(folder.PathOf(entry.Name)))
        {
            run.Tally.Note($"'{EndpointPath.Printable(folder.PathOf(entry.Name))}' is a device, a socket or a FIFO, and is left out.");
        }
    }

    private void OnFolder(FolderNode folder, string name, TargetEntry? existing, TargetListing? listing, string sourcePath, string? realPath)
    {
        var path = folder.PathOf(name);
        var targetPath = folder.TargetPathOf(listing?.SpellingOf(name) ?? name);
        if (!run.Request.Selection.IncludesFolder(path))
        {
            folder.Keep();
            return;
        }

        if (existing is { Kind: not EntryKind.Folder } other)
        {
            run.Fail(folder, path, $"The source has a folder here, and the target has {FileDecision.Named(other.Kind)} of this name, which is left as it is.");
            return;
        }

        if (!decision.IsNameHeld(folder, name))
        {
            return;
        }

        if (run.Request.Selection.IsAll)
        {
            run.Purge?.Keep(targetPath);
        }

        folder.Enter();
        Push(new FolderNode
        {
            Parent = folder,
            Source = folder.Source,
            Path = path,
            SourcePath = sourcePath,
            TargetPath = targetPath,
            IsAtTarget = folder.IsAtTarget == false ? false : existing is not null,
            RealPath = realPath ?? (folder.RealPath is { } real ? EndpointPath.Join(real, name) : null),
            IsBehindLink = realPath is not null,
            IsRemovable = realPath is null && !folder.IsBehindLink,
        });
    }

    private async ValueTask OnLinkAsync(FolderNode folder, Entry entry, TargetEntry? existing, TargetListing? listing)
    {
        var path = folder.PathOf(entry.Name);
        switch (run.Request.SymbolicLinks)
        {
            case SymbolicLinkPolicy.Skip:
                folder.Keep();
                if (run.Request.Selection.IncludesPath(path))
                {
                    run.Tally.Note($"'{EndpointPath.Printable(path)}' is a symbolic link, and is left out.");
                }

                break;
            case SymbolicLinkPolicy.Keep:
                await decision.OnLinkAsync(folder, entry, existing);
                break;
            default:
                await FollowAsync(folder, entry, existing, listing);
                break;
        }
    }

    private async ValueTask FollowAsync(FolderNode folder, Entry link, TargetEntry? existing, TargetListing? listing)
    {
        var path = folder.PathOf(link.Name);
        if (!run.Request.Selection.IncludesPath(path) && !run.Request.Selection.IncludesFolder(path))
        {
            folder.Keep();
            return;
        }

        // What is copied from behind a link does not go away with it.
        folder.Keep();
        try
        {
            var (entry, real) = await SourceLinks.FollowAsync(folder.Source, folder.SourcePathOf(link.Name), link.LinkTarget);
            if (entry.Kind == EntryKind.File)
            {
                await OnFileAsync(folder, entry with { Name = link.Name }, existing, listing, new FilePlace(folder.Source, real, IsBehindLink: true));
            }
            else if (entry.Kind == EntryKind.Folder)
            {
                FollowFolder(folder, link.Name, existing, listing, real);
            }
            else
            {
                OnOther(folder, link);
            }
        }
        catch (EndpointException exception)
        {
            run.Fail(folder, path, exception);
        }
    }

    private void FollowFolder(FolderNode folder, string name, TargetEntry? existing, TargetListing? listing, string real)
    {
        for (var above = folder; above is not null; above = above.Parent)
        {
            if (above.RealPath == real)
            {
                run.Fail(folder, folder.PathOf(name), "The symbolic link leads to a folder above it: following it would never end.");
                return;
            }
        }

        OnFolder(folder, name, existing, listing, real, real);
    }

    private async Task MergeFilesAsync(TransferTarget target, IReadOnlyList<FoundSource> files)
    {
        var folder = new FolderNode
        {
            Parent = null,
            Source = files[0].Side,
            Path = "",
            SourcePath = "",
            TargetPath = target.Folder,
            IsRemovable = false,
        };
        var (listing, failure) = await ReadTargetAsync(folder);
        if (failure is not null)
        {
            run.Fail(folder, "", $"The folder at the target cannot be listed: {failure.Message}", failure.IsTransient);
        }
        else
        {
            var seen = new HashSet<string>(NameComparer);
            foreach (var (source, side, entry, path) in files)
            {
                var name = TransferRun.FileNameOf(target, source, entry);
                run.Named?.See(name);
                if (places is not null || seen.Add(name))
                {
                    await OnFileAsync(folder, entry with { Name = name }, listing?.Take(name), listing, new FilePlace(side, path, IsBehindLink: path != source.Path));
                }
                else
                {
                    run.Fail(folder, name, FileDecision.TwoSources);
                }
            }
        }

        run.Finish(folder);
    }

    /// <summary>Null without a failure means that the target does not have the folder.</summary>
    private async Task<(TargetListing? Listing, EndpointException? Failure)> ReadTargetAsync(FolderNode folder)
    {
        if (folder.IsAtTarget == false || places is not null)
        {
            StartCreation(folder);
            return (null, null);
        }

        try
        {
            var listing = await run.Target.RunAsync((endpoint, cancellationToken) => TargetListing.ReadAsync(endpoint, folder.TargetPath, cancellationToken));
            folder.IsAtTarget = true;
            run.Cleanup.Sort(folder, listing);
            return (listing, null);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            folder.IsAtTarget = false;
            StartCreation(folder);
            return (null, null);
        }
        catch (EndpointException exception)
        {
            return (null, exception);
        }
    }

    /// <summary>So that the folder is on its way before its first file is.</summary>
    private void StartCreation(FolderNode folder)
    {
        if (run.MakesEmptyFolders && !run.IsReadOnly)
        {
            _ = folder.EnsureCreatedAsync(run.CreateFolderAsync);
        }
    }

    private bool AwaitsCreation(FolderNode folder) => run.MakesEmptyFolders && !run.IsReadOnly && folder.IsAtTarget == false;

    private async Task AwaitCreationAsync(FolderNode folder)
    {
        try
        {
            await folder.EnsureCreatedAsync(run.CreateFolderAsync);
        }
        catch (EndpointException exception)
        {
            run.Fail(folder, folder.Path, $"The folder cannot be made at the target: {exception.Message}", exception.IsTransient);
        }
    }

    private static string WhyNotListed(FolderNode folder, EndpointException exception) =>
        exception.Error == EndpointError.NotFound && folder.Parent is not null
            ? "The folder was listed at the source, and is not there any more."
            : $"The folder at the source cannot be listed: {exception.Message}";
}
