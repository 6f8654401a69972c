using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Plugins;

namespace Gantry.Cli.Endpoints;

/// <summary>Where saved endpoints are kept. Answers have the form of the hub's API in both.</summary>
internal interface IEndpointPlaces
{
    Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken);

    Task<JsonElement> ShowAsync(string name, CancellationToken cancellationToken);

    /// <param name="name">The endpoint's.</param>
    /// <param name="address">What it is an endpoint of.</param>
    /// <param name="settings">Over those that the address tells.</param>
    /// <param name="limits">What bounds its transfers; null leaves that as it is.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    Task SaveAsync(string name, string address, JsonObject settings, JsonObject? limits, CancellationToken cancellationToken);

    Task RemoveAsync(string name, CancellationToken cancellationToken);

    Task<JsonElement> TestAsync(string name, CancellationToken cancellationToken);

    /// <summary>Puts one setting over those that are saved.</summary>
    Task ChangeAsync(string name, string setting, string value, CancellationToken cancellationToken);
}

/// <summary>On a hub.</summary>
internal sealed class HubEndpointPlaces(HubClient hub) : IEndpointPlaces
{
    public async Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken) =>
        await hub.ListAsync("api/endpoints", cancellationToken).ToListAsync(cancellationToken);

    public Task<JsonElement> ShowAsync(string name, CancellationToken cancellationToken) => hub.GetAsync(PathOf(name), cancellationToken);

    public Task SaveAsync(string name, string address, JsonObject settings, JsonObject? limits, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["address"] = address, ["settings"] = settings };
        if (limits is not null)
        {
            body["limits"] = limits;
        }

        return hub.SendAsync(HttpMethod.Put, PathOf(name), body, cancellationToken);
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => hub.SendAsync(HttpMethod.Delete, PathOf(name), body: null, cancellationToken);

    public async Task<JsonElement> TestAsync(string name, CancellationToken cancellationToken) =>
        await hub.SendAsync(HttpMethod.Post, PathOf(name) + "/test", new JsonObject(), cancellationToken) ?? default;

    public Task ChangeAsync(string name, string setting, string value, CancellationToken cancellationToken) =>
        hub.SendAsync(HttpMethod.Patch, PathOf(name), new JsonObject { ["settings"] = new JsonObject { [setting] = value } }, cancellationToken);

    private static string PathOf(string name) => "api/endpoints/" + Uri.EscapeDataString(name);
}

/// <summary>In the user's own file.</summary>
internal sealed class UserEndpointPlaces : IEndpointPlaces
{
    private readonly SavedEndpoints saved = SavedEndpoints.Load();

    public Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JsonElement>>([.. saved.All.Select(pair => Describe(pair.Key, pair.Value))]);

    public Task<JsonElement> ShowAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Describe(name, Find(name)));

    public Task SaveAsync(string name, string address, JsonObject settings, JsonObject? limits, CancellationToken cancellationToken)
    {
        var parsed = new UserEndpointOpener(AllPlugins.Endpoints, UserEndpointOpener.UserContext()).Resolve(address);
        saved.Put(name, EndpointCheck.Complete(AllPlugins.Endpoints, parsed, Texts(settings)), limits is null ? null : Texts(limits).ToDictionary(StringComparer.Ordinal));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        saved.Remove(name) ? Task.CompletedTask : throw NotThere(name);

    public async Task<JsonElement> TestAsync(string name, CancellationToken cancellationToken)
    {
        var settings = Find(name);
        var context = UserEndpointOpener.UserContext();
        var result = await EndpointProbe.RunAsync(
            () => ValueTask.FromResult(AllPlugins.Endpoints.Open(settings, context)), $"{Guid.CreateVersion7():N}", cancellationToken);
        return ToElement(new JsonObject
        {
            ["ok"] = result.IsSuccess,
            ["passed"] = new JsonArray([.. result.Passed.Select(phase => JsonValue.Create(phase))]),
            ["failed_phase"] = result.FailedPhase,
            ["detail"] = result.Failure?.Message,
            ["host_key"] = result.Failure?.Error == EndpointError.HostKey ? await FindHostKeyAsync(settings, context, cancellationToken) : null,
        });
    }

    public Task ChangeAsync(string name, string setting, string value, CancellationToken cancellationToken)
    {
        saved.Put(name, EndpointCheck.Complete(AllPlugins.Endpoints, Find(name), [KeyValuePair.Create(setting, value)]));
        return Task.CompletedTask;
    }

    /// <summary>Null when the server is not one that shows a key, or is no longer there.</summary>
    private static async Task<JsonObject?> FindHostKeyAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        if (AllPlugins.Endpoints.Find(settings.Kind) is not IPinsHostKeys kind)
        {
            return null;
        }

        try
        {
            var key = await kind.ReadHostKeyAsync(settings, context, cancellationToken);
            return new JsonObject { ["setting"] = kind.HostKeySetting, ["key"] = key.Line, ["fingerprint"] = key.Fingerprint };
        }
        catch (EndpointException)
        {
            // The test has failed already, and its answer says why.
            return null;
        }
    }

    private JsonElement Describe(string name, EndpointSettings settings) => ToElement(new JsonObject
    {
        ["name"] = name,
        ["kind"] = settings.Kind,
        ["address"] = AllPlugins.Endpoints.Find(settings.Kind)?.Format(settings),
        ["settings"] = new JsonObject(settings.Values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["limits"] = new JsonObject(saved.LimitsOf(name).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
    });

    private static IEnumerable<KeyValuePair<string, string>> Texts(JsonObject members) =>
        members.Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.GetValue<string>()));

    private static JsonElement ToElement(JsonObject node) => JsonElement.Parse(node.ToJsonString());

    private EndpointSettings Find(string name) => saved.Find(name) ?? throw NotThere(name);

    private CommandException NotThere(string name) =>
        new($"There is no endpoint '{name}'." + Engine.Settings.NearestName.Hint(name, saved.All.Keys));
}
