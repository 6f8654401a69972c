using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Credentials;
using Gantry.Cli.Hubs;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider connect": what a provider's actions sign in with, and a person's consent where it wants one.</summary>
internal static class ProviderConnectCommand
{
    private const string Name = "--name";
    private const string Way = "--auth";
    private const string Field = "--field";

    public static Command Describe() => new()
    {
        Name = "connect",
        Help = "Stores what a provider's actions sign in with, asks for consent where it wants one, and says whose connection it is.",
        Arguments = [new("ID", "The provider's id.")],
        Options =
        [
            new(Name, "The credential's name; the provider's id when left out.") { Value = "NAME" },
            new(Way, "Which way to sign in, where there are several: 'gantry provider show ID' names them.") { Value = "WAY" },
            new(Field, "A value that the connection holds; '-' as its value asks at the terminal. What is required and not given is asked for.") { Value = "NAME=VALUE", IsMany = true },
            CredentialCommand.Shared, .. StoreChoice.Options, HubChoice.Option,
        ],
        Notes =
        [
            "A consent (OAuth 2) needs an app of your own at the provider: its client_id and client_secret are fields. Let the app send people back to http://127.0.0.1 (any port), " +
            "and open the address that is printed in a browser on this machine.",
        ],
        Examples = ["gantry provider connect stripe", "gantry provider connect zendesk --field subdomain=acme --field email=ada@example.org --field api_token=-"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = invocation.Argument("ID");
        var provider = UserProviders.Catalog.FindManifest(id)
            ?? throw new CommandException(UserProviders.Catalog.Find(id) is null ? UserProviders.Catalog.WhyMissing(id) + " 'gantry provider list' tells which there are." : $"The provider '{id}' is code: its actions take what they sign in with as parameters.");
        var name = invocation.Find(Name) ?? provider.Id;
        if (!SecretRef.IsName(name))
        {
            throw new UsageException($"'{name}' cannot be a credential's name.");
        }

        using var places = CredentialCommand.Places(invocation);
        var auth = WayOf(provider.Manifest, invocation.Find(Way));
        var fields = await FieldsAsync(provider.Manifest, auth, name, places, invocation.FindAll(Field), cancellationToken);
        if (places is HubCredentials hub)
        {
            await new HubConnection(hub.Hub, provider, auth, name, invocation.Has(CredentialCommand.Shared.Name)).ConnectAsync(fields, cancellationToken);
        }
        else
        {
            await new UserConnection(places, provider, auth, name).ConnectAsync(fields, cancellationToken);
        }

        return ExitStatus.Succeeded;
    }

    private static ManifestAuth WayOf(Manifest manifest, string? id) => id is null
        ? manifest.Auth[0]
        : manifest.Auth.FirstOrDefault(way => way.Id == id)
            ?? throw new UsageException($"{manifest.Name} has no way '{id}' to sign in. It has: {string.Join(", ", manifest.Auth.Select(way => way.Id))}.");

    /// <summary>Empty when what is stored already is to stay.</summary>
    private static async Task<IReadOnlyDictionary<string, Secret>> FieldsAsync(
        Manifest manifest, ManifestAuth auth, string name, ICredentialPlaces places, IReadOnlyList<string> given, CancellationToken cancellationToken)
    {
        var known = manifest.Connection.Concat(auth.Fields).DistinctBy(field => field.Name).ToList();
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var pair in given)
        {
            var (field, value) = pair.Split('=', 2) is [var first, var second] ? (first, second) : throw new UsageException($"{Field} is written NAME=VALUE.");
            if (known.All(other => other.Name != field))
            {
                throw new UsageException($"{manifest.Name} has no field '{field}'. It has: {string.Join(", ", known.Select(other => other.Name))}.");
            }

            values[field] = value == "-" ? await AskAsync(known.First(other => other.Name == field), cancellationToken) : value;
        }

        if (values.Count == 0 && auth.NeedsConsent && await IsStoredAsync(known, name, places, cancellationToken))
        {
            return new Dictionary<string, Secret>(StringComparer.Ordinal);
        }

        foreach (var field in known.Where(field => field is { IsRequired: true, Default: null } && !values.ContainsKey(field.Name)))
        {
            values[field.Name] = await AskAsync(field, cancellationToken);
        }

        foreach (var (field, value) in values)
        {
            if (ConnectionCheck.Problem(known.First(other => other.Name == field), value) is { } problem)
            {
                throw new CommandException(problem);
            }
        }

        return values.Where(pair => pair.Value.Length > 0).ToDictionary(pair => pair.Key, pair => new Secret(pair.Value), StringComparer.Ordinal);
    }

