using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>Opens what one user names: a saved endpoint of the workspace, or an address, both within what that user may name.</summary>
internal sealed class HubEndpointOpener(EndpointAccess access, Actor actor, ISecretResolver secrets) : IEndpointOpener
{
    public async ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
    {
        if (!NamedAddress.TryParse(address, out var named))
        {
            await using var session = await access.Database.OpenAsync(actor, cancellationToken);
            return access.Open(access.Parse(address), await EndpointAccess.IsAdministratorAsync(session, cancellationToken), secrets);
        }

        await using (var session = await access.Database.OpenAsync(actor, cancellationToken))
        {
            var saved = await EndpointStore.FindAsync(session, named.Name, cancellationToken)
                ?? throw new EndpointException(EndpointError.BadSetting, $"There is no endpoint '{named.Name}' in this workspace. GET /api/endpoints lists them.");
            var isFree = saved.IsGranted || await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
            return access.Open(named.Under(saved.Settings), isFree, secrets);
        }
    }
}
