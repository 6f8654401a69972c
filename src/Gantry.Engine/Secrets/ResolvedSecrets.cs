using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>One place that refers to a credential.</summary>
/// <param name="Name">The credential's.</param>
/// <param name="Place">For messages: "steps[0].with.token", "plan.yaml:12:7".</param>
public sealed record SecretUse(string Name, string Place);

/// <summary>
/// Secrets looked up before anything begins, all or none. What was not known beforehand is still looked up when it is asked for. Disposing of it wipes what was found.
/// </summary>
public sealed class ResolvedSecrets : ISecretResolver, IDisposable
{
    private readonly ISecretResolver inner;
    private readonly IReadOnlyDictionary<string, Secret> found;

    private ResolvedSecrets(ISecretResolver inner, IReadOnlyDictionary<string, Secret> found) => (this.inner, this.found) = (inner, found);

    public string Places => inner.Places;

    /// <summary>Fails with <see cref="SecretException"/>, which names every one that is missing, where it is used, and the nearest name there is.</summary>
    public static async ValueTask<ResolvedSecrets> ResolveAsync(IReadOnlyCollection<SecretUse> uses, ISecretResolver resolver, CancellationToken cancellationToken)
    {
        var found = await resolver.FindAllAsync([.. uses.Select(use => use.Name).Distinct(StringComparer.Ordinal)], cancellationToken);
        var missing = uses.Where(use => !found.ContainsKey(use.Name)).GroupBy(use => use.Name, StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
        {
            return new(resolver, found);
        }

        Wipe(found);
        var known = await KnownAsync(resolver, cancellationToken);
        var lines = missing.Select(uses => $"There is no credential '{uses.Key}' ({string.Join(", ", uses.Select(use => use.Place).Distinct(StringComparer.Ordinal))}).{Hint(uses.Key, known)}");
        throw new SecretException($"{string.Join('\n', lines)}\nLooked for in {resolver.Places}. Store what is missing, or correct the names; nothing was begun.");
    }

    public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
        found.TryGetValue(name, out var secret) ? ValueTask.FromResult<Secret?>(secret) : inner.FindAsync(name, cancellationToken);

    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var known = names.Where(found.ContainsKey).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => found[name], StringComparer.Ordinal);
        if (known.Count == names.Count)
        {
            return known;
        }

        foreach (var (name, secret) in await inner.FindAllAsync([.. names.Where(name => !found.ContainsKey(name))], cancellationToken))
        {
            known[name] = secret;
        }

        return known;
    }

    public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => inner.NamesAsync(cancellationToken);

    public void Dispose() => Wipe(found);

    private static string Hint(string name, IReadOnlyCollection<string> known) => NearestName.Find(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>A hint is not worth another failure.</summary>
    private static async ValueTask<IReadOnlyCollection<string>> KnownAsync(ISecretResolver resolver, CancellationToken cancellationToken)
    {
        try
        {
            return await resolver.NamesAsync(cancellationToken);
        }
        catch (SecretStoreException)
        {
            return [];
        }
    }

    private static void Wipe(IReadOnlyDictionary<string, Secret> secrets)
    {
        foreach (var secret in secrets.Values)
        {
            secret.Dispose();
        }
    }
}
