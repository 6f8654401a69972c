using Gantry.Engine.Endpoints;
using Gantry.TestServers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Says after each writing that one byte is missing.</summary>
internal sealed class LyingEndpoint(IEndpoint inner) : PassingEndpoint(inner)
{
    public override async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var entry = await base.WriteAsync(path, content, options, cancellationToken);
        return entry with { Size = entry.Size - 1 };
    }
}
