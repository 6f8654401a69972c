using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>A source at which something happens when so many bytes of one file were read for the first time.</summary>
public sealed class HappeningSource(IEndpoint inner, string name, int afterBytes, Func<Task> happen) : PassingEndpoint(inner)
{
    private const int PortionBytes = 100_000;

    /// <summary>How often the file was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How many bytes of it were read when it was first opened.</summary>
    public long Given { get; private set; }

    public override async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        var stream = await base.OpenReadAsync(path, offset, expectedSize, cancellationToken);
        return path == name && ++Opened == 1 ? new HappeningStream(this, stream, afterBytes, happen) : stream;
    }

    private sealed class HappeningStream(HappeningSource source, Stream inner, int afterBytes, Func<Task> happen) : ContentStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var before = source.Given;
            var read = await Inner.ReadAsync(buffer[..Math.Min(buffer.Length, PortionBytes)], cancellationToken);
            source.Given += read;
            if (before < afterBytes && source.Given >= afterBytes)
            {
                await happen();
            }

            return read;
        }
    }
}
