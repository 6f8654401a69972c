using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Carries one small file after the other on the short way: read whole, handed over whole, told when it is there, and on with the next, without
/// a task or a thread for any of them. Whatever is not plain success goes the long way of <see cref="FileCopier"/>, which knows every failure.
/// </summary>
internal sealed class QuickLane(FileCopier copier, TransferRun run, IWritesWhole target) : IWholeWriteReceiver
{
    private byte[] buffer = [];
    private FileJob? job;
    private string partialName = "";
    private int isLeft;

    /// <summary>Begins with this file, for which there is room in flight; returns at once. The lane is left when no file follows.</summary>
    public void Carry(FileJob first)
    {
        try
        {
            for (var next = first; next is not null; next = copier.NextOnLane(next))
            {
                job = next;
                if (TryBegin(next))
                {
                    return;
                }

                copier.GoLongWay(next);
            }

            Leave();
        }
        catch (Exception exception)
        {
            run.Stop.Fault(exception);
            Leave();
        }
    }

    public void OnEnded(WholeWriteEnd end)
    {
        if (Volatile.Read(ref isLeft) != 0)
        {
            return;
        }

        try
        {
            Settle(job!, end);
        }
        catch (Exception exception)
        {
            run.Stop.Fault(exception);
        }

        if (copier.NextOnLane(job!) is { } next)
        {
            Carry(next);
        }
        else
        {
            Leave();
        }
    }

    /// <summary>The transfer was ended a while ago, and the server still does not answer: it is not waited for any longer.</summary>
    public void Abandon() => Leave(keepsBuffer: true);

    private void Settle(FileJob ended, WholeWriteEnd end)
    {
        if (end == WholeWriteEnd.Written)
        {
            run.Target.Succeeded();
            copier.Arrived(ended);
        }
        else if (!run.Token.IsCancellationRequested)
        {
            ended.Leftovers = end == WholeWriteEnd.Lost ? [.. ended.Leftovers, new Leftover(partialName, 0, null, LeftoverWriter.ThisAttempt)] : ended.Leftovers;
            copier.GoLongWay(ended);
        }
        else if (end == WholeWriteEnd.Lost)
        {
            copier.LookFor(ended);
        }
    }

    private bool TryBegin(FileJob file)
    {
        run.Started(file);
        var size = (int)file.Entry.Size;
        var ahead = run.Ahead.ContentOf(file, size);
        if (ahead is null && !TryRead(file, size))
        {
            return false;
        }

        file.Source.Succeeded();
        var options = copier.OptionsOf(file);
        partialName = options.PartialName;
        return target.TryBeginWrite(file.TargetPath, ahead ?? buffer.AsMemory(0, size), options, this, run.Token);
    }

    /// <summary>One byte more than the listing told shows whether the file has grown.</summary>
    private bool TryRead(FileJob file, int size)
    {
        if (buffer.Length <= size)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(size + 1);
        }

        try
        {
            return ((IReadsWhole)file.Source.Endpoint).ReadWhole(file.SourcePath, buffer.AsSpan(0, size + 1)) == size;
        }
        catch (EndpointException)
        {
            // The long way finds out again what it is, and tells it.
            return false;
        }
    }

    /// <param name="keepsBuffer">It may still be read, and is left to the garbage collector.</param>
    private void Leave(bool keepsBuffer = false)
    {
        if (Interlocked.Exchange(ref isLeft, 1) != 0)
        {
            return;
        }

        if (!keepsBuffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        copier.LeaveLane(this, job!);
    }
}
