using Gantry.Cli.CommandLine;
using Gantry.Engine.Settings;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider …": what plans can use.</summary>
internal static class ProviderCommand
{
    public static Command Describe() => new()
    {
        Name = "provider",
        Help = "Lists the providers that plans can use, and their actions.",
        Commands =
        [
            new("list", "Lists all providers.", DescribeList),
            new("show", "Shows the actions of one provider and what they take.", DescribeShow),
        ],
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists all providers.",
        RunAsync = (_, _) =>
        {
            TextTable.Print(
                ["ID", "ACTIONS", "WHAT IT IS FOR"],
                [.. AllPlugins.Providers.All.OrderBy(provider => provider.Id, StringComparer.Ordinal)
                    .Select(provider => (IReadOnlyList<string?>)[provider.Id, string.Join(' ', provider.Actions.Select(action => action.Id)), provider.Help])]);
            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows the actions of one provider and what they take.",
        Arguments = [new("ID", "The provider's id, as 'list' shows it.")],
        RunAsync = (invocation, _) =>
        {
            var id = invocation.Argument("ID");
            var provider = AllPlugins.Providers.Find(id)
                ?? throw new CommandException($"There is no provider '{id}'." + NearestName.Hint(id, AllPlugins.Providers.All.Select(known => known.Id)));
            Console.Out.WriteLine($"{provider.Title} ({provider.Id}): {provider.Help}");
            foreach (var action in provider.Actions)
            {
                Console.Out.WriteLine($"\n{provider.Id}.{action.Id}: {action.Help}");
                foreach (var setting in action.Parameters)
                {
                    Console.Out.WriteLine($"  {setting.Name} ({SettingText.Describe(setting)}): {setting.Help}");
                }
            }

            return Task.FromResult(ExitStatus.Succeeded);
        },
    };
}
