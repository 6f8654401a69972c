using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider list": the catalogue, by what providers are for, and what is wrong with own ones. No manifest of the program is read for it.</summary>
internal static class ProviderListCommand
{
    public static Command Describe() => new()
    {
        Name = "list",
        Help = "Lists the providers that plans can use.",
        Options =
        [
            new("--category", "Only those that stand in this category.") { Value = "CATEGORY" },
            new("--search", "Only those in which all these words are found: in the id, the name, the category, the help or an action.") { Value = "WORDS" },
            new("--json", "Prints them as JSON; what is wrong with own ones that cannot be used goes to standard error."),
        ],
        Examples = ["gantry provider list --category CRM", "gantry provider list --search 'send email'"],
        RunAsync = (invocation, _) =>
        {
            var catalog = UserProviders.LoadWhole();
            var found = ProviderSearch.Find(catalog, invocation.Find("--search"), CategoryOf(catalog, invocation.Find("--category")));
            if (invocation.Has("--json"))
            {
                Answer.Print(JsonElement.Parse(new JsonArray([.. found.Select(Describe)]).ToJsonString()), asJson: true);
            }
            else
            {
                Print(found);
            }

            foreach (var line in catalog.Unusable.SelectMany(UnusableText.LinesOf))
            {
                Terminal.Note(line);
            }

            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static string? CategoryOf(ProviderCatalog catalog, string? given)
    {
        var known = catalog.All.Select(provider => provider.Category).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return given is null ? null
            : known.Find(category => category.Equals(given, StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"There is no category '{given}'." + NearestName.Hint(given, known));
    }

    private static void Print(IReadOnlyList<IProvider> found)
    {
        var width = found.Select(provider => provider.Id.Length).DefaultIfEmpty().Max();
        foreach (var group in found.GroupBy(provider => provider.Category, StringComparer.Ordinal))
        {
            Console.Out.WriteLine($"{EndpointPath.Printable(group.Key)} ({group.Count()})");
            foreach (var provider in group)
            {
                var count = provider.ActionIds.Count;
                Console.Out.WriteLine($"  {provider.Id.PadRight(width)}  {EndpointPath.Printable(provider.Help)} ({count} {(count == 1 ? "action" : "actions")})");
            }

            Console.Out.WriteLine();
        }

        Console.Out.WriteLine($"{found.Count} {(found.Count == 1 ? "provider" : "providers")}. 'gantry provider show ID' shows one.");
    }

    private static JsonNode Describe(IProvider provider) => new JsonObject
    {
        ["id"] = provider.Id,
        ["title"] = provider.Title,
        ["category"] = provider.Category,
        ["help"] = provider.Help,
        ["actions"] = new JsonArray([.. provider.ActionIds.Select(id => JsonValue.Create(id))]),
    };
}
