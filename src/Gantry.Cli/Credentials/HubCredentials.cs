using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>On a hub, in whatever store its workspace uses.</summary>
/// <param name="isShared">New ones are the workspace's instead of one's own.</param>
internal sealed class HubCredentials(HubClient hub, bool isShared) : ICredentialPlaces
{
    private const string Route = "api/credentials";

    public string Place => $"the hub at {hub.Hub.GetLeftPart(UriPartial.Authority)}";

    public HubClient Hub => hub;

    public static string PathOf(string name) => $"{Route}/{Uri.EscapeDataString(name)}";

    public async Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken) =>
        await hub.ListAsync(Route, cancellationToken).ToListAsync(cancellationToken);

    public async Task<JsonElement?> FindAsync(string name, CancellationToken cancellationToken) => await hub.GetAsync(PathOf(name), cancellationToken);

    public async Task<IReadOnlyDictionary<string, Secret>> RevealAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        Dictionary<string, Secret> revealed = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var answer = await hub.SendAsync(HttpMethod.Post, PathOf(name) + "/reveal", new JsonObject(), cancellationToken) ?? default;
            revealed[name] = new Secret(answer.FindText("value") ?? throw new CommandException($"The hub answered no value for '{name}'."));
        }

        return revealed;
    }

    public async Task PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            SecretRules.Check(write);
        }

        foreach (var write in writes)
        {
            JsonObject body = new() { ["value"] = write.Value.Reveal() };
            Add(body, "website", write.Entry.Website);
            Add(body, "type", write.Entry.Type);
            Add(body, "scope", isShared ? "workspace" : null);
            if (write.Entry.AllowedHosts.Count > 0)
            {
                body["allowed_hosts"] = new JsonArray([.. write.Entry.AllowedHosts.Select(host => JsonValue.Create(host))]);
            }

            if (write.ExpectedVersion == SecretWrite.New)
            {
                body["name"] = write.Entry.Name;
                await hub.SendAsync(HttpMethod.Post, Route, body, cancellationToken);
            }
            else
            {
                await hub.SendAsync(HttpMethod.Put, PathOf(write.Entry.Name), body, cancellationToken);
            }
        }
    }

    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await hub.SendAsync(HttpMethod.Delete, PathOf(name), body: null, cancellationToken);
        return true;
    }

    public async Task<string> RotateAsync(CancellationToken cancellationToken)
    {
        await hub.SendAsync(HttpMethod.Post, "api/vault/rotate", new JsonObject(), cancellationToken);
        return $"{char.ToUpperInvariant(Place[0])}{Place[1..]} seals everything under a new key; 'gantry vault' shows how far it is.";
    }

    public void Dispose() => hub.Dispose();

    private static void Add(JsonObject body, string name, string? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }
}
