using System.Buffers;
using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Work;

namespace Gantry.Plugins.Endpoints.Rclone;

internal partial class RcloneEndpoint
{
    // Rclone's SFTP server closes, and thereby uploads, one file after the other. Its remote control does as many at once as it is asked for, from files of this machine.
    private const int SmallBytesMax = 1024 * 1024;

    private const int LookedAtFirst = 16;
    private const int LookedAtEach = 64;

    private static readonly TimeSpan cleaningPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan stepPatience = TimeSpan.FromSeconds(1);

    private int uploads;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> writing = new(StringComparer.Ordinal);

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        var isNew = await cases.TakeAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteAloneAsync(path, content, options, cancellationToken).ConfigureAwait(false);
        }
        catch when (isNew)
        {
            cases.Leave(path);
            throw;
        }
    }

    private async ValueTask<Entry> WriteAloneAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var place = names.Encode(path);
        var partial = EndpointPath.Join(EndpointPath.ParentOf(place), options.PartialName);
        options = options with { UnixMode = null, ModifiedAt = Kept(options.ModifiedAt) };
        var isWritten = false;
        try
        {
            var entry = IsSmall(place, options)
                ? await WriteSmallAsync(place, partial, content, options, cancellationToken).ConfigureAwait(false)
                : await WriteStreamAsync(place, partial, content, options, cancellationToken).ConfigureAwait(false);
            isWritten = true;
            CheckTime(entry, options);
            return Known(entry);
        }
        finally
        {
            if (!isWritten)
            {
                // Should it stay, the next try finds it.
                session.Wrote(partial);
                await TryRemoveAsync(partial).ConfigureAwait(false);
            }
        }
    }

    private bool IsSmall(string place, WriteOptions options) =>
        options.Length is >= 0 and <= SmallBytesMax && session.WritesPastMemory && IsText(place) && IsText(options.PartialName);

    /// <summary>Over SFTP, as it comes.</summary>
    private async ValueTask<Entry> WriteStreamAsync(string place, string partial, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        await session.LookAtAsync(place, cancellationToken).ConfigureAwait(false);
        await ClearAsync(partial, cancellationToken).ConfigureAwait(false);
        return await TellAsync(files.WriteAsync(place, content, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>By the remote control if nothing stands there yet. Two of one path go one after the other, so that the second sees the first.</summary>
    private async ValueTask<Entry> WriteSmallAsync(string place, string partial, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (writing.GetOrAdd(place, done) is var other && other != done)
        {
            await other.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return session.HasWritten(place) || !await IsFreeAsync(place, partial, cancellationToken).ConfigureAwait(false)
                ? await WriteStreamAsync(place, partial, content, options, cancellationToken).ConfigureAwait(false)
                : await WriteWholeAsync(place, partial, content, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.TryRemove(place, out _);
            done.SetResult();
        }
    }

    /// <summary>Whether the folder is there, and nothing in it has this name.</summary>
    private async ValueTask<bool> IsFreeAsync(string place, string partial, CancellationToken cancellationToken)
    {
        var folder = EndpointPath.ParentOf(place);
        session.Remember(folder);
        return await TellAsync(files.FindAsync(folder, cancellationToken)).ConfigureAwait(false) is { Kind: EntryKind.Folder }
            && await TellAsync(files.FindAsync(place, cancellationToken)).ConfigureAwait(false) is null
            && await ClearAsync(partial, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rclone opens what is there already, and some systems do not let it be written again: what an earlier try left is removed.</summary>
    private async ValueTask<bool> ClearAsync(string partial, CancellationToken cancellationToken)
    {
        await session.LookAtAsync(partial, cancellationToken).ConfigureAwait(false);
        var there = await TellAsync(files.FindAsync(partial, cancellationToken)).ConfigureAwait(false);
        if (there?.Kind == EntryKind.File)
        {
            await TellAsync(files.DeleteFileAsync(partial, cancellationToken)).ConfigureAwait(false);
        }

        return there?.Kind is null or EntryKind.File;
    }

    private async ValueTask<Entry> WriteWholeAsync(string place, string partial, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        // One byte more than announced shows whether the content ends there.
        var buffer = ArrayPool<byte>.Shared.Rent((int)options.Length!.Value + 1);
        try
        {
            var length = await content.ReadAtLeastAsync(buffer.AsMemory(0, (int)options.Length.Value + 1), (int)options.Length.Value + 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length == options.Length && await TryWriteAtOnceAsync(names.Decode(place), buffer.AsMemory(0, length), options, cancellationToken).ConfigureAwait(false) is { } there)
            {
                return there;
            }

            if (length == options.Length && TryStage(buffer.AsSpan(0, length), options.ModifiedAt) is { } staged)
            {
                try
                {
                    return await lanes.RunAsync(() => UploadAsync(staged, place, partial, options, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    stage.Take(staged);
                }
            }

            using var read = new MemoryStream(buffer, 0, length, writable: false);
            return await WriteStreamAsync(place, partial, read, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A small new file, by a way past rclone that knows success only; null when there is none, or it did not succeed and left nothing.</summary>
    protected virtual ValueTask<Entry?> TryWriteAtOnceAsync(string path, ReadOnlyMemory<byte> content, WriteOptions options, CancellationToken cancellationToken) => ValueTask.FromResult<Entry?>(null);

    /// <summary>Null when this machine has no room for it.</summary>
    private string? TryStage(ReadOnlySpan<byte> content, DateTimeOffset? modifiedAt)
    {
        try
        {
            return stage.Put(content, modifiedAt is { } time ? SecondsOf(time) : null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async ValueTask<Entry> UploadAsync(string staged, string place, string partial, WriteOptions options, CancellationToken cancellationToken)
    {
        var control = session.Control;
        var where = PlaceOf(names.Decode(place));
        await FinishAsync(token => control.UploadAsync(stage.Folder, staged, partial, where, token), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            FaultPoint.Pass("publish.before");
            await FinishAsync(token => control.RenameAsync(partial, place, where, token), cancellationToken).ConfigureAwait(false);
            FaultPoint.Pass("publish.after");
        }
        catch (EndpointException failure) when (failure.Error != EndpointError.Disconnected)
        {
            // Somebody else's may stand there by now, which is then replaced, or it is told why not.
            await session.ForgetAsync(EndpointPath.ParentOf(place), cancellationToken).ConfigureAwait(false);
            await TellAsync(files.MoveAsync(partial, place, cancellationToken)).ConfigureAwait(false);
        }

        session.Wrote(place);
        return await ToldAsync(place, where, options).ConfigureAwait(false);
    }

    /// <summary>
    /// What is there now, as the system says, for the first files and now and then; for the others what rclone was given, whose size it compares itself.
    /// </summary>
    private async ValueTask<Entry> ToldAsync(string place, string where, WriteOptions options)
    {
        var count = Interlocked.Increment(ref uploads);
        if (session.Features.TimePrecision is not null && options.ModifiedAt is { } time && count > LookedAtFirst && count % LookedAtEach != 0 && Volatile.Read(ref saidNoTimes) == 0)
        {
            return new Entry { Name = EndpointPath.NameOf(place), Kind = EntryKind.File, Size = options.Length!.Value, ModifiedAt = SecondsOf(time) };
        }

        return await session.Control.FindAsync(place, CancellationToken.None).ConfigureAwait(false)
            ?? throw new EndpointException(EndpointError.ContentDiffers, $"'{where}' was written, and is not there any more: somebody removed it meanwhile.", isTransient: true);
    }

    /// <summary>Rclone is let finish what it has begun, for a while: a file in whose making it is interrupted may come to be after it was removed.</summary>
    private async ValueTask FinishAsync(Func<CancellationToken, ValueTask> step, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var registration = cancellationToken.UnsafeRegister(_ => patience.CancelAfter(stepPatience), null).ConfigureAwait(false);
        await step(patience.Token).ConfigureAwait(false);
    }

    /// <summary>Rclone forgets a file whose upload failed, while its system may have kept a part: the system itself is asked to remove it, as far as it can be reached.</summary>
    private async ValueTask TryRemoveAsync(string partial)
    {
        using var patience = new CancellationTokenSource(cleaningPatience, clock);
        try
        {
            await session.Control.RemoveAsync(partial, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            // It is gone, or nothing can be done: the failure that led here is told, and the name says whose file it is.
        }
    }

    /// <summary>As SFTP says it.</summary>
    private static DateTimeOffset SecondsOf(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(Math.Min(time.ToUnixTimeSeconds(), uint.MaxValue));

    private void CheckTime(Entry there, WriteOptions options)
    {
        if (options.ModifiedAt is not { } wanted || session.Features.TimePrecision is not { } precision || there.ModifiedAt is not { } got)
        {
            return;
        }

        var kept = Math.Clamp(wanted.ToUnixTimeSeconds(), timeFirst.ToUnixTimeSeconds(), uint.MaxValue);
        if (Math.Abs(got.ToUnixTimeSeconds() - kept) > precision.TotalSeconds && Interlocked.Exchange(ref saidNoTimes, 1) == 0)
        {
            notice($"{Address}: the system behind it does not take modification times from rclone. Files are compared by their size only.");
        }
    }
}
