using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SftpContractSpecs(SharedSshServer shared) : EndpointContract
{
    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var server = await shared.GetAsync();
        return new SftpKind().Open(server.Settings(server.NewFolder()), server.Context());
    }
}
