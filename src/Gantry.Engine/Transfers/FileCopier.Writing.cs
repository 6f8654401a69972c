using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

internal sealed partial class FileCopier
{
    private const int ReplacementsMax = 3;

    /// <summary>
    /// Writes one file by the given way and verifies it. False when it is not there: then the failure is recorded, or the file is put off.
    /// </summary>
    /// <param name="job">The file.</param>
    /// <param name="write">Writes it to a path.</param>
    /// <param name="hashOf">The hash of what was sent.</param>
    /// <param name="readsSource">The source was read while the target was written, by listing's size: it may have changed since.</param>
    private async ValueTask<bool> WriteAsync(
        FileJob job, Func<string, WriteOptions, ValueTask<Entry>> write, Func<string, ValueTask<string>> hashOf, bool readsSource = false)
    {
        try
        {
            return await WriteUntilThereAsync(job, write, hashOf, readsSource);
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            if (await IsThereAfterAllAsync(job))
            {
                return true;
            }

            throw;
        }
    }

    private async ValueTask<bool> WriteUntilThereAsync(
        FileJob job, Func<string, WriteOptions, ValueTask<Entry>> write, Func<string, ValueTask<string>> hashOf, bool readsSource)
    {
        var replacements = 0;
        for (var attempt = 0; ; attempt++)
        {
            var options = OptionsOf(job);
            try
            {
                await job.TargetFolder.EnsureCreatedAsync(run.CreateFolderAsync);
                if (run.Backup is { Copies: true } backup && job.Existing is not null)
                {
                    await backup.CopyAsync(job.TargetPath);
                }

                if (run.Request.Verification == Verification.Checksum || IsKept(job))
                {
                    await WriteVerifiedAsync(job, options, write, hashOf);
                }
                else
                {
                    CheckSize(job, await write(job.TargetPath, options));
                }

                run.Target.Succeeded();
                if (!readsSource || job.Entry.Size <= SmallBytesMax || !await IsChangedAsync(job))
                {
                    return true;
                }

                PutOff(job);
                return false;
            }
            catch (SourceException exception) when (exception.IsChanged)
            {
                PutOff(job);
                return false;
            }
            catch (GivenUpException exception)
            {
                return FailToCopy(job, exception.Failure);
            }
            catch (SourceException exception)
            {
                if (!await job.Source.WaitToRetryAsync(exception.Failure, attempt))
                {
                    return FailToCopy(job, exception.Failure);
                }
            }
            catch (EndpointException exception)
            {
                if (exception.Error is EndpointError.Disconnected or EndpointError.TimedOut)
                {
                    // Nobody could clear it away: the file's last writing does.
                    job.Leftovers = [.. job.Leftovers, new Leftover(options.PartialName, 0, null, LeftoverWriter.ThisAttempt)];
                }

                if (readsSource && IsAboutSource(exception) && await IsChangedAsync(job))
                {
                    PutOff(job);
                    return false;
                }

                // Somebody removed the folder, or another transfer of the same file took our temporary one for a leftover.
                var isReplaced = exception.Error == EndpointError.NotFound && replacements++ < ReplacementsMax;
                var failure = isReplaced ? await RecreateFolderAsync(job) : await run.Target.WaitToRetryAsync(exception, attempt) ? null : exception;
                if (failure is not null)
                {
                    return FailToCopy(job, failure);
                }
            }
        }
    }

    private static bool IsAboutSource(EndpointException exception) => exception.Error is EndpointError.NotFound or EndpointError.ContentDiffers;

    /// <summary>Whether the source is known to differ from its listing.</summary>
    private async ValueTask<bool> IsChangedAsync(FileJob job)
    {
        try
        {
            return !await IsUnchangedAsync(job);
        }
        catch (Exception exception) when (exception is EndpointException || (exception is OperationCanceledException && run.Token.IsCancellationRequested))
        {
            return false;
        }
    }

    private bool FailToCopy(FileJob job, EndpointException exception)
    {
        run.Fail(job.Folder, job.Path, exception);
        run.Finish(job);
        return false;
    }

    private async ValueTask<EndpointException?> RecreateFolderAsync(FileJob job)
    {
        try
        {
            await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.CreateFolderAsync(job.TargetFolder.TargetPath, cancellationToken));
            return null;
        }
        catch (EndpointException exception)
        {
            return exception;
        }
    }

    /// <summary>What stands in its place goes into the backup folder, at the moment in which the new file takes it.</summary>
    private bool IsKept(FileJob job) => run.Backup is { Copies: false } && job.Existing is not null;

    /// <summary>
    /// With a hash: where the target can rename, the file is verified under a temporary name, so that the old one stands until the new
    /// one is proved.
    /// </summary>
    private async ValueTask WriteVerifiedAsync(
        FileJob job, WriteOptions options, Func<string, WriteOptions, ValueTask<Entry>> write, Func<string, ValueTask<string>> hashOf)
    {
        var mover = run.Target.Endpoint.Capabilities.WritesAreAtomic && !IsKept(job) ? null : run.Target.Endpoint as IMoves;
        var path = mover is null ? job.TargetPath : job.TargetFolder.TargetPathOf(PartialNameOf(job));
        CheckSize(job, await write(path, options));
        try
        {
            if (run.Request.Verification == Verification.Checksum)
            {
                await VerifyAsync(job, path, hashOf);
            }

            if (IsKept(job))
            {
                await run.Backup!.ReplaceAsync(path, job.TargetPath);
            }
            else if (mover is not null)
            {
                await mover.MoveAsync(path, job.TargetPath, run.Token);
            }
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            await TargetCleanup.DeleteQuietlyAsync(run.Target.Endpoint, path);
            throw;
        }
    }

    private async ValueTask VerifyAsync(FileJob job, string path, Func<string, ValueTask<string>> hashOf)
    {
        var name = HashName(job);
        var hashes = await Task.WhenAll(
            hashOf(name).AsTask(), ContentHash.OfAsync(run.Target.Endpoint, path, job.Entry.Size, name, run.Token).AsTask());
        if (hashes[0] != hashes[1])
        {
            throw new EndpointException(EndpointError.ContentDiffers, $"What arrived is not what was sent: {name} {hashes[1]} instead of {hashes[0]}.", isTransient: true);
        }

        job.Hash = new FileHash(name, hashes[0]);
    }

    private static void CheckSize(FileJob job, Entry written)
    {
        if (written.Size != job.Entry.Size)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers, $"It has {job.Entry.Size} bytes at the source, and {written.Size} arrived.", isTransient: true);
        }
    }

    public WriteOptions OptionsOf(FileJob job) => new()
    {
        PartialName = PartialNameOf(job),
        Length = job.Entry.Size,
        ModifiedAt = job.ModifiedAt,
        UnixMode = job.Entry.UnixMode & PermissionBits,
        Metadata = MetadataOf(job),
    };

    /// <summary>With what was learned of the file since they were made.</summary>
    private WriteOptions Completed(WriteOptions options, FileJob job) => options with { ModifiedAt = job.ModifiedAt, Metadata = MetadataOf(job) };

    /// <summary>A new one for each writing: not even two writings of one attempt share a name.</summary>
    private string PartialNameOf(FileJob job) =>
        PartialName.Of(job.Entry.Name, job.Entry.Size, VersionTimeOf(job.Entry), run.AttemptId + Interlocked.Increment(ref partials));
}
