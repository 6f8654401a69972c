using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>
/// The secrets that one user may use in one workspace, each looked up once: an execution sees the same value from its first step to its last. One's own
/// credential goes before the workspace's of the same name, which is in the database or in the store that the workspace chose.
/// </summary>
internal sealed class WorkspaceSecrets(Actor actor, HubDatabase database, CredentialVault vault, WorkspaceStores stores, UseTimes times) : ISecretResolver, IDisposable
{
    private readonly Dictionary<string, Secret?> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim asking = new(1, 1);
    private string workspacePlace = "this workspace's";

    public string Places => $"your own credentials and {workspacePlace} (GET /api/credentials)";

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await FindAllAsync([name], cancellationToken)).GetValueOrDefault(name);

    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            var unknown = names.Where(name => !known.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToList();
            if (unknown.Count > 0) await LookUpAsync(unknown, cancellationToken);
            return names.Distinct(StringComparer.Ordinal).Where(name => known[name] is not null).ToDictionary(name => name, name => known[name]!, StringComparer.Ordinal);
        }
        finally
        {
            asking.Release();
        }
    }

    public async ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        using var store = await stores.OpenAsync(session, cancellationToken);
        var filter = new CredentialFilter { IsWithoutSharedValues = store is not null };
        var found = await CredentialStore.ListAsync(session, filter, limit: 10_000, cancellationToken);
        var names = found.SelectMany(credential => credential.Provider is null ? [credential.Name] : credential.Fields.Select(field => $"{credential.Name}.{field}"));
        return [.. names, .. store is null ? [] : (await store.ListAsync(cancellationToken)).Select(entry => entry.Name)];
    }

    /// <summary>Wipes what was found.</summary>
    public void Dispose()
    {
        foreach (var secret in known.Values) secret?.Dispose();
        asking.Dispose();
    }

    private async Task LookUpAsync(List<string> names, CancellationToken cancellationToken)
    {
        var (rows, store) = await AskAsync(names, cancellationToken);
        using (store)
        {
            var byName = rows.Where(row => store is null || row.UserId is not null || row.Provider is not null).ToLookup(row => row.Name, StringComparer.Ordinal);
            Dictionary<string, Secret?> found = new(StringComparer.Ordinal);
            List<Guid> used = [];
            foreach (var name in names)
            {
                var (row, field) = Choose(byName, name);
                if (row is null) continue;
                found[name] = await OpenAsync(row, field, cancellationToken);
                used.Add(row.Id);
            }

            if (store is not null) await AddAsync(found, store, [.. names.Where(name => !found.ContainsKey(name))], cancellationToken);
            foreach (var name in names) known[name] = found.GetValueOrDefault(name);
            times.Add(actor.WorkspaceId!.Value, used);
        }
    }

    private async Task<(IReadOnlyList<SealedCredential> Rows, ISecretStore? Store)> AskAsync(List<string> names, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        var store = await stores.OpenAsync(session, cancellationToken);
        if (store is not null) workspacePlace = "those in " + store.Place;
        var asked = names.Concat(names.Select(ProviderOf).OfType<string>()).Distinct(StringComparer.Ordinal);
        return (await CredentialStore.SealedAsync(session, [.. asked], cancellationToken), store);
    }

    private async Task AddAsync(Dictionary<string, Secret?> found, ISecretStore store, List<string> missing, CancellationToken cancellationToken)
    {
        // Those who may not use credentials get none of the database, and none of here.
        await using (var session = await database.OpenAsync(actor, cancellationToken))
        {
            if (missing.Count == 0 || !await session.FindAsync<bool>("select may_use_credentials()", null, cancellationToken)) return;
        }

        // The store is closed by whoever opened it.
        foreach (var (name, secret) in await new StoredSecrets(store).FindAllAsync(missing, cancellationToken)) found[name] = secret;
    }

    private async ValueTask<Secret?> OpenAsync(SealedCredential row, string field, CancellationToken cancellationToken)
    {
        if (await vault.OpenAsync(actor.WorkspaceId!.Value, row, field, cancellationToken) is not { } value) return null;
        var secret = new Secret(value).For(row.AllowedHosts);
        CredentialVault.Wipe([value]);
        return secret;
    }

    /// <summary>The credential of exactly this name; else the field behind the last point, of the provider before it.</summary>
    private static (SealedCredential? Row, string Field) Choose(ILookup<string, SealedCredential> rows, string name)
    {
        if (First(rows[name].Where(row => row.Provider is null || row.Fields.Length == 1)) is { } exact) return (exact, exact.Fields[0]);
        if (ProviderOf(name) is not { } provider) return (null, "");
        var field = name[(provider.Length + 1)..];
        return (First(rows[provider].Where(row => row.Provider is not null && row.Fields.Contains(field))), field);
    }

    private static SealedCredential? First(IEnumerable<SealedCredential> rows) => rows.OrderBy(row => row.UserId is null).FirstOrDefault();

    private static string? ProviderOf(string name) => name.LastIndexOf('.') is > 0 and var point ? name[..point] : null;
}

/// <summary>The secrets that a user may use in a workspace, for one execution or one test; one that can be disposed of wipes them.</summary>
internal delegate ISecretResolver SecretsOf(Actor actor);
