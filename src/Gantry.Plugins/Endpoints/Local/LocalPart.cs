using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>So many bytes of a stream, and no more.</summary>
internal sealed class LocalPart(Stream inner, long length) : ContentStream(inner)
{
    private long left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = left == 0 ? 0 : await Inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
        left -= read;
        return read;
    }
}
