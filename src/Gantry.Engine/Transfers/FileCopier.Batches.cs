using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Small files in batches, where that was asked for and the target can take them.</summary>
internal sealed partial class FileCopier
{
    private readonly IBatchedWrites? batches;

    /// <summary>Whether a file may follow the making of its folder without waiting. What travels in a batch takes another way than its folder.</summary>
    private bool KeepsOrder => batches is null && run.Target.Endpoint.Capabilities.KeepsOrder;

    /// <summary>Nothing is under way any more.</summary>
    public ValueTask DisposeAsync()
    {
        EndLooking();
        return batches?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private static IBatchedWrites? BatchesOf(TransferRun run)
    {
        if (!run.Request.IsBatched || run.IsReadOnly)
        {
            return null;
        }

        var batches = (run.Target.Endpoint as ITakesBatches)?.BeginBatches(run.AttemptId, run.Token);
        if (batches is null)
        {
            run.Tally.NoteOnce("The target takes no batches: its files went one by one.");
        }

        return batches;
    }

    /// <summary>Null when it is not there: then it goes by itself.</summary>
    private async ValueTask<Entry?> TryWriteInBatchAsync(FileJob job, SmallContent content, string path, WriteOptions options)
    {
        if (batches is null || job.GoesLongWay)
        {
            return null;
        }

        job.GoesLongWay = true;
        var told = new AwaitedEnd();
        if (!batches.TryBeginWrite(path, content.Bytes, options, told, run.Token))
        {
            return null;
        }

        return await EndOfAsync(told) switch
        {
            WholeWriteEnd.Written => new Entry
            {
                Name = EndpointPath.NameOf(path),
                Kind = EntryKind.File,
                Size = content.Bytes.Length,
                ModifiedAt = options.ModifiedAt,
                UnixMode = options.UnixMode,
            },
            WholeWriteEnd.Lost => throw new EndpointException(
                EndpointError.Disconnected, "The connection was lost while the file was on its way.", isTransient: true),
            _ => null,
        };
    }

    /// <summary>Its content is in use until it is told, so that even a transfer that is over waits a little.</summary>
    private async ValueTask<WholeWriteEnd> EndOfAsync(AwaitedEnd told)
    {
        try
        {
            return await told.End.WaitAsync(run.Token);
        }
        catch (OperationCanceledException)
        {
            await ((Task)told.End.WaitAsync(Patience, run.Clock, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private sealed class AwaitedEnd : IWholeWriteReceiver
    {
        private readonly TaskCompletionSource<WholeWriteEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WholeWriteEnd> End => end.Task;

        public void OnEnded(WholeWriteEnd reached) => end.TrySetResult(reached);
    }
}
