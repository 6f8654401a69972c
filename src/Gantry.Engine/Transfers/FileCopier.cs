using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Works the files off. Readers take small files whole into memory and let each writing go on by itself, so that both sides always have as much to
/// do as they can take; large files stream.
/// </summary>
internal sealed partial class FileCopier
{
    private const int SmallBytesMax = 256 * 1024;
    private const int ReadersMax = 1024;
    private const int WaitingMax = 512;
    private const long FlightBytesMax = 32 * 1024 * 1024;

    private readonly TransferRun run;
    private readonly FlightGate flight;
    private readonly ICopiesInside? inside;
    private readonly FileQueue waiting = new(WaitingMax);
    private readonly List<Task> readers = [];
    private long partials;

    public FileCopier(TransferRun run)
    {
        this.run = run;
        var request = run.Request;
        batches = BatchesOf(run);
        flight = new FlightGate(
            () => request.Target.ConcurrentFiles ?? request.ConcurrentFiles ?? batches?.ConcurrentFiles ?? run.Target.Endpoint.Capabilities.ConcurrentFiles, FlightBytesMax);
        inside = run.Target.Endpoint as ICopiesInside;
        whole = WholeWritesOf(run, batches);
        looking = new(() => new CancellationTokenSource(LookingPatience, run.Clock));
        run.Token.Register(() =>
        {
            flight.Close();
            rangesRoom.Close();
            if (whole is not null)
            {
                _ = AbandonLanesAsync();
            }
        });
    }

    /// <summary>Waits while enough are waiting already.</summary>
    public async ValueTask EnqueueAsync(FileJob job)
    {
        job.Folder.Enter();
        run.Active.Enter();
        StartReader(job.Source);
        await waiting.AddAsync(job, run.Token);
    }

    /// <summary>Nothing more comes; returns when no reader runs.</summary>
    public async Task EndAsync()
    {
        waiting.Complete();
        Task[] all;
        lock (readers)
        {
            all = [.. readers];
        }

        await Task.WhenAll(all);
    }

    private void StartReader(TransferSide source)
    {
        lock (readers)
        {
            if (readers.Count < ReadersOf(source))
            {
                readers.Add(Task.Run(ReadAsync));
            }
        }
    }

    private int ReadersOf(TransferSide source) =>
        Math.Min(ReadersMax, source.ConcurrentFiles ?? run.Request.ConcurrentFiles ?? Math.Max(1, source.Endpoint.Capabilities.ConcurrentFiles));

    private async Task ReadAsync()
    {
        try
        {
            while (await waiting.WaitToTakeAsync(run.Token))
            {
                while (waiting.TryTake(out var job))
                {
                    run.Token.ThrowIfCancellationRequested();
                    await ProcessAsync(job);
                }
            }
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            // The transfer is over.
        }
        catch (Exception exception)
        {
            run.Stop.Fault(exception);
        }
    }

    private async ValueTask ProcessAsync(FileJob job)
    {
        await job.Source.Gate.EnterAsync(job);
        if (!await IsSelectedAsync(job))
        {
            return;
        }

        switch (job.Work)
        {
            case FileWork.Settle:
                await SettleAsync(job);
                return;
            case FileWork.KeepLink:
                await KeepLinkAsync(job);
                return;
            case FileWork.CompareThenCopy:
                await CompareAsync(job);
                return;
            case FileWork.AskThenCopy:
                await CompareTimesAsync(job);
                return;
            default:
                await CopyAsync(job);
                return;
        }
    }

    private async ValueTask CompareAsync(FileJob job)
    {
        switch (await IsSameContentAsync(job))
        {
            case true:
                await SettleAsync(job);
                break;
            case false:
                await CopyAsync(job);
                break;
            case null:
                break;
        }
    }

    private async ValueTask CopyAsync(FileJob job)
    {
        if (run.IsReadOnly)
        {
            PretendToCopy(job);
        }
        else if (inside is not null && inside.CanCopyFrom(job.Source.Endpoint) && (inside.CopiesOnServer || job.Source.Gate.IsOpen))
        {
            await CopyInsideAsync(job, inside);
        }
        else if (await TryGoShortWayAsync(job))
        {
            // It is on its way.
        }
        else if (job.Entry.Size <= SmallBytesMax)
        {
            await CopySmallAsync(job);
        }
        else
        {
            await CopyLargeAsync(job);
        }
    }

    private void PretendToCopy(FileJob job)
    {
        if (run.Request.Mode == TransferMode.Check)
        {
            run.Fail(job.Folder, job.Path, "Its content differs.");
        }
        else
        {
            run.Copied(job);
        }

        run.Finish(job);
    }

