using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>
/// The secrets that one user may use in one workspace, each looked up once: an execution sees the same value from its first step to its last. One's own
/// credential goes before the workspace's of the same name.
/// </summary>
internal sealed class WorkspaceSecrets(Actor actor, HubDatabase database, CredentialVault vault, UseTimes times) : ISecretResolver, IDisposable
{
    private readonly Dictionary<string, Secret?> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim asking = new(1, 1);

    public string Places => "the credentials of this workspace and your own (GET /api/credentials)";

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
        var found = await CredentialStore.ListAsync(session, new CredentialFilter(), limit: 10_000, cancellationToken);
        return [.. found.SelectMany(credential => credential.Provider is null ? [credential.Name] : credential.Fields.Select(field => $"{credential.Name}.{field}"))];
    }

    /// <summary>Wipes what was found.</summary>
    public void Dispose()
    {
        foreach (var secret in known.Values) secret?.Dispose();
        asking.Dispose();
    }

    private async Task LookUpAsync(List<string> names, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealedCredential> rows;
        await using (var session = await database.OpenAsync(actor, cancellationToken))
            rows = await CredentialStore.SealedAsync(session, [.. names.Concat(names.Select(ProviderOf).OfType<string>()).Distinct(StringComparer.Ordinal)], cancellationToken);
        var byName = rows.ToLookup(row => row.Name, StringComparer.Ordinal);
        List<Guid> used = [];
        foreach (var name in names)
        {
            var (row, field) = Choose(byName, name);
            known[name] = row is null ? null : await OpenAsync(row, field, cancellationToken);
            if (row is not null) used.Add(row.Id);
        }

        times.Add(actor.WorkspaceId!.Value, used);
    }

    private async ValueTask<Secret?> OpenAsync(SealedCredential row, string field, CancellationToken cancellationToken)
    {
        try
        {
            if (await vault.OpenAsync(actor.WorkspaceId!.Value, row, field, cancellationToken) is not { } value) return null;
            var secret = new Secret(value).For(row.AllowedHosts);
            CredentialVault.Wipe([value]);
            return secret;
        }
        catch (Keys.VaultException broken)
        {
            throw new SecretStoreException(SecretStoreError.Tampered, broken.Message);
        }
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
