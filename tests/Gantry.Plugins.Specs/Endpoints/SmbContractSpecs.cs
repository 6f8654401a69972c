using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SmbContractSpecs(SharedSambaServer shared) : EndpointContract
{
    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    protected override bool TellsCaseApart => false;

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var server = await shared.GetAsync();
        return new SmbKind().Open(server.Settings($"share/{server.NewFolder()}"), server.Context());
    }
}

/// <summary>The same on a share that tells upper from lower case.</summary>
public sealed class SmbExactContractSpecs(SharedSambaServer shared) : EndpointContract
{
    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var server = await shared.GetAsync();
        return new SmbKind().Open(server.Settings($"Exact/{server.NewFolder("Exact")}"), server.Context());
    }
}