    private async ValueTask CopySmallAsync(FileJob job)
    {
        run.Started(job);
        if (await SmallContent.ReadAsync(job, PutOff, run) is not { } content)
        {
            return;
        }

        run.Running.Enter();
        try
        {
            await flight.EnterAsync(job.Entry.Size);
        }
        catch (OperationCanceledException)
        {
            content.Dispose();
            run.Running.Leave();
            throw;
        }

        _ = WriteSmallAsync(job, content);
    }

    private async Task WriteSmallAsync(FileJob job, SmallContent content)
    {
        try
        {
            if (await WriteAsync(job, (path, options) => WriteContentAsync(job, content, path, options), content.Hash))
            {
                await CompleteAsync(job);
            }
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            // The transfer is over.
        }
        catch (Exception exception)
        {
            run.Stop.Fault(exception);
        }
        finally
        {
            content.Dispose();
            flight.Leave(job.Entry.Size);
            run.Running.Leave();
        }
    }

    private async ValueTask<Entry> WriteContentAsync(FileJob job, SmallContent content, string path, WriteOptions options)
    {
        await LearnBeforeCopyAsync(job);
        options = Completed(options, job);
        return await TryWriteInBatchAsync(job, content, path, options)
            ?? await run.Target.Endpoint.WriteAsync(path, content.AsStream(), options, run.Token);
    }

    private async ValueTask CopyInsideAsync(FileJob job, ICopiesInside target)
    {
        run.Started(job);
        var isWritten = await WriteAsync(
            job,
            async (path, options) =>
            {
                await LearnBeforeCopyAsync(job);
                options = Completed(options, job) with { EarlierPartialName = await FindUsableAsync(job) };
                return await target.CopyFromAsync(job.Source.Endpoint, job.SourcePath, path, options, run.Token);
            },
            name => HashOfSourceAsync(job, name),
            readsSource: true);
        if (isWritten)
        {
            await CompleteAsync(job);
        }
    }

    private async ValueTask CopyLargeAsync(FileJob job)
    {
        var path = job.Path;
        run.Tally.StartedLarge(path);
        job.Begin(run.Clock);
        await flight.EnterAsync(SmallBytesMax);
        try
        {
            var name = run.Request.Verification == Verification.Checksum ? HashName(job) : null;
            using var hash = name is null ? null : ContentHash.Incremental(name);
            string? sent = null;
            var isWritten = await WriteAsync(
                job,
                async (target, options) =>
                {
                    var (entry, sourceHash) = RangesFor(job) is { } ranges
                        ? await WriteRangesAsync(job, ranges, target, options, hash)
                        : await StreamAsync(job, target, options, hash);
                    sent = sourceHash;
                    return entry;
                },
                _ => sent is null ? HashOfSourceAsync(job, name!) : ValueTask.FromResult(sent),
                readsSource: true);
            if (isWritten)
            {
                await CompleteAsync(job);
            }
        }
        finally
        {
            flight.Leave(SmallBytesMax);
            run.Tally.EndedLarge(path);
        }
    }

    /// <summary>Answers the hash of what was sent as well, when one is wanted and can be computed here.</summary>
    private async ValueTask<(Entry Entry, string? Hash)> StreamAsync(FileJob job, string target, WriteOptions options, IncrementalHash? hash)
    {
        _ = hash?.GetHashAndReset();
        MeteredStream? metered = null;
        try
        {
            var stream = await job.Source.Endpoint.OpenReadAsync(job.SourcePath, 0, job.Entry.Size, run.Token);
            job.Learn(stream);
            await LearnBeforeCopyAsync(job);
            await using (metered = new MeteredStream(job.Source.Gate.Through(stream), job.Entry.Size, run.Tally, hash, () => IsUnchangedAsync(job)))
            {
                var entry = await run.Target.Endpoint.WriteAsync(target, metered, Completed(options, job), run.Token);
                return (entry, hash is null ? null : Convert.ToHexStringLower(hash.GetHashAndReset()));
            }
        }
        catch (EndpointException exception) when (metered is null || metered.SourceFailure is not null)
        {
            throw new SourceException(metered?.SourceFailure ?? exception, metered?.IsChanged == true);
        }
    }

    /// <summary>Whether the source still is as its listing told.</summary>
    private async ValueTask<bool> IsUnchangedAsync(FileJob job)
    {
        var now = await job.Source.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(job.SourcePath, cancellationToken));
        return now is not null && SourceVersion.IsSame(job.Entry, now);
    }

    private ValueTask<string> HashOfSourceAsync(FileJob job, string name) => job.Source.RunAsync((endpoint, cancellationToken) =>
        ContentHash.OfAsync(endpoint, job.SourcePath, job.Entry.Size, name, cancellationToken));

    private string HashName(FileJob job) => ContentHash.ChooseName(job.Source.Endpoint, run.Target.Endpoint);
}
