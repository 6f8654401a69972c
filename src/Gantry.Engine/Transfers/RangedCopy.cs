using System.Buffers;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// One attempt at one large file, range by range, on top of what an earlier attempt left. A range that failed for a reason that may pass is
/// repeated by itself. An attempt that ends without the file leaves what arrived, unless it is worth nothing or nobody wants it any more.
/// </summary>
internal sealed class RangedCopy(TransferRun run, FileJob job, FlightGate room) : IDisposable
{
    private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
    private long counted;

    /// <summary>The hash of the source, when it streamed by in order; null otherwise.</summary>
    public string? SourceHash { get; private set; }

    public void Dispose() => stopping.Dispose();

    public async ValueTask<Entry> WriteAsync(IRangedWrite write, WriteOptions options, IncrementalHash? hash)
    {
        try
        {
            await using (var source = new RangeSource(job, hash, stopping.Token))
            {
                await WriteRangesAsync(write, source);
                SourceHash = source.Hash;
            }

            if (!await IsUnchangedAsync())
            {
                throw new SourceException(new EndpointException(EndpointError.ContentDiffers, "The file was changed while it was read.", isTransient: true), isChanged: true);
            }

            return await CompleteAsync(write);
        }
        catch (Exception exception)
        {
            if (IsWorthKeeping(exception))
            {
                job.Leftovers = [.. job.Leftovers, new Leftover(options.PartialName, job.Entry.Size, null, LeftoverWriter.ThisAttempt)];
            }
            else
            {
                await write.AbandonAsync();
            }

            throw;
        }
        finally
        {
            run.Tally.Moved(-counted);
        }
    }

    /// <summary>How many bytes stand already.</summary>
    public static long StandingBytes(IRangedWrite write, long size)
    {
        var standing = 0L;
        for (var offset = 0L; offset < size; offset += write.RangeBytes)
        {
            standing += write.Has(offset) ? Math.Min(write.RangeBytes, size - offset) : 0;
        }

        return standing;
    }

    /// <summary>
    /// After a lost connection the next attempt goes on; a source that changed, a full disk and a user who cancelled leave nothing to go on with.
    /// </summary>
    private bool IsWorthKeeping(Exception exception) => exception switch
    {
        OperationCanceledException => run.Token.IsCancellationRequested && !run.IsCancelled,
        GivenUpException { IsAboutSource: true } => true,
        GivenUpException { Failure: var failure } => failure.Error is EndpointError.Disconnected or EndpointError.TimedOut,
        EndpointException failure => failure.Error is EndpointError.Disconnected or EndpointError.TimedOut,
        _ => false,
    };

