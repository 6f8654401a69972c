using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider show": what a connection needs, and what each action takes.</summary>
internal static class ProviderShowCommand
{
    public static Command Describe() => new()
    {
        Name = "show",
        Help = "Shows what one provider needs, its actions, and what they take.",
        Arguments = [new("ID", "The provider's id, as 'list' shows it."), new("ACTION", "Only this action.") { IsRequired = false }],
        Options = [new("--json", "Prints it as JSON.")],
        Examples = ["gantry provider show slack", "gantry provider show slack send_message"],
        RunAsync = (invocation, _) =>
        {
            Show(invocation);
            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static void Show(Invocation invocation)
    {
        var provider = UserProviders.Find(invocation.Argument("ID"));
        var actions = provider.Actions;
        if (invocation.FindArgument("ACTION") is { } wanted)
        {
            actions = [.. actions.Where(action => action.Id == wanted)];
            if (actions.Count == 0)
            {
                throw new CommandException($"{provider.Title} has no action '{wanted}'." + NearestName.Hint(wanted, provider.ActionIds));
            }
        }

        var manifest = UserProviders.Catalog.FindManifest(provider.Id)?.Manifest;
        if (invocation.Has("--json"))
        {
            Answer.Print(JsonElement.Parse(Describe(provider, actions, manifest).ToJsonString()), asJson: true);
            return;
        }

        Line($"{provider.Title} ({provider.Id}), {provider.Category}: {provider.Help}");
        if (manifest is not null)
        {
            Line($"Described at {manifest.Docs}; checked on {manifest.CheckedOn} against {manifest.CheckedAgainst}.");
            PrintNeeds(provider.Id, ConnectionNeeds.Of(manifest));
        }

        foreach (var action in actions)
        {
            Line($"\n{provider.Id}.{action.Id}: {action.Help}");
            foreach (var setting in action.Parameters)
            {
                Line($"  {setting.Name} ({SettingText.Describe(setting)}): {setting.Help}");
            }
        }
    }

    private static void PrintNeeds(string id, ConnectionNeeds needs)
    {
        if (needs.Fields.Count > 0 || needs.Ways.Any(way => way.Fields.Count > 0))
        {
            Line($"\nA connection is the credential '{id}' (or another that the parameter 'connection' names), with these fields:");
        }

        PrintFields(needs.Fields, "  ");
        foreach (var way in needs.Ways)
        {
            Line($"  {(needs.Ways.Count == 1 ? "Signs in by" : way == needs.Ways[0] ? "Either by" : "Or by")} {way.Name}{(way.Help is null ? "." : $": {way.Help}")}");
            PrintFields(way.Fields, "    ");
        }
    }

    private static void PrintFields(IReadOnlyList<ConnectionField> fields, string indent)
    {
        foreach (var field in fields)
        {
            List<string> words = [field.Type.ToString().ToLowerInvariant()];
            words.AddRange(field.IsRequired ? ["required"] : []);
            words.AddRange(field.IsSecret ? ["secret"] : []);
            words.AddRange(field.Choices.Count > 0 ? ["one of " + string.Join(", ", field.Choices)] : []);
            words.AddRange(field.Default is { } value ? ["default " + value.GetRawText()] : []);
            Line($"{indent}{field.Name} ({string.Join(", ", words)}): {field.Help}");
        }
    }

    private static void Line(string text) => Console.Out.WriteLine(text.StartsWith('\n') ? "\n" + EndpointPath.Printable(text[1..]) : EndpointPath.Printable(text));

    private static JsonObject Describe(IProvider provider, IReadOnlyList<ProviderAction> actions, Manifest? manifest)
    {
        var needs = manifest is null ? null : ConnectionNeeds.Of(manifest);
        return new JsonObject
        {
            ["id"] = provider.Id,
            ["title"] = provider.Title,
            ["category"] = provider.Category,
            ["help"] = provider.Help,
            ["docs"] = manifest?.Docs,
            ["checked"] = manifest is null ? null : new JsonObject { ["date"] = manifest.CheckedOn, ["against"] = manifest.CheckedAgainst },
            ["connection"] = needs is null ? null : new JsonObject
            {
                ["fields"] = Describe(needs.Fields),
                ["ways"] = new JsonArray([.. needs.Ways.Select(way => (JsonNode)new JsonObject
                {
                    ["id"] = way.Id,
                    ["name"] = way.Name,
                    ["help"] = way.Help,
                    ["needs_consent"] = way.NeedsConsent,
                    ["fields"] = Describe(way.Fields),
                })]),
            },
            ["actions"] = new JsonArray([.. actions.Select(action => (JsonNode)new JsonObject
            {
                ["id"] = action.Id,
                ["use"] = $"{provider.Id}.{action.Id}",
                ["help"] = action.Help,
                ["repeatable"] = action.IsRepeatable,
                ["parameters"] = new JsonArray([.. action.Parameters.Select(Describe)]),
            })]),
        };
    }

    private static JsonNode Describe(Setting setting) => new JsonObject
    {
        ["name"] = setting.Name,
        ["type"] = setting.Type.ToString().ToLowerInvariant(),
        ["items"] = setting.Items?.ToString().ToLowerInvariant(),
        ["required"] = setting.IsRequired,
        ["secret"] = setting.IsSecret,
        ["choices"] = Texts(setting.Choices),
        ["default"] = setting.Default is { } value ? JsonNode.Parse(value.GetRawText()) : null,
        ["help"] = setting.Help,
    };

    private static JsonArray Describe(IReadOnlyList<ConnectionField> fields) => new([.. fields.Select(field => (JsonNode)new JsonObject
    {
        ["name"] = field.Name,
        ["type"] = field.Type.ToString().ToLowerInvariant(),
        ["required"] = field.IsRequired,
        ["secret"] = field.IsSecret,
        ["choices"] = Texts(field.Choices),
        ["default"] = field.Default is { } value ? JsonNode.Parse(value.GetRawText()) : null,
        ["help"] = field.Help,
    })]);

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
