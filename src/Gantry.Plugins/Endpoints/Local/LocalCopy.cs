using System.Buffers;
using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>
/// A large file of this machine copied onto this machine: its blocks shared where the file system can; else copied inside the kernel on several
/// threads, holes left as holes; else read and written. It goes on where an earlier attempt was killed.
/// </summary>
internal sealed class LocalCopy(SafeFileHandle source, string sourcePath, LocalPartial target, string targetPath, CancellationToken cancellationToken)
{
    private const int BufferBytes = 1024 * 1024;
    private const long PieceBytes = 8 * 1024 * 1024;

    // All before it is copied when the next one is begun: what a killed attempt left is certain but for its last one.
    private const long WaveBytes = 64 * 1024 * 1024;

    private static readonly int threads = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private bool isKernelUnable;

    /// <param name="expectedBytes">As listed. A source of another length, or one that is changed meanwhile, fails with ContentDiffers.</param>
    public Entry Run(long? expectedBytes)
    {
        Check(LinuxFiles.Stat(source, out var stat), sourcePath);
        var start = Math.Max(0, target.Standing - WaveBytes) / WaveBytes * WaveBytes;
        if (start > 0 || LinuxFiles.CloneFrom(target.File, source) < 0)
        {
            CopyFrom(start, stat.Size, stat.HasHoles);
            SetLength(stat.Size);
        }

        Check(LinuxFiles.Stat(source, out var now), sourcePath);
        return now.Size == stat.Size && now.ModifiedAt == stat.ModifiedAt && (expectedBytes ?? now.Size) == now.Size
            ? target.Publish(stat.Size)
            : throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{EndpointPath.Printable(sourcePath)}' was announced with {expectedBytes} bytes and has {now.Size} now: it was changed meanwhile.",
                isTransient: true);
    }

    private void CopyFrom(long start, long size, bool hasHoles)
    {
        for (var offset = start; offset < size;)
        {
            var end = size;
            if (hasHoles)
            {
                var data = LinuxFiles.Seek(source, offset, isForData: true);
                if (data == -LocalErrors.NoSuchDevice)
                {
                    return;
                }

                // A file system that knows no holes has data everywhere.
                offset = data < 0 ? offset : data;
                var hole = LinuxFiles.Seek(source, offset, isForData: false);
                end = hole < 0 ? size : Math.Min(hole, size);
            }

            for (; offset < end; offset += WaveBytes)
            {
                CopyWave(offset, Math.Min(end, offset + WaveBytes));
            }

            offset = end;
        }
    }

    private void CopyWave(long start, long end)
    {
        var pieces = (int)((end - start + PieceBytes - 1) / PieceBytes);
        if (pieces == 1)
        {
            CopyPiece(start, end);
            return;
        }

        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece =>
                CopyPiece(start + (piece * PieceBytes), Math.Min(end, start + ((piece + 1) * PieceBytes))));
        }
        catch (AggregateException exception) when (exception.InnerException is EndpointException or OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerException);
        }
    }

    private void CopyPiece(long offset, long end)
    {
        while (offset < end && !Volatile.Read(ref isKernelUnable))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var copied = LinuxFiles.CopyRange(source, target.File, offset, end - offset);
            if (copied > 0)
            {
                offset += copied;
            }
            else if (copied == 0)
            {
                // The source has become shorter, which is found out at the end.
                return;
            }
            else if (copied != -LocalErrors.Interrupted)
            {
                // Other file systems, or a full disk: writing finds out.
                Volatile.Write(ref isKernelUnable, true);
            }
        }

        if (offset < end)
        {
            ReadAndWrite(offset, end);
        }
    }

    private void ReadAndWrite(long offset, long end)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferBytes, end - offset));
        try
        {
            while (offset < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = LinuxFiles.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
                if (read == 0)
                {
                    return;
                }

                if (read > 0)
                {
                    target.WriteAt(buffer.AsSpan(0, read), offset);
                    offset += read;
                }
                else if (read != -LocalErrors.Interrupted)
                {
                    throw LocalErrors.Of(-read, sourcePath);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A hole at its end is made by this.</summary>
    private void SetLength(long size)
    {
        Check(LinuxFiles.Stat(target.File, out var stat), targetPath);
        if (stat.Size < size)
        {
            Check(LinuxFiles.SetLength(target.File, size), targetPath);
        }
    }

    private static void Check(int answer, string path)
    {
        if (answer < 0)
        {
            throw LocalErrors.Of(-answer, path);
        }
    }
}
