using System.Text.Json;
using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Hubs;

/// <summary>What narrows a list: an option, and what the hub calls it.</summary>
internal sealed record HubFilter(Option Option, string Field);

/// <summary>A "list" command: what a hub keeps, the newest first, narrowed by options and no more than asked for.</summary>
internal static class HubList
{
    private const int PageMost = 100;
    private static readonly Option Json = new("--json", "Prints JSON.");

    /// <param name="help">One sentence: "Lists events, the newest first."</param>
    /// <param name="path">The hub's route.</param>
    /// <param name="filters">What narrows it.</param>
    /// <param name="print">Prints it for a person.</param>
    /// <param name="limitDefault">How many when nobody says.</param>
    public static Command Describe(string help, string path, IReadOnlyList<HubFilter> filters, Action<IReadOnlyList<JsonElement>> print, int limitDefault = 20) => new()
    {
        Name = "list",
        Help = help,
        Options =
        [
            .. filters.Select(filter => filter.Option), new("--limit", $"How many at most; {limitDefault} if not given.") { Value = "N" }, Json, HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var limit = invocation.FindInteger("--limit", 1, 100_000) ?? limitDefault;
            var query = HubQuery.Of(invocation, [.. filters.Select(filter => (filter.Option.Name, filter.Field))]);
            var items = await hub.ListAsync($"{path}?limit={Math.Min(limit, PageMost)}{query}", cancellationToken).Take(limit).ToListAsync(cancellationToken);
            if (invocation.Has("--json"))
            {
                Answer.PrintList(items, [], asJson: true);
            }
            else
            {
                print(items);
            }

            return ExitStatus.Succeeded;
        },
    };

    /// <summary>With these members of each as columns.</summary>
    public static Command Describe(string help, string path, IReadOnlyList<HubFilter> filters, IReadOnlyList<string> columns, int limitDefault = 20) =>
        Describe(help, path, filters, items => Answer.PrintList(items, columns, asJson: false), limitDefault);
}
