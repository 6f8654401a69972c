using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>
/// The secrets that one user may use in one workspace, each looked up once: an execution sees the same value from its first step to its last. One's own
/// credential goes before the workspace's of the same name, which is in the database or in the store that the workspace chose.
/// </summary>
internal sealed class WorkspaceSecrets(
    Actor actor, HubDatabase database, CredentialVault vault, WorkspaceStores stores, UseTimes times, TimeProvider clock) : ISecretResolver, IDisposable
{
    private readonly Dictionary<string, Secret?> known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim asking = new(1, 1);

    public string Places { get; private set; } = "this workspace's credentials and your own";

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await FindAllAsync([name], cancellationToken)).GetValueOrDefault(name);

    /// <summary>A database that does not answer is a transient failure.</summary>
    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            var unknown = names.Where(name => !known.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToList();
            if (unknown.Count > 0)
            {
                var found = await AskAsync(stored => stored.FindAllAsync(unknown, cancellationToken), cancellationToken);
                foreach (var name in unknown) known[name] = found.GetValueOrDefault(name);
            }

            return names.Distinct(StringComparer.Ordinal).Where(name => known[name] is not null).ToDictionary(name => name, name => known[name]!, StringComparer.Ordinal);
        }
        finally
        {
            asking.Release();
        }
    }

    public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) =>
        AskAsync(stored => stored.NamesAsync(cancellationToken), cancellationToken);

    /// <summary>Wipes what was found.</summary>
    public void Dispose()
    {
        foreach (var secret in known.Values) secret?.Dispose();
        asking.Dispose();
    }

    private async ValueTask<T> AskAsync<T>(Func<StoredSecrets, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            using var stored = await OpenAsync(cancellationToken);
            Places = stored.Places;
            return await ask(stored);
        }
        catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
        {
            throw new SecretStoreException(SecretStoreError.Unavailable, "Credentials cannot be looked up: the database does not answer at the moment.", isTransient: true, lost);
        }
    }

    private async Task<StoredSecrets> OpenAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        var chosen = await stores.OpenAsync(session, cancellationToken);
        var own = new DatabaseSecretStore(actor, database, vault, times, clock, isWithoutSharedValues: chosen is not null);
        if (chosen is null) return new StoredSecrets(own);

        // Those who may not use credentials get none of the database, and none of elsewhere.
        if (await session.FindAsync<bool>("select may_use_credentials()", null, cancellationToken)) return new StoredSecrets(own, chosen);
        chosen.Dispose();
        return new StoredSecrets(own);
    }
}

/// <summary>The secrets that a user may use in a workspace, for one execution or one test; one that can be disposed of wipes them.</summary>
internal delegate ISecretResolver SecretsOf(Actor actor);
