using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What follows when a file is at the target, and what is done with files that change while they are read.</summary>
internal sealed partial class FileCopier
{
    // Owner, group and others; what would let a program run as somebody else is not carried along.
    private const int PermissionBits = 0x1FF;
    private const int ChangesMax = 4;
    private static readonly TimeSpan SettleFirst = TimeSpan.FromSeconds(1);

    private readonly List<FileJob> putOff = [];

    /// <summary>
    /// Looks again at the files that changed while they were read, once they had time to settle. False when there are none.
    /// </summary>
    public async Task<bool> RetryPutOffAsync()
    {
        List<FileJob> jobs;
        lock (putOff)
        {
            jobs = [.. putOff];
            putOff.Clear();
        }

        if (jobs.Count == 0)
        {
            return false;
        }

        await Task.Delay(SettleFirst * Math.Pow(2, jobs.Min(job => job.Changes) - 1), run.Clock, run.Token);
        run.Active.Enter();
        foreach (var job in jobs)
        {
            await LookAgainAsync(job);
        }

        run.Active.Leave();
        return true;
    }

    /// <summary>To be tried again when everything else is done.</summary>
    private void PutOff(FileJob job)
    {
        job.Changes++;
        job.Source.Gate.Leave(job);
        lock (putOff)
        {
            putOff.Add(job);
        }

        run.Active.Leave();
    }

    private async Task LookAgainAsync(FileJob job)
    {
        run.Active.Enter();
        try
        {
            var entry = await job.Source.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(job.SourcePath, cancellationToken));
            if (entry is { Kind: EntryKind.File } && job.Changes <= Math.Min(ChangesMax, run.Request.Retries))
            {
                job.Entry = entry with { Name = job.Entry.Name };
                await waiting.AddAsync(job, run.Token);
                return;
            }

            run.Fail(
                job.Folder,
                job.Path,
                entry is null ? "It was listed at the source, and is not there any more." : "It is still being changed at the source; it was not transferred.",
                isTransient: entry is not null);
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, exception);
        }

        run.Finish(job);
    }

    private async ValueTask CompleteAsync(FileJob job)
    {
        try
        {
            if (job.Leftovers.Count > 0)
            {
                await run.Cleanup.RemoveLeftoversAsync(job);
            }

            if (run.Request.Mode == TransferMode.Move && !await RemoveSourceAsync(job))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            // It is at the target, whatever the transfer had no time left for.
            job.Folder.Keep();
        }

        run.Copied(job);
        run.Finish(job);
    }

    private async ValueTask SettleAsync(FileJob job)
    {
        if (!run.IsReadOnly)
        {
            await run.Cleanup.RemoveLeftoversAsync(job);
            if (run.Request.Mode == TransferMode.Move && run.Request.ChangeRule != ChangeRule.NeverOverwrite && !await RemoveSourceAsync(job))
            {
                return;
            }
        }

        run.Skipped(job.Folder, job.Entry, job.Place);
        run.Finish(job);
    }

    /// <summary>False when the source could not be removed: the file counts as failed then, or is put off because it changed.</summary>
    private async ValueTask<bool> RemoveSourceAsync(FileJob job)
    {
        if (job.IsBehindLink)
        {
            job.Folder.Keep();
            run.Tally.NoteOnce("What symbolic links lead to was copied, and stays at the source.");
            return true;
        }

        try
        {
            if (!await IsUnchangedAsync(job))
            {
                PutOff(job);
                return false;
            }

            await job.Source.RunAsync((endpoint, cancellationToken) => endpoint.DeleteFileAsync(job.SourcePath, cancellationToken));
            return true;
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, $"It is at the target, but could not be deleted at the source: {exception.Message}", exception.IsTransient);
            run.Finish(job);
            return false;
        }
    }

    /// <summary>Null when that could not be found out; then the failure is recorded.</summary>
    private async ValueTask<bool?> IsSameContentAsync(FileJob job)
    {
        try
        {
            var name = HashName(job);
            var hashes = await Task.WhenAll(
                job.Source.RunAsync((endpoint, cancellationToken) =>
                    ContentHash.OfAsync(endpoint, job.SourcePath, job.Entry.Size, name, cancellationToken)).AsTask(),
                run.Target.RunAsync((endpoint, cancellationToken) =>
                    ContentHash.OfAsync(endpoint, job.TargetPath, job.Entry.Size, name, cancellationToken)).AsTask());
            return hashes[0] == hashes[1];
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, $"Its content cannot be compared: {exception.Message}", exception.IsTransient);
            run.Finish(job);
            return null;
        }
    }

    private async ValueTask KeepLinkAsync(FileJob job)
    {
        try
        {
            var target = (ISymbolicLinks)run.Target.Endpoint;
            var text = job.Entry.LinkTarget ?? await SourceLinks.ReadAsync(job.Source, job.SourcePath);
            var isThere = job.Existing is { Kind: EntryKind.SymbolicLink }
                && await run.Target.RunAsync((_, cancellationToken) => target.ReadLinkAsync(job.TargetPath, cancellationToken)) == text;
            if (!isThere && run.Request.Mode == TransferMode.Check)
            {
                run.Fail(job.Folder, job.Path, $"The target does not have this symbolic link to '{EndpointPath.Printable(text)}'.");
                run.Finish(job);
                return;
            }

            if (!run.IsReadOnly && !isThere)
            {
                await MakeLinkAsync(job, target, text);
            }

            if (!run.IsReadOnly && run.Request.Mode == TransferMode.Move)
            {
                await job.Source.RunAsync((endpoint, cancellationToken) => endpoint.DeleteFileAsync(job.SourcePath, cancellationToken));
            }

            if (isThere)
            {
                run.Skipped(job.Folder, job.Entry with { Size = 0 });
            }
            else
            {
                run.Copied(job, size: 0);
            }
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, exception);
        }

        run.Finish(job);
    }

    private async ValueTask MakeLinkAsync(FileJob job, ISymbolicLinks target, string text)
    {
        await job.TargetFolder.EnsureCreatedAsync(run.CreateFolderAsync);
        await run.Target.RunAsync(async (endpoint, cancellationToken) =>
        {
            if (job.Existing is not null)
            {
                await run.DeleteAtTargetAsync(job.TargetPath, cancellationToken);
            }

            await target.CreateLinkAsync(job.TargetPath, text, cancellationToken);
        });
    }
}
