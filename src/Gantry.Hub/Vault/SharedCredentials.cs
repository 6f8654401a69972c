using System.Text;
using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>
/// The workspace's credentials where they rest in another store than the database. Each change and each reading goes into the audit log first, and is on record only
/// when the store did it.
/// </summary>
internal sealed class SharedCredentials(WorkspaceStores stores)
{
    /// <summary>Null when the workspace's credentials are in the database. Whoever opened it closes it.</summary>
    public Task<ISecretStore?> OpenAsync(HubSession session, CancellationToken cancellationToken) => stores.OpenAsync(session, cancellationToken);

    public static async Task<IEnumerable<CredentialView>> ListAsync(ISecretStore store, CredentialFilter filter, CancellationToken cancellationToken) =>
        filter.IsShared == false || filter.Provider is not null ? []
        : (await store.ListAsync(cancellationToken)).Select(CredentialView.Of)
            .Where(view => filter.Website is null || view.Website == filter.Website)
            .Where(view => filter.AfterName is null || string.CompareOrdinal(view.Name, filter.AfterName) is var order && (order > 0 || (order == 0 && !filter.AfterShared)));

    /// <summary>Null when it is not there.</summary>
    public static async Task<CredentialView?> FindAsync(ISecretStore store, string name, CancellationToken cancellationToken)
    {
        using var secret = await ReadAsync(store, name, cancellationToken);
        return secret is null ? null : CredentialView.Of(secret.Entry);
    }

    /// <summary>Stores it, or changes the one that is there; what is not given stays. Commits the session.</summary>
    public static async Task<(CredentialView View, bool IsNew)> SaveAsync(
        HubSession session, Caller caller, ISecretStore store, CredentialChange change, HttpContext context, CancellationToken cancellationToken)
    {
        CredentialWriter.RequireRight(caller, CredentialScope.Workspace);
        using var present = await ReadAsync(store, change.Name, cancellationToken);
        if (present is not null && change.MustBeNew) throw ProblemException.Conflict($"There is a credential '{change.Name}' already. Change it with PUT.");
        using var given = change.Fields is { } fields ? new Secret(fields[CredentialNames.Value].Bytes) : null;
        var value = given ?? present?.Value ?? throw ProblemException.Invalid($"There is no credential '{change.Name}' yet, so it needs a 'value'.");
        var entry = new SecretEntry
        {
            Name = change.Name,
            Website = change.Website ?? present?.Entry.Website,
            Type = change.Type ?? present?.Entry.Type,
            AllowedHosts = change.AllowedHosts ?? present?.Entry.AllowedHosts ?? [],
        };
        await AuditLog.AppendAsync(session, context, present is null ? "credential.created" : "credential.changed", change.Name, new { Scope = CredentialScope.Workspace, store.Place }, cancellationToken);
        var write = new SecretWrite(entry, value) { ExpectedVersion = present is null ? SecretWrite.New : change.Version ?? present.Entry.Version };
        await store.PutAsync([write], cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (await FindAsync(store, change.Name, cancellationToken) ?? CredentialView.Of(entry), present is null);
    }

    /// <summary>Removes it and commits the session. False when it is not there.</summary>
    public static async Task<bool> DeleteAsync(
        HubSession session, Caller caller, ISecretStore store, string name, HttpContext context, CancellationToken cancellationToken)
    {
        CredentialWriter.RequireRight(caller, CredentialScope.Workspace);
        await AuditLog.AppendAsync(session, context, "credential.deleted", name, new { Scope = CredentialScope.Workspace, store.Place }, cancellationToken);
        if (!await store.DeleteAsync(name, cancellationToken)) return false;
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The value, once its reading is on record; null when it is not there. Commits the session.</summary>
    public static async Task<RevealedValue?> RevealAsync(HubSession session, ISecretStore store, string name, HttpContext context, CancellationToken cancellationToken)
    {
        using var secret = await ReadAsync(store, name, cancellationToken);
        if (secret is null) return null;
        await AuditLog.AppendAsync(session, context, "credential.revealed", name, new { Scope = CredentialScope.Workspace, store.Place }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new RevealedValue(Encoding.UTF8.GetString(secret.Value.Utf8));
    }

    private static async Task<Found?> ReadAsync(ISecretStore store, string name, CancellationToken cancellationToken) =>
        (await store.FindAsync([name], cancellationToken)).GetValueOrDefault(name) is { } stored ? new Found(stored.Entry, stored.Value) : null;

    private sealed record Found(SecretEntry Entry, Secret Value) : IDisposable
    {
        public void Dispose() => Value.Dispose();
    }
}
