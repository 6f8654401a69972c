using System.Buffers;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Cuts a stream into parts and keeps several of them on their way.</summary>
internal sealed class S3PartStream(S3RangedWrite write, int partBytes)
{
    // Each is held in memory.
    private const int PartsAtOnce = 3;
    private readonly List<Task> running = [];

    public async ValueTask SendAsync(ReadOnlyMemory<byte> first, Stream content, long? length, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var offset = 0L;
            for (var number = 1; ; number++)
            {
                // A length that is known beforehand bounds what is read: one byte more shows that there is more.
                var bytes = length is null ? S3Parts.BytesOfUnknown(number, partBytes) : write.RangeBytes;
                if (offset > length || !await SendPartAsync(offset, number, bytes, first, content, stopping.Token).ConfigureAwait(false))
                {
                    break;
                }

                first = first[Math.Min(bytes, first.Length)..];
                offset += bytes;
            }

            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>False when that was the last one.</summary>
    private async ValueTask<bool> SendPartAsync(
        long offset, int number, int bytes, ReadOnlyMemory<byte> first, Stream content, CancellationToken cancellationToken)
    {
        while (running.Count >= PartsAtOnce)
        {
            var ended = await Task.WhenAny(running).ConfigureAwait(false);
            running.Remove(ended);
            await ended.ConfigureAwait(false);
        }

        byte[]? buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var given = Math.Min(bytes, first.Length);
            first[..given].CopyTo(buffer);
            var read = given + await content.ReadAtLeastAsync(buffer.AsMemory(given, bytes - given), bytes - given, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                running.Add(SendAsync(offset, number, buffer, read, cancellationToken));
                buffer = null;
            }

            return read == bytes;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task SendAsync(long offset, int number, byte[] buffer, int count, CancellationToken cancellationToken)
    {
        try
        {
            await write.WritePartAsync(number, offset, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