    private async Task WriteRangesAsync(IRangedWrite write, RangeSource source)
    {
        var size = job.Entry.Size;
        var running = new List<(Task Task, long Offset)>();
        try
        {
            for (var offset = 0L; offset < size; offset += write.RangeBytes)
            {
                var length = Math.Min(write.RangeBytes, size - offset);
                if (write.Has(offset))
                {
                    Count(length);
                    continue;
                }

                // Everything up to the window before its end stands when a range is begun.
                var certain = write.WindowBytes == long.MaxValue ? 0 : offset + length - write.WindowBytes;
                var most = Math.Min(write.ConcurrentRanges, source.ConcurrentRanges(write.RangeBytes));
                while (running.Count > 0 && (running.Count >= most || running.Min(range => range.Offset) < certain))
                {
                    await AwaitOneAsync(running);
                }

                running.Add((await BeginAsync(write, source, offset, length, isHeld: source.Holds(write.RangeBytes, most)), offset));
            }

            while (running.Count > 0)
            {
                await AwaitOneAsync(running);
            }
        }
        catch
        {
            // The first failure counts; the others are broken off.
            await stopping.CancelAsync();
            await Task.WhenAll(running.Select(range => range.Task)).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
    }

    private static async Task AwaitOneAsync(List<(Task Task, long Offset)> running)
    {
        var ended = await Task.WhenAny(running.Select(range => range.Task));
        running.RemoveAll(range => range.Task == ended);
        await ended;
    }

    private async ValueTask<Task> BeginAsync(IRangedWrite write, RangeSource source, long offset, long length, bool isHeld)
    {
        var bytes = isHeld ? length : 0;
        await room.EnterAsync(bytes);
        byte[]? buffer = null;
        try
        {
            buffer = isHeld ? await ReadAsync(source, offset, (int)length) : null;
        }
        catch
        {
            room.Leave(bytes);
            throw;
        }

        return Task.Run(async () =>
        {
            try
            {
                await WriteRangeAsync(write, source, offset, length, buffer);
            }
            finally
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }

                room.Leave(bytes);
            }
        });
    }

    private async ValueTask<byte[]> ReadAsync(RangeSource source, long offset, int length)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var buffer = await source.ReadAsync(offset, length);
                job.Source.Succeeded();
                return buffer;
            }
            catch (EndpointException exception)
            {
                await WaitForSourceAsync(exception, attempt);
            }
        }
    }

    private async Task WriteRangeAsync(IRangedWrite write, RangeSource source, long offset, long length, byte[]? buffer)
    {
        for (var attempt = 0; ; attempt++)
        {
            RangeStream? range = null;
            var isWritten = false;
            try
            {
                range = new RangeStream(
                    buffer is null ? await source.OpenAsync(offset, length) : new MemoryStream(buffer, 0, (int)length, writable: false, publiclyVisible: true),
                    length,
                    run.Tally);
                await write.WriteAsync(offset, range, length, stopping.Token);
                isWritten = true;
                Interlocked.Add(ref counted, length);
                run.Target.Succeeded();
                return;
            }
            catch (EndpointException exception) when (range is null || range.SourceFailure is not null)
            {
                if (range?.IsChanged == true)
                {
                    throw new SourceException(range.SourceFailure!, isChanged: true);
                }

                await WaitForSourceAsync(range?.SourceFailure ?? exception, attempt);
            }
            catch (EndpointException exception)
            {
                await WaitForTargetAsync(exception, attempt);
            }
            finally
            {
                if (range is not null)
                {
                    if (!isWritten)
                    {
                        range.TakeBack();
                    }

                    await range.DisposeAsync();
                }
            }
        }
    }

    private async ValueTask<Entry> CompleteAsync(IRangedWrite write)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await write.CompleteAsync(run.Token);
            }
            catch (EndpointException exception)
            {
                await WaitForTargetAsync(exception, attempt);
            }
        }
    }

    private async ValueTask WaitForSourceAsync(EndpointException exception, int attempt)
    {
        if (exception.Error == EndpointError.NotFound)
        {
            throw new SourceException(exception, isChanged: true);
        }

        if (!await job.Source.WaitToRetryAsync(exception, attempt))
        {
            throw new GivenUpException(exception, isAboutSource: true);
        }
    }

    private async ValueTask WaitForTargetAsync(EndpointException exception, int attempt)
    {
        // Whether it is worth beginning anew is not for a range to say.
        if (exception.Error is EndpointError.NotFound or EndpointError.ContentDiffers)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
        }

        if (!await run.Target.WaitToRetryAsync(exception, attempt))
        {
            throw new GivenUpException(exception, isAboutSource: false);
        }
    }

    private async ValueTask<bool> IsUnchangedAsync()
    {
        try
        {
            var now = await job.Source.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(job.SourcePath, cancellationToken));
            return now is not null && SourceVersion.IsSame(job.Entry, now);
        }
        catch (EndpointException exception)
        {
            throw new GivenUpException(exception, isAboutSource: true);
        }
    }

    private void Count(long length)
    {
        Interlocked.Add(ref counted, length);
        run.Tally.Moved(length);
    }
}
