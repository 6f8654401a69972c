using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Files that were being written when the transfer ended. The server may have given one its name without anybody having waited for the answer: the
/// target is asked, for a moment, so that what is there is counted and stands in the manifest.
/// </summary>
internal sealed partial class FileCopier
{
    private static readonly TimeSpan LookingPatience = TimeSpan.FromMilliseconds(500);

    private readonly Lazy<CancellationTokenSource> looking;

    /// <summary>A lane's file whose end nobody knows is looked for by itself.</summary>
    public void LookFor(FileJob job) => run.Start(async () =>
    {
        if (await IsThereAfterAllAsync(job))
        {
            Arrived(job);
        }
    });

    /// <summary>Whether the target has this version of the file, which it did not have before. What cannot be found out counts as not there.</summary>
    private async ValueTask<bool> IsThereAfterAllAsync(FileJob job)
    {
        if (run.IsReadOnly)
        {
            return false;
        }

        try
        {
            // One detection a file would be dear; this is only for what was under way.
            var detection = new ChangeDetection(ChangeRule.SizeAndTime, job.Source.Endpoint, run.Target.Endpoint);
            return await run.Target.Endpoint.FindAsync(job.TargetPath, looking.Value.Token) is { Kind: EntryKind.File } found
                && detection.Compare(job.Entry, TargetEntry.Of(found)) != ChangeVerdict.Changed
                && (job.Existing is not { Kind: EntryKind.File } before
                    || detection.Compare(job.Entry, before) == ChangeVerdict.Changed
                    || before.StoredAt != found.StoredAt);
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void EndLooking()
    {
        if (looking.IsValueCreated)
        {
            looking.Value.Dispose();
        }
    }
}
