namespace Gantry.Engine.Secrets;

/// <summary>Finds secrets in stores, asked in their order: what an earlier one has, a later one is not asked for.</summary>
public sealed class StoredSecrets(params IReadOnlyList<ISecretStore> stores) : ISecretResolver, IDisposable
{
    public string Places => string.Join(" and ", stores.Select(store => store.Place));

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await FindAllAsync([name], cancellationToken)).GetValueOrDefault(name);

    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        Dictionary<string, Secret> found = new(StringComparer.Ordinal);
        foreach (var store in stores)
        {
            var missing = names.Where(name => !found.ContainsKey(name)).ToList();
            if (missing.Count == 0)
            {
                break;
            }

            foreach (var (name, stored) in await store.FindAsync(missing, cancellationToken))
            {
                found[name] = SecretRules.Problem(stored.Value) is not { } problem ? stored.Value.For(stored.Entry.AllowedHosts) : throw new SecretStoreException(
                    SecretStoreError.BadSetting, $"The credential '{name}' in {store.Place} cannot be used: {problem}");
            }
        }

        return found;
    }

    public async ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var store in stores)
        {
            names.UnionWith((await store.ListAsync(cancellationToken)).Select(entry => entry.Name));
        }

        return names;
    }

    public void Dispose()
    {
        foreach (var store in stores)
        {
            store.Dispose();
        }
    }
}
