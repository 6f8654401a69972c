using Gantry.Engine.Endpoints;
using Gantry.TestServers;

namespace Gantry.Engine.Specs.Endpoints;

public sealed class MemoryEndpointSpecs : EndpointContract
{
    protected override ValueTask<IEndpoint> OpenAsync() => ValueTask.FromResult<IEndpoint>(new MemoryEndpoint());
}
