using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Small files on the short way, and their way back to the long one.</summary>
internal sealed partial class FileCopier
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IWritesWhole? whole;
    private readonly HashSet<QuickLane> lanes = [];

    /// <summary>Whether small files go the short way, as far as that does not depend on the file.</summary>
    public bool HasLanes => whole is not null && run.Request.Selection.Metadata is null;

    /// <summary>The next file for a lane whose last one is done; null when the next in the queue is not for it, or there is none.</summary>
    public FileJob? NextOnLane(FileJob previous)
    {
        while (!run.Token.IsCancellationRequested && waiting.TryPeek(out var head) && IsReadyForLane(head) && waiting.TryTake(out var next))
        {
            if (IsReadyForLane(next) && flight.TryExchange(previous.Entry.Size, next.Entry.Size))
            {
                return next;
            }

            GoLongWay(next);
        }

        return null;
    }

    /// <summary>The file is at the target.</summary>
    public void Arrived(FileJob job)
    {
        run.Copied(job);
        run.Finish(job);
    }

    /// <summary>By itself, as if it had been taken from the queue anew.</summary>
    public void GoLongWay(FileJob job)
    {
        job.GoesLongWay = true;
        run.Start(async () => await ProcessAsync(job));
    }

    public void LeaveLane(QuickLane lane, FileJob last)
    {
        lock (lanes)
        {
            lanes.Remove(lane);
        }

        flight.Leave(last.Entry.Size);
        run.Running.Leave();
    }

    /// <summary>False when the file goes the long way.</summary>
    private async ValueTask<bool> TryGoShortWayAsync(FileJob job)
    {
        if (!IsForLane(job))
        {
            return false;
        }

        try
        {
            var making = job.TargetFolder.EnsureCreatedAsync(run.CreateFolderAsync);
            if (!job.TargetFolder.TakesFiles(KeepsOrder))
            {
                await making;
            }
        }
        catch (EndpointException)
        {
            // The long way meets the same failure, and tells it.
            return false;
        }

        await flight.EnterAsync(job.Entry.Size);
        run.Running.Enter();
        var lane = new QuickLane(this, run, whole!);
        lock (lanes)
        {
            lanes.Add(lane);
        }

        lane.Carry(job);
        return true;
    }

    private bool IsReadyForLane(FileJob job) => IsForLane(job) && job.TargetFolder.TakesFiles(KeepsOrder);

    private bool IsForLane(FileJob job) =>
        HasLanes
        && (run.Backup is null || job.Existing is null)
        && job is { Work: FileWork.Copy, GoesLongWay: false, Entry.Size: <= SmallBytesMax, Leftovers.Count: 0 }
        && job.Source.Endpoint is IReadsWhole
        && job.Source.Gate.IsOpen;

    /// <summary>Null when this transfer asks more of each file than that it arrives.</summary>
    private static IWritesWhole? WholeWritesOf(TransferRun run, IBatchedWrites? batches) =>
        run.IsReadOnly || run.Request is not { Mode: TransferMode.Copy or TransferMode.Sync, Verification: not Verification.Checksum }
            ? null
            : batches ?? run.Target.Endpoint as IWritesWhole;

    private async Task AbandonLanesAsync()
    {
        await Task.Delay(Patience, run.Clock, CancellationToken.None);
        QuickLane[] left;
        lock (lanes)
        {
            left = [.. lanes];
        }

        foreach (var lane in left)
        {
            lane.Abandon();
        }
    }
}
