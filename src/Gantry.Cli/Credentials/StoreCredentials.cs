using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>In a secret store of this user's.</summary>
internal sealed class StoreCredentials(ISecretStore store) : ICredentialPlaces
{
    public string Place => store.Place;

    public async Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken) => [.. (await store.ListAsync(cancellationToken)).Select(Describe)];

    public async Task<JsonElement?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!(await store.FindAsync([name], cancellationToken)).TryGetValue(name, out var stored))
        {
            return null;
        }

        stored.Value.Dispose();
        return Describe(stored.Entry);
    }

    public async Task<IReadOnlyDictionary<string, Secret>> RevealAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        (await store.FindAsync(names, cancellationToken)).ToDictionary(pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal);

    public async Task PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken) => await store.PutAsync(writes, cancellationToken);

    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) => await store.DeleteAsync(name, cancellationToken);

    public async Task<string> RotateAsync(CancellationToken cancellationToken) => store is IRotatesKeys rotating
        ? await rotating.RotateAsync(cancellationToken)
        : throw new CommandException($"There is no key to rotate: {store.Place} keeps its own.");

    public void Dispose() => store.Dispose();

    private static JsonElement Describe(SecretEntry entry) => JsonElement.Parse(new JsonObject
    {
        ["name"] = entry.Name,
        ["website"] = entry.Website,
        ["type"] = entry.Type,
        ["provider"] = entry.Provider,
        ["allowed_hosts"] = new JsonArray([.. entry.AllowedHosts.Select(host => JsonValue.Create(host))]),
        ["created_at"] = entry.CreatedAt?.UtcDateTime,
        ["updated_at"] = entry.UpdatedAt?.UtcDateTime,
        ["last_used_at"] = entry.LastUsedAt?.UtcDateTime,
    }.ToJsonString());
}
