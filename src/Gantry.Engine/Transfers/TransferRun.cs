using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>One transfer while it runs: what its parts share, and the order of things.</summary>
internal sealed class TransferRun
{
    private readonly TransferTarget targetPlace;
    private readonly List<PlaceOverlap> overlaps = [];

    // Null while there is one source only, none of whose files can get the name of another.
    private ConcurrentDictionary<string, bool>? brought;
    private CancellationToken callerToken;

    public TransferRun(TransferRequest request, TimeProvider clock)
    {
        Request = request;
        Clock = clock;
        Tally = new TransferTally(clock, request.FailuresListed);
        targetPlace = request.Target;
        Named = request.Selection.Only is { } only ? new NamedFiles(this, only) : null;
        AttemptId = request.TransferId + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 10);
    }

    public TransferRequest Request { get; }

    public TimeProvider Clock { get; }

    public TransferTally Tally { get; }

    public TransferStop Stop { get; private set; } = null!;

    public CancellationToken Token => Stop.Token;

    public TransferSide Target { get; private set; } = null!;

    public TreeMerge Tree { get; private set; } = null!;

    public SourceAhead Ahead { get; private set; } = null!;

    public FileCopier Files { get; private set; } = null!;

    public TargetCleanup Cleanup { get; private set; } = null!;

    /// <summary>Null when what is overwritten or deleted is not kept.</summary>
    public TargetBackup? Backup { get; private set; }

    /// <summary>Null unless all else is to go at the target.</summary>
    public TargetPurge? Purge { get; private set; }

    /// <summary>Null unless files were named one by one.</summary>
    public NamedFiles? Named { get; }

    /// <summary>The beginning of each temporary name's transfer part; no other attempt at this transfer has it.</summary>
    public string AttemptId { get; }

    /// <summary>Ages are measured from here, so that a long transfer decides alike from begin to end.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Folders and files of the pass that are not done; files put off are not counted.</summary>
    public Countdown Active { get; } = new();

    /// <summary>Everything that still uses an endpoint.</summary>
    public Countdown Running { get; } = new();

    /// <summary>Folders are made before anything is in them. With a selection they are made with their first file.</summary>
    public bool MakesEmptyFolders => Request.Selection.IsAll && Request.Target.Files is null && !Target.Endpoint.Capabilities.FoldersAreImplied;

    /// <summary>The caller does not want it any more.</summary>
    public bool IsCancelled => callerToken.IsCancellationRequested;

    /// <summary>No source follows the one that is walked.</summary>
    public bool IsLastPass { get; private set; }

    /// <summary>Nothing is changed on either side.</summary>
    public bool IsReadOnly => Request.IsDryRun || Request.Mode == TransferMode.Check;

    /// <summary>False when another source of this transfer has a file for this place, which came first.</summary>
    public bool IsFirstAt(FolderNode folder, string name) => brought?.TryAdd(folder.TargetPathOf(name), true) != false;

    /// <summary>Before the first deletion at the target: whether it could reach a source, in which case nothing is to be deleted.</summary>
    public async Task<bool> WouldDeleteSourceAsync()
    {
        foreach (var overlap in IsReadOnly ? [] : overlaps)
        {
            if (await overlap.IsSourceInTargetAsync())
            {
                FailAll("The source lies inside of the target under another name, so nothing was deleted at the target.");
                return true;
            }
        }

        return false;
    }

    public async Task<TransferResult> RunAsync(CancellationToken cancellationToken)
    {
        callerToken = cancellationToken;
        StartedAt = Clock.GetUtcNow();
        using var stop = new TransferStop(cancellationToken);
        Stop = stop;
        Target = new TransferSide(targetPlace.Endpoint, new TransferGate(null, null, null, stop.Token), stop, Request.Retries, Clock);
        Cleanup = new TargetCleanup(this);
        Backup = Request.BackupFolder is { } backup ? new TargetBackup(this, backup) : null;
        Purge = Request.Purges ? new TargetPurge(this) : null;
        Ahead = new SourceAhead(this);
        Tree = new TreeMerge(this);
        Files = new FileCopier(this);
        try
        {
            await RunPassesAsync();
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Told below: by whom it was ended, once everything has let go of the endpoints.
        }
        catch (EndpointException exception)
        {
            stop.End(exception.Error, exception.Message, exception.IsTransient);
        }
        finally
        {
            await Files.EndAsync();
            await Running.WaitAsync(CancellationToken.None);
            await Files.DisposeAsync();
        }

        stop.ThrowIfFaulted();
        callerToken.ThrowIfCancellationRequested();
        return Tally.Result(stop.EndedBy);
    }

    /// <summary>Goes on by itself on the pool. The run does not end before it; what nobody foresaw stops the run and is thrown by it.</summary>
    public void Start(Func<Task> work)
    {
        Running.Enter();
        _ = Task.Run(() => CarryOutAsync(work));
    }

    /// <summary>The file is done, well or badly.</summary>
    public void Finish(FileJob job)
    {
        job.Source.Gate.Leave(job);
        Finish(job.Folder);
    }

    /// <summary>One file or folder of the folder is done; the last of them completes the folder.</summary>
    public void Finish(FolderNode folder)
    {
        for (var current = folder; current is not null && current.Leave(); current = current.Parent)
        {
            Ahead.Forget(current);
            if (Request.Mode == TransferMode.Move && !IsReadOnly && current is { IsKept: false, IsRemovable: true })
            {
                Active.Enter();
                Start(() => RemoveSourceFolderAsync(current));
                break;
            }
        }

        Active.Leave();
    }

    public void Fail(FolderNode folder, string path, EndpointException exception) => Fail(folder, path, exception.Message, exception.IsTransient);

    public void Fail(FolderNode folder, string path, string reason, bool isTransient = false)
    {
        folder.Keep();
        FailFile(path, reason, isTransient);
    }

    public void FailFile(string path, string reason, bool isTransient = false)
    {
        Named?.Failed(path);
        if (Stop.EndedBy is not null)
        {
            // What fails from here on does so for the reason that is told once.
            return;
        }

        Tally.Failed(EndpointPath.AsText(path), reason, isTransient);
        Request.Manifest?.Add(new ManifestEntry { Path = path, Outcome = FileOutcome.Failed, Reason = reason, IsTransient = isTransient });
    }

    /// <summary>What no file can be blamed for, and yet is no reason to end the transfer.</summary>
    public void FailAll(string reason)
    {
        Tally.Failed("", reason, isTransient: false);
        Request.Manifest?.Add(new ManifestEntry { Path = "", Outcome = FileOutcome.Failed, Reason = reason });
    }

    public void Started(FileJob job)
    {
        Tally.Started(job);
        if (Request.Manifest is not null)
        {
            job.Begin(Clock);
        }
    }

    /// <summary>It is at the target because of this transfer.</summary>
    /// <param name="size">What counts as moved; null for its whole size.</param>
    public void Copied(FileJob job, long? size = null)
    {
        Tally.Copied(size ?? job.Entry.Size, job.ResumedBytes);
        Request.Manifest?.Add(EntryOf(job.Folder, job.Entry, FileOutcome.Copied, job.Place) with { ResumedBytes = job.ResumedBytes, Hash = job.Hash is { } hash ? $"{hash.Name}:{hash.Hex}" : null, Duration = job.BegunAt == 0 ? TimeSpan.Zero : Clock.GetElapsedTime(job.BegunAt) });
    }

    public void Skipped(FolderNode folder, Entry entry, TargetPlace? place = null)
    {
        Tally.Skipped(entry.Size);
        Request.Manifest?.Add(EntryOf(folder, entry, FileOutcome.Skipped, place));
    }

    /// <summary>Deletes a file or a link at the target, or puts it into the backup folder.</summary>
    public ValueTask DeleteAtTargetAsync(string targetPath, CancellationToken cancellationToken) =>
        Backup is { } backup ? backup.RemoveAsync(targetPath) : Target.Endpoint.DeleteFileAsync(targetPath, cancellationToken);

    public void Deleted(string path, string targetPath)
    {
        Tally.Deleted();
        Named?.See(path);
        Request.Manifest?.Add(new ManifestEntry { Path = path, TargetPath = targetPath, Outcome = FileOutcome.Deleted });
    }

    /// <summary>Where the files of the folder lie, for templates: below the source, whose name comes first when it is kept.</summary>
    public string SourceFolderOf(FolderNode folder)
    {
        var top = folder;
        while (top.Parent is { } above)
        {
            top = above;
        }

        return EndpointPath.Join(top.KeptName ?? "", folder.Path);
    }

    public static string FileNameOf(TransferTarget target, TransferSource source, Entry entry) =>
        target.FileName ?? source.Name ?? (source.Path.Length > 0 ? EndpointPath.NameOf(source.Path) : entry.Name);

    /// <summary>Makes the folder at the target, after the one above it.</summary>
    public async Task CreateFolderAsync(FolderNode folder)
    {
        var above = folder.Parent?.EnsureCreatedAsync(CreateFolderAsync) ?? Task.CompletedTask;
        if (!Target.Endpoint.Capabilities.KeepsOrder)
        {
            await above;
        }

        if (Target.Endpoint.Capabilities.FoldersAreImplied)
        {
            return;
        }

        try
        {
            await Target.RunAsync((endpoint, cancellationToken) => endpoint.CreateFolderAsync(folder.TargetPath, cancellationToken));
            Tally.MadeFolder();
        }
        catch (EndpointException exception)
        {
            // If the one above could not be made, that is the reason.
            await above;
            if (folder.Parent is null)
            {
                Stop.End(exception.Error, $"The target folder cannot be made at '{Target.Endpoint.Address}': {exception.Message}", exception.IsTransient);
            }

            throw;
        }
    }

    private static ManifestEntry EntryOf(FolderNode folder, Entry entry, FileOutcome outcome, TargetPlace? place) => new()
    {
        Path = folder.PathOf(entry.Name),
        TargetPath = place is null ? folder.TargetPathOf(entry.Name) : place.Folder.TargetPathOf(place.Name),
        Outcome = outcome,
        Size = entry.Size,
        ModifiedAt = entry.ModifiedAt,
    };

    private async Task RunPassesAsync()
    {
        Backup?.Check();
        var found = await Task.WhenAll(Request.Sources.Select(FindSourceAsync));
        var files = found.Where(source => source.Entry.Kind == EntryKind.File).ToList();
        if (targetPlace.FileName is not null && (found.Length > 1 || files.Count == 0))
        {
            throw new EndpointException(EndpointError.BadSetting, "A name for the file at the target can be given for one source only, which is a file.");
        }

        foreach (var (source, _, entry, _) in files.Where(_ => targetPlace.Files is null))
        {
            RequestCheck.CheckFile(Request, source, EndpointPath.Join(targetPlace.Folder, FileNameOf(targetPlace, source, entry)));
        }

        // Under another name a file may well stay in its folder.
        foreach (var (source, side, _, _) in files
            .Where(file => file.Source.Path.Length > 0 && FileNameOf(targetPlace, file.Source, file.Entry) == EndpointPath.NameOf(file.Source.Path))
            .DistinctBy(file => (file.Source.Endpoint, EndpointPath.ParentOf(file.Source.Path))))
        {
            await SamePlace.CheckAsync(this, side, EndpointPath.ParentOf(source.Path), targetPlace.Folder);
        }

        var folders = found.Where(source => source.Entry.Kind != EntryKind.File).ToList();
        brought = folders.Count + Math.Min(files.Count, 1) > 1 ? new(Target.Endpoint.Capabilities.NamesIgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal) : null;
        if (files.Count > 0)
        {
            IsLastPass = folders.Count == 0;
            await RunPassAsync(() => Tree.PushFiles(targetPlace, files));
        }

        foreach (var (source, side, _, _) in folders)
        {
            IsLastPass = source == folders[^1].Source;
            var folder = source.KeepName ? EndpointPath.Join(targetPlace.Folder, NameOf(source)) : targetPlace.Folder;
            var overlap = new PlaceOverlap(this, side, source.Path, folder);
            overlaps.Add(overlap);
            await overlap.CheckNamesAsync();
            Ahead.Begin(side, source.Path);
            await SamePlace.CheckAsync(this, side, source.Path, folder);
            await RunPassAsync(() => Tree.Push(new FolderNode
            {
                Parent = null,
                Source = side,
                Path = "",
                SourcePath = source.Path,
                TargetPath = folder,
                RealPath = source.Path,
                Overlap = overlap,
                KeptName = source.KeepName ? NameOf(source) : null,
                IsRemovable = source.KeepName && source.Path.Length > 0,
            }));
        }

        Tally.IsWalkDone = true;
        if (Request.NoMatch == NoMatchPolicy.Fail && Tally.FilesFound == 0 && Tally.FailedCount == 0)
        {
            throw new EndpointException(EndpointError.NotFound, "No file matches: the source has none that the selection includes.");
        }

        await Cleanup.DeleteAsync();
        if (Purge is not null)
        {
            await Purge.RunAsync();
        }

        if (Named is not null)
        {
            await Named.TellMissingAsync(folders);
        }
    }

    private async Task RunPassAsync(Action push)
    {
        Active.Enter();
        push();
        Active.Leave();
        do
        {
            await Active.WaitAsync(Token);
        }
        while (await Files.RetryPutOffAsync());
    }

    private async Task<FoundSource> FindSourceAsync(TransferSource source)
    {
        var gate = new TransferGate(source.Share, targetPlace.Share, Request.Share, Token);
        var side = new TransferSide(source.Endpoint, gate, Stop, Request.Retries, Clock) { ConcurrentFiles = source.ConcurrentFiles };
        var entry = source.Found ?? await side.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(source.Path, cancellationToken));
        var path = source.Path;
        if (entry is { Kind: EntryKind.SymbolicLink })
        {
            // A link that was named itself is meant as what it leads to.
            (entry, path) = await SourceLinks.FollowAsync(side, path, entry.LinkTarget);
        }

        var place = EndpointPath.Printable(EndpointPath.Join(source.Endpoint.Address.TrimEnd('/'), source.Path).TrimEnd('/'));
        return entry switch
        {
            null => throw new EndpointException(EndpointError.NotFound, $"There is nothing at the source '{place}'."),
            { Kind: EntryKind.Other } => throw new EndpointException(EndpointError.NotSupported, $"The source '{place}' is a device, a socket or a FIFO, which cannot be copied."),
            _ => new FoundSource(source, side, entry, path),
        };
    }

    private static string NameOf(TransferSource source) => source.Name
        ?? (source.Path.Length > 0
            ? EndpointPath.NameOf(source.Path)
            : throw new EndpointException(EndpointError.BadSetting, $"The source '{source.Endpoint.Address}' has no name of its own that could be kept."));

    private async Task CarryOutAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            // The transfer is over.
        }
        catch (Exception exception)
        {
            Stop.Fault(exception);
        }
        finally
        {
            Running.Leave();
        }
    }

    private async Task RemoveSourceFolderAsync(FolderNode folder)
    {
        await RemoveIfEmptyAsync(folder);
        if (folder.Parent is { } parent)
        {
            Finish(parent);
        }
        else
        {
            Active.Leave();
        }
    }

    private async Task RemoveIfEmptyAsync(FolderNode folder)
    {
        try
        {
            await folder.Source.RunAsync((endpoint, cancellationToken) => endpoint.DeleteFolderAsync(folder.SourcePath, cancellationToken));
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.FolderNotEmpty)
        {
            // Something was left out of the selection, or came meanwhile: the folder is not ours to remove.
            folder.Keep();
        }
        catch (EndpointException exception)
        {
            Fail(folder, folder.Path, $"All in it is moved, but the emptied folder could not be removed: {exception.Message}", exception.IsTransient);
        }
    }
}
