using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential backend": which store is used from now on.</summary>
internal static class BackendCommand
{
    private const string Config = "--config";
    private const string OlderConfig = "--backend-config";
    private const string HubRoute = "api/credential-store";

    public static Command Describe() => new()
    {
        Name = "backend",
        Help = "Shows where credentials rest, or chooses it.",
        Arguments = [new("BACKEND", "file, env, vault, or on a hub database; without it the present one is shown.") { IsRequired = false }],
        Options =
        [
            new(Config, "A setting of the store; those that are not given stay as they are.") { Value = "KEY=VALUE", IsMany = true },
            new(OlderConfig, "The same as --config.") { Value = "KEY=VALUE", IsMany = true },
            CredentialCommand.Json, HubChoice.Option,
        ],
        Notes = [.. StoreChoice.Catalog.Kinds.SelectMany(Lines), "The choice is kept as 'credential_manager' in the gantry.yaml of the current folder; on a hub it is the workspace's."],
        Examples = ["gantry credential backend vault --config url=https://vault.example.com --config mount=secret", "gantry credential backend file"],
        RunAsync = (invocation, cancellationToken) => HubChoice.Asked(invocation) is null ? Task.FromResult(Run(invocation)) : RunOnHubAsync(invocation, cancellationToken),
    };

    private static IEnumerable<string> Lines(SecretStoreKind kind) =>
    [
        $"{kind.Id}: {kind.Help}",
        .. kind.Settings.Select(setting => $"    {setting.Name} ({SettingText.Describe(setting)}): {setting.Help}"),
        "",
    ];

    private static int Run(Invocation invocation)
    {
        var configuration = StoreConfiguration.Load();
        if (invocation.FindArgument("BACKEND") is not { } kind)
        {
            var present = StoreChoice.Settings(invocation: null);
            Answer.Print(Describe(present.Kind, StoreChoice.Catalog.Complete(present).Values, configuration.Kind is null ? null : configuration.FilePath), invocation.Has(CredentialCommand.Json.Name));
            return ExitStatus.Succeeded;
        }

        StoreChoice.CheckKind(kind);
        var settings = configuration.SettingsByKind.TryGetValue(kind, out var kept) ? new Dictionary<string, string>(kept, StringComparer.Ordinal) : [];
        foreach (var (name, value) in Given(invocation))
        {
            settings[name] = value;
        }

        // A store that cannot be opened with them is not chosen; whether it can be reached is seen when it is used.
        StoreChoice.Open(new SecretStoreSettings { Kind = kind, Values = settings }).Dispose();
        configuration.Write(kind, settings);
        Console.Out.WriteLine($"Credentials rest in '{kind}' from now on, as '{configuration.FilePath}' says. What is stored elsewhere stays there.");
        return ExitStatus.Succeeded;
    }

    private static async Task<int> RunOnHubAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var hub = HubChoice.Open(invocation);
        var answer = invocation.FindArgument("BACKEND") is { } kind
            ? await hub.SendAsync(HttpMethod.Put, HubRoute, Body(kind, Given(invocation)), cancellationToken) ?? default
            : await hub.GetAsync(HubRoute, cancellationToken);
        Answer.Print(answer, invocation.Has(CredentialCommand.Json.Name));
        return ExitStatus.Succeeded;
    }

    private static IEnumerable<KeyValuePair<string, string>> Given(Invocation invocation) => invocation.FindPairs(Config).Concat(invocation.FindPairs(OlderConfig));

    private static JsonObject Body(string kind, IEnumerable<KeyValuePair<string, string>> settings) => new()
    {
        ["backend"] = kind,
        ["backend_config"] = new JsonObject { [kind] = new JsonObject(settings.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) },
    };

    private static JsonElement Describe(string kind, IReadOnlyDictionary<string, string> settings, string? file)
    {
        var shown = Body(kind, settings);
        shown["configured_in"] = file;
        return JsonElement.Parse(shown.ToJsonString());
    }
}
