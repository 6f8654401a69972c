using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Bytes that are here already, and after them, where there may be more, the rest of the file.</summary>
internal sealed class SftpPrefetchedStream : ContentStream
{
    private readonly int length;
    private readonly Func<CancellationToken, ValueTask<Stream>>? openRest;
    private byte[]? buffer;
    private int taken;
    private Stream? rest;

    /// <param name="buffer">Of the shared pool, given back at the end.</param>
    /// <param name="length">How many bytes of it count.</param>
    /// <param name="openRest">Opens what follows; null when that is all.</param>
    public SftpPrefetchedStream(byte[] buffer, int length, Func<CancellationToken, ValueTask<Stream>>? openRest)
    {
        this.buffer = buffer;
        this.length = length;
        this.openRest = openRest;
    }

    public override bool CanRead => buffer is not null;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(this.buffer is null, this);
        var count = Math.Min(length - taken, buffer.Length);
        if (count == 0 && openRest is not null && buffer.Length > 0)
        {
            return ReadRestAsync(buffer, cancellationToken);
        }

        this.buffer.AsSpan(taken, count).CopyTo(buffer.Span);
        taken += count;
        return new(count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && buffer is { } pooled)
        {
            buffer = null;
            ArrayPool<byte>.Shared.Return(pooled);
            rest?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadRestAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        rest ??= await openRest!(cancellationToken).ConfigureAwait(false);
        return await rest.ReadAsync(target, cancellationToken).ConfigureAwait(false);
    }
}
