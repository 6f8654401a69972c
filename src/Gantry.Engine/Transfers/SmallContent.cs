using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A small file's bytes, in a borrowed buffer.</summary>
internal sealed class SmallContent : IDisposable
{
    private readonly byte[] bytes;
    private readonly int count;

    private SmallContent(byte[] buffer, int length)
    {
        bytes = buffer;
        count = length;
    }

    /// <summary>Null when it could not be read: then the failure is recorded, or the file is put off because it changes.</summary>
    public static async ValueTask<SmallContent?> ReadAsync(FileJob job, Action<FileJob> putOff, TransferRun run)
    {
        // One byte more than the listing told shows whether the file has grown.
        var size = (int)job.Entry.Size;
        var buffer = ArrayPool<byte>.Shared.Rent(size + 1);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await job.Source.Gate.PassAsync(size);
                var length = await ReadOnceAsync(job, buffer.AsMemory(0, size + 1), run.Token);
                job.Source.Succeeded();
                if (length == size)
                {
                    return new SmallContent(buffer, length);
                }

                break;
            }
            catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
            {
                break;
            }
            catch (EndpointException exception)
            {
                if (!await job.Source.WaitToRetryAsync(exception, attempt))
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    run.Fail(job.Folder, job.Path, exception);
                    run.Finish(job);
                    return null;
                }
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        putOff(job);
        return null;
    }

    /// <summary>Until it is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes.AsMemory(0, count);

    public Stream AsStream() => new MemoryStream(bytes, 0, count, writable: false, publiclyVisible: true);

    public ValueTask<string> Hash(string name)
    {
        using var hash = ContentHash.Incremental(name)!;
        hash.AppendData(bytes, 0, count);
        return ValueTask.FromResult(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private static async ValueTask<int> ReadOnceAsync(FileJob job, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (job.Source.Endpoint is IFetchesWhole source && await source.FetchWholeAsync(job.SourcePath, buffer, cancellationToken) is { } fetched)
        {
            job.Details = fetched.Details ?? job.Details;
            return fetched.Length;
        }

        await using var stream = await job.Source.Endpoint.OpenReadAsync(job.SourcePath, 0, job.Entry.Size, cancellationToken);
        job.Learn(stream);
        var length = 0;
        while (length < buffer.Length && await stream.ReadAsync(buffer[length..], cancellationToken) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }
}
