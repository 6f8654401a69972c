using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>Opens what one user names: a saved endpoint of the workspace, or an address, both within what that user may name.</summary>
internal sealed class HubEndpointOpener(EndpointAccess access, Actor actor, ISecretResolver secrets, Action<string> notice) : IEndpointOpener
{
    private const int AttemptsMax = 5;

    /// <summary>A database that restarts meanwhile is waited for; when it stays away, the failure is transient.</summary>
    public async ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (settings, isFree) = await ResolveAsync(address, cancellationToken);
                return access.Open(settings, isFree ? null : actor, secrets, notice);
            }
            catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
            {
                if (attempt == AttemptsMax)
                    throw new EndpointException(EndpointError.Disconnected, $"'{EndpointPath.Printable(address)}' cannot be looked up: the database does not answer.", isTransient: true, lost);
            }
        }
    }

    private async ValueTask<(EndpointSettings Settings, bool IsFree)> ResolveAsync(string address, CancellationToken cancellationToken)
    {
        var given = NamedAddress.TryParse(address, out var named) ? null : access.Parse(address);
        await using var session = await access.Database.OpenAsync(actor, cancellationToken);
        if (given is not null) return (given, await EndpointAccess.IsAdministratorAsync(session, cancellationToken));
        var saved = await EndpointStore.FindAsync(session, named!.Name, cancellationToken)
            ?? throw new EndpointException(EndpointError.BadSetting, $"There is no endpoint '{named.Name}' in this workspace. GET /api/endpoints lists them.");
        return (named.Under(saved.Settings), saved.IsGranted || await EndpointAccess.IsAdministratorAsync(session, cancellationToken));
    }
}
