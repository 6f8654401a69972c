using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>
/// Finds ${cred:NAME} for commands without a hub: in the configured store, then in the environment (CRED_NAME). The stores are opened when the first secret is asked for: a
/// command that needs none does not pay for them.
/// </summary>
internal sealed class UserSecrets : ISecretResolver
{
    private readonly Lazy<StoredSecrets> stores = new(Open);

    public static UserSecrets Shared { get; } = new();

    public string Places => stores.Value.Places;

    public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => stores.Value.FindAsync(name, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        stores.Value.FindAllAsync(names, cancellationToken);

    public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => stores.Value.NamesAsync(cancellationToken);

    private static StoredSecrets Open()
    {
        var chosen = StoreChoice.Settings(invocation: null);
        var store = StoreChoice.Open(chosen);
        return chosen.Kind == "env" ? new(store) : new(store, StoreChoice.Open(new SecretStoreSettings { Kind = "env" }));
    }
}
