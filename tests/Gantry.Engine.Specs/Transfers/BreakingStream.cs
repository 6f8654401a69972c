using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Breaks at a byte: with a lost connection, or by calling what it is given.</summary>
internal sealed class BreakingStream(Stream inner, long bytesMax, Action? instead = null) : Stream
{
    private long read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (read >= bytesMax)
        {
            (instead ?? Break)();
            cancellationToken.ThrowIfCancellationRequested();
        }

        var count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Math.Max(1, bytesMax - read))], cancellationToken);
        read += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static void Break() => throw new EndpointException(EndpointError.Disconnected, "The connection was lost.", isTransient: true);
}
