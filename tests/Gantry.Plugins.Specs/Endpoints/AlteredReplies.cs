using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What a server says, changed on its way by whoever derives from this; read as a pipe's reader reads it, on a thread of its own.</summary>
internal abstract class AlteredReplies(Stream inner) : ContentStream(inner)
{
    public abstract override int Read(byte[] buffer, int offset, int count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Read it with Read.");
}
