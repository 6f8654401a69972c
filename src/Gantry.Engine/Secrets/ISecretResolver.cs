namespace Gantry.Engine.Secrets;

/// <summary>Finds the secret that a reference ${cred:NAME} names, for one user of one workspace.</summary>
public interface ISecretResolver
{
    /// <summary>Null means that no store has a secret of this name. A store that cannot be asked fails with <see cref="SecretStoreException"/>.</summary>
    ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Those of the names that a store has. A resolver that can finds them all with one question: one reading of a file, one query.</summary>
    async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        Dictionary<string, Secret> found = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!found.ContainsKey(name) && await FindAsync(name, cancellationToken) is { } secret)
            {
                found.Add(name, secret);
            }
        }

        return found;
    }

    /// <summary>The names there are, for hints at the nearest one; empty where they cannot be listed.</summary>
    ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyCollection<string>>([]);

    /// <summary>Where it looks, for the message when nothing was found: "environment (CRED_NAME)".</summary>
    string Places { get; }
}
