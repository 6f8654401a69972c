using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Local;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class LocalContractSpecs : EndpointContract
{
    private readonly TemporaryFolder folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override ValueTask<IEndpoint> OpenAsync() => ValueTask.FromResult<IEndpoint>(new LocalEndpoint(folder.Path, allowedRoots: null));
}
