using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Breaks at a byte: with a lost connection, or by calling what it is given.</summary>
internal sealed class BreakingStream(Stream inner, long bytesMax, Action? instead = null) : ContentStream
{
    private long read;

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

    private static void Break() => throw new EndpointException(EndpointError.Disconnected, "The connection was lost.", isTransient: true);
}
