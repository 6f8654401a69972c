using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.Environment;

/// <summary>Variables with a prefix. Any character of a credential's name but a letter or a digit is '_' in its variable; an empty variable is a credential that is empty.</summary>
internal sealed class EnvironmentSecretStore(string prefix, SecretStoreContext context) : ISecretStore
{
    public string Place => $"the environment ({prefix}NAME)";

    public SecretStoreAbilities Abilities { get; } = new() { IsReadOnly = true };

    public ValueTask<IReadOnlyDictionary<string, StoredSecret>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Dictionary<string, StoredSecret> found = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            // In the name's own case, else in upper case.
            var variable = VariableOf(name);
            if ((context.ReadVariable(variable) ?? context.ReadVariable(variable.ToUpperInvariant())) is { } value)
            {
                found.TryAdd(name, new(new() { Name = name }, new Secret(value)));
            }
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, StoredSecret>>(found);
    }

    public ValueTask<IReadOnlyList<SecretEntry>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<SecretEntry>>(
        [
            .. context.VariableNames()
                .Where(variable => variable.StartsWith(prefix, StringComparison.Ordinal) && SecretRef.IsName(variable[prefix.Length..]))
                .Select(variable => new SecretEntry { Name = variable[prefix.Length..] })
                .OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ]);
    }

    public ValueTask PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            SecretRules.Check(write);
        }

        throw ReadOnly(writes.Count == 0 ? "NAME" : writes[0].Entry.Name, "stored");
    }

    public ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) => throw ReadOnly(name, "removed");

    public void Dispose()
    {
    }

    private string VariableOf(string name) => prefix + string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));

    private SecretStoreException ReadOnly(string name, string done) => new(
        SecretStoreError.ReadOnly,
        $"Nothing can be {done} in {Place}: a program cannot change the environment it was started with. Set the variable {VariableOf(name)} where the program is started (a container's env_file or secret), or choose another store with --backend file.");
}
