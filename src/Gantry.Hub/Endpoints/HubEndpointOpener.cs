using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>Opens what one user names: a saved endpoint of the workspace, or an address, both within what that user may name.</summary>
internal sealed class HubEndpointOpener(EndpointAccess access, Actor actor, ISecretResolver secrets, Action<string> notice) : IEndpointOpener
{
    private const int AttemptsMax = 5;

    public async ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
    {
        var (settings, isFree) = await ResolvePatientlyAsync(address, cancellationToken);
        return access.Open(settings, isFree ? null : actor, secrets, notice);
    }

    public async ValueTask<IEndpoint> OpenAsync(EndpointSettings settings, CancellationToken cancellationToken) =>
        access.Open(settings, await IsFreeAsync(settings, cancellationToken) ? null : actor, secrets, notice);

    public async Task<int?> RunAsync(EndpointSettings settings, HostCommand command, CancellationToken cancellationToken) =>
        await access.RunAsync(settings, await IsFreeAsync(settings, cancellationToken) ? null : actor, secrets, command, cancellationToken);

    public async ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            var (settings, _) = await ResolvePatientlyAsync(address, cancellationToken);
            var kind = access.Catalog.Find(settings.Kind);
            return [.. settings.Values.Where(pair => kind?.Settings.FirstOrDefault(setting => setting.Name == pair.Key) is { IsSecret: true })
                .Select(pair => SecretRef.Parse(pair.Value)?.Name).OfType<string>()];
        }
        catch (EndpointException)
        {
            // The step that opens it tells why it cannot.
            return [];
        }
    }

    /// <summary>Those of a saved endpoint, whether it has bounds now or gets some while the transfer runs; null for an address that is not saved.</summary>
    public async ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken)
    {
        if (!NamedAddress.TryParse(address, out var named))
            return null;
        var saved = await PatientlyAsync(address, () => FindSavedAsync(named.Name, cancellationToken));
        return saved is null ? null : access.Limits.Of(actor.WorkspaceId!.Value, saved);
    }

    private async ValueTask<SavedEndpoint?> FindSavedAsync(string name, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(actor, cancellationToken);
        return await EndpointStore.FindAsync(session, name, cancellationToken);
    }

    private ValueTask<(EndpointSettings Settings, bool IsFree)> ResolvePatientlyAsync(string address, CancellationToken cancellationToken) =>
        PatientlyAsync(address, () => ResolveAsync(address, cancellationToken));

    private ValueTask<bool> IsFreeAsync(EndpointSettings settings, CancellationToken cancellationToken) =>
        PatientlyAsync(settings.Find("host") ?? settings.Kind, async () =>
        {
            await using var session = await access.Database.OpenAsync(actor, cancellationToken);
            return await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
        });

    /// <summary>A database that restarts meanwhile is waited for; when it stays away, the failure is transient.</summary>
    private static async ValueTask<T> PatientlyAsync<T>(string address, Func<ValueTask<T>> look)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await look();
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
            ?? throw new EndpointException(EndpointError.BadSetting, $"There is no endpoint '{named.Name}' in this workspace. Save one of this name, or name another.");
        return (named.Under(saved.Settings), saved.IsGranted || await EndpointAccess.IsAdministratorAsync(session, cancellationToken));
    }
}
