using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>Credentials by provider: several fields, which are written and never shown.</summary>
internal sealed class ProviderCredentialRoutes(HubDatabase database, CredentialWriter writer)
{
    public async Task<Page<CredentialView>> ListAsync(Caller caller, string? scope, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var (afterName, afterShared) = CredentialRoutes.CursorOf(after);
        var filter = new CredentialFilter
        {
            IsOfProvider = true,
            IsShared = CredentialRoutes.ScopeOf(scope) is { } asked ? asked == CredentialScope.Workspace : null,
            AfterName = afterName,
            AfterShared = afterShared,
        };
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await CredentialStore.ListAsync(session, filter, count + 1, cancellationToken);
        return Page<CredentialView>.From([.. found.Select(CredentialView.Of)], count, CredentialRoutes.CursorAfter);
    }

    public async Task<CredentialView> ShowAsync(string provider, Caller caller, string? scope, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return CredentialView.Of(await FindAsync(session, provider, CredentialRoutes.ScopeOf(scope), cancellationToken));
    }

    public async Task<IResult> PutAsync(
        string provider, ProviderCredentialRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.Fields is not null) CredentialNames.CheckFields([.. request.Fields.Keys]);
        var change = new CredentialChange
        {
            Name = CredentialNames.Provider(provider),
            Provider = provider,
            Fields = request.Fields,
            Scope = request.Scope,
            AllowedHosts = CredentialNames.Hosts(request.AllowedHosts),
            Version = request.Version,
        };
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var (credential, isNew) = await writer.SaveAsync(session, caller, change, context, cancellationToken);
        await session.CommitAsync(cancellationToken);
        foreach (var value in request.Fields?.Values ?? []) value.Dispose();
        var view = CredentialView.Of(credential);
        return isNew ? TypedResults.Created($"/api/provider-credentials/{provider}", view) : TypedResults.Ok(view);
    }

    public async Task<IResult> DeleteAsync(string provider, Caller caller, string? scope, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var credential = await FindAsync(session, provider, CredentialRoutes.ScopeOf(scope), cancellationToken);
        await writer.DeleteAsync(session, caller, credential, context, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Credential> FindAsync(HubSession session, string provider, CredentialScope? scope, CancellationToken cancellationToken) =>
        (await CredentialStore.FindAsync(session, provider, cancellationToken)).FirstOrDefault(found => found.IsOfProvider && (scope is null || found.Scope == scope))
        ?? throw ProblemException.NotFound($"There are no credentials for the provider '{(provider.Length <= 64 ? provider : provider[..64])}' that you can see.");
}
