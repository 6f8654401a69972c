using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What listings leave out: times that have to be asked for, and metadata that goes along with a file.</summary>
internal sealed partial class FileCopier
{
    /// <summary>What both sides tell of this one file decides whether it is copied.</summary>
    private async ValueTask CompareTimesAsync(FileJob job)
    {
        ChangeVerdict verdict;
        try
        {
            verdict = await TryCompareByHashAsync(job) ?? await CompareDetailsAsync(job);
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, $"Its times cannot be compared: {exception.Message}", exception.IsTransient);
            run.Finish(job);
            return;
        }

        if (verdict == ChangeVerdict.Unchanged)
        {
            await SettleAsync(job);
        }
        else if (run.Request.Mode == TransferMode.Check)
        {
            run.Fail(job.Folder, job.Path, FileDecision.WhyDifferent(job.Entry with { ModifiedAt = job.ModifiedAt }, job.Existing!.Value with { ModifiedAt = job.ExistingModifiedAt }));
            run.Finish(job);
        }
        else
        {
            await CopyAsync(job);
        }
    }

    private async ValueTask<ChangeVerdict> CompareDetailsAsync(FileJob job)
    {
        var existing = job.Existing!.Value;
        var ofSource = job.Entry.ModifiedAt is null ? LearnAsync(job).AsTask() : Task.CompletedTask;
        var ofTarget = existing.ModifiedAt is null && run.Target.Endpoint is ITellsDetails target
            ? run.Target.RunAsync((_, cancellationToken) => target.FindDetailsAsync(job.TargetPath, cancellationToken)).AsTask()
            : Task.FromResult<FileDetails?>(null);
        await Task.WhenAll(ofSource, ofTarget);
        job.ExistingModifiedAt = existing.ModifiedAt ?? (await ofTarget)?.ModifiedAt;
        return new ChangeDetection(run.Request.ChangeRule, job.Source.Endpoint, run.Target.Endpoint)
            .CompareTimes(job.ModifiedAt, job.ExistingModifiedAt, existing.StoredAt);
    }

    /// <summary>
    /// Where the target's listing told a hash and the source is near, reading a small file is quicker than asking a server for its time. Null when that
    /// is not so, or the contents differ: then the times decide what is told.
    /// </summary>
    private async ValueTask<ChangeVerdict?> TryCompareByHashAsync(FileJob job)
    {
        if (job.Existing?.Hash is not { } hash || job.Source.Endpoint is not IReadsWhole || job.Entry.Size > SmallBytesMax
            || ContentHash.Incremental(hash.Name) is not { } computed)
        {
            return null;
        }

        computed.Dispose();
        var name = hash.Name;
        var own = await job.Source.RunAsync((endpoint, cancellationToken) =>
            ContentHash.OfAsync(endpoint, job.SourcePath, job.Entry.Size, name, cancellationToken));
        return own == hash.Hex ? ChangeVerdict.Unchanged : ChangeVerdict.Changed;
    }

    /// <summary>Asks the source for what its listing left out, once.</summary>
    private static async ValueTask LearnAsync(FileJob job)
    {
        if (job.Details is null && job.Source.Endpoint is ITellsDetails source)
        {
            job.Details = await job.Source.RunAsync((_, cancellationToken) => source.FindDetailsAsync(job.SourcePath, cancellationToken));
        }
    }

    /// <summary>False when its metadata leaves the file out, or could not be found out; then it is done.</summary>
    private async ValueTask<bool> IsSelectedAsync(FileJob job)
    {
        if (run.Request.Selection.Metadata is not { } rules || job.Work == FileWork.KeepLink)
        {
            return true;
        }

        try
        {
            await LearnAsync(job);
        }
        catch (EndpointException exception)
        {
            run.Fail(job.Folder, job.Path, $"Its metadata cannot be read: {exception.Message}", exception.IsTransient);
            run.Finish(job);
            return false;
        }

        if (rules.Includes(job.Details?.Metadata))
        {
            return true;
        }

        job.Folder.Keep();
        run.Tally.LeftOut(job.Entry.Size);
        run.Finish(job);
        return false;
    }

    /// <summary>Before a copy that does not read through a stream which tells them.</summary>
    private async ValueTask LearnBeforeCopyAsync(FileJob job)
    {
        if (job.Entry.ModifiedAt is null || run.Request.Metadata is { Count: > 0 })
        {
            await LearnAsync(job);
        }
    }

    /// <summary>What the source keeps with the file, and what the transfer puts over it; null when there is nothing.</summary>
    private IReadOnlyDictionary<string, string>? MetadataOf(FileJob job)
    {
        var kept = job.Details?.Metadata;
        if (run.Request.Metadata is not { Count: > 0 } given)
        {
            return kept is { Count: > 0 } ? kept : null;
        }

        var all = new Dictionary<string, string>(kept ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            all[name] = value;
        }

        return all;
    }
}