    private static async Task<bool> IsStoredAsync(IReadOnlyList<ConnectionField> known, string name, ICredentialPlaces places, CancellationToken cancellationToken)
    {
        var required = known.Where(field => field is { IsRequired: true, Default: null }).Select(field => field.Name).ToList();
        if (places is not HubCredentials hub)
        {
            var all = (await places.ListAsync(cancellationToken)).Select(entry => entry.FindText("name")).ToHashSet(StringComparer.Ordinal);
            return required.TrueForAll(field => all.Contains($"{name}.{field}"));
        }

        await foreach (var credential in hub.Hub.ListAsync("api/provider-credentials", cancellationToken))
        {
            if (credential.FindText("name") == name)
            {
                var stored = credential.GetProperty("fields").EnumerateArray().Select(field => field.GetString()).ToHashSet(StringComparer.Ordinal);
                return required.TrueForAll(stored.Contains);
            }
        }

        return false;
    }

    private static async Task<string> AskAsync(ConnectionField field, CancellationToken cancellationToken)
    {
        Terminal.Note($"{field.Name}: {field.Help}");
        return field.IsSecret
            ? await Prompt.HiddenAsync(field.Name, cancellationToken, $"Give it with {Field} {field.Name}=VALUE")
            : await Prompt.TextAsync(field.Name, cancellationToken);
    }
}

/// <summary>On a hub, which keeps the token and asks the provider.</summary>
internal sealed class HubConnection(HubClient hub, ManifestProvider provider, ManifestAuth auth, string name, bool isShared)
{
    public async Task ConnectAsync(IReadOnlyDictionary<string, Secret> fields, CancellationToken cancellationToken)
    {
        if (fields.Count > 0)
        {
            JsonObject body = new() { ["fields"] = new JsonObject([.. fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value.Reveal()))]) };
            if (isShared)
            {
                body["scope"] = "workspace";
            }

            await hub.SendAsync(HttpMethod.Put, $"api/provider-credentials/{Uri.EscapeDataString(name)}", body, cancellationToken);
            Console.Out.WriteLine($"Stored the fields of '{name}' on the hub: {string.Join(", ", fields.Keys)}.");
        }

        var told = auth.NeedsConsent
            ? await AgreeAsync(cancellationToken)
            : await SendAsync("verify", new JsonObject { ["provider"] = provider.Id, ["connection"] = name }, cancellationToken);
        ConnectionOutcome.Tell(provider.Title, told.FindText("who"), told.FindText("problem"));
    }

    private async Task<JsonElement> AgreeAsync(CancellationToken cancellationToken)
    {
        using var page = new LoopbackPage();
        var begun = await SendAsync("consent", new JsonObject { ["provider"] = provider.Id, ["connection"] = name, ["auth"] = auth.Id, ["redirect"] = page.Address.OriginalString }, cancellationToken);
        var state = begun.FindText("state")!;
        if (begun.TryGetProperty("device", out var device) && device.ValueKind == JsonValueKind.Object)
        {
            return await PollAsync(state, device, cancellationToken);
        }

        ConnectionOutcome.Show(begun.FindText("authorize_url")!);
        var answer = await page.WaitAsync(state, cancellationToken);
        return await SendAsync("consent/finish", new JsonObject { ["state"] = state, ["code"] = ConnectionOutcome.CodeOf(provider.Title, answer) }, cancellationToken);
    }

    private async Task<JsonElement> PollAsync(string state, JsonElement device, CancellationToken cancellationToken)
    {
        ConnectionOutcome.Show(device.FindText("verification_uri")!, device.FindText("user_code")!);
        var interval = TimeSpan.FromSeconds(device.GetProperty("interval_seconds").GetInt32());
        while (true)
        {
            await Task.Delay(interval, TimeProvider.System, cancellationToken);
            var told = await SendAsync("consent/finish", new JsonObject { ["state"] = state }, cancellationToken);
            if (told.GetProperty("done").GetBoolean())
            {
                return told;
            }

            interval += told.GetProperty("slow_down").GetBoolean() ? TimeSpan.FromSeconds(5) : TimeSpan.Zero;
        }
    }

    private async Task<JsonElement> SendAsync(string what, JsonObject body, CancellationToken cancellationToken) =>
        await hub.SendAsync(HttpMethod.Post, $"api/connections/{what}", body, cancellationToken) ?? default;
}
