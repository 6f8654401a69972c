using System.Globalization;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Cli.Providers;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Plans;

/// <summary>"gantry plan diff": two versions of a plan on the hub, or a version there and a file here.</summary>
internal static class PlanDiffCommand
{
    public static Command Describe() => new()
    {
        Name = "diff",
        Help = "Shows what differs between two versions of a plan, or between the saved plan and a file.",
        Arguments = [new("PLAN", "The plan's name; or a plan's file, which is compared with the saved plan of its name.")],
        Options =
        [
            new("--from", "The version to compare with; else the one before, or with a file the newest.") { Value = "N" },
            new("--to", "The version that is compared; the newest if not given. Not with a file.") { Value = "N" },
            HubChoice.Option,
        ],
        Notes = ["Exit status: 0 nothing differs, 1 something does."],
        Examples = ["gantry plan diff publish.yaml", "gantry plan diff publish", "gantry plan diff publish --from 2 --to 5"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var plan = invocation.Argument("PLAN");
        var from = invocation.FindInteger("--from", 1, int.MaxValue);
        var to = invocation.FindInteger("--to", 1, int.MaxValue);
        if (PlanFile.IsOne(plan) && to is not null)
        {
            throw new UsageException("--to names a version of a saved plan, and here a file is compared. Leave it out.");
        }

        using var hub = HubChoice.Open(invocation);
        var differences = PlanFile.IsOne(plan)
            ? await CompareFileAsync(hub, plan, from, cancellationToken)
            : await CompareVersionsAsync(hub, plan, from, to, cancellationToken);
        foreach (var line in differences)
        {
            Console.Out.WriteLine(EndpointPath.Printable(line));
        }

        return differences.Count == 0 ? ExitStatus.Succeeded : ExitStatus.Failed;
    }

    private static async Task<IReadOnlyList<string>> CompareFileAsync(HubClient hub, string path, int? from, CancellationToken cancellationToken)
    {
        var file = PlanFile.Read(path);
        var name = file.Check(UserProviders.Catalog).Name
            ?? throw new CommandException($"The plan in '{path}' has no name by which the saved one could be found. Give it the field 'name'.");
        var saved = await ReadAsync(hub, name, from, cancellationToken);
        return LineDiff.Compare(saved.Text, file.Text, saved.Title, path);
    }

    private static async Task<IReadOnlyList<string>> CompareVersionsAsync(
        HubClient hub, string name, int? from, int? to, CancellationToken cancellationToken)
    {
        var after = await ReadAsync(hub, name, to, cancellationToken);
        if (from is null && after.Version == 1)
        {
            throw new CommandException($"The plan '{name}' has one version only: there is nothing before it to compare with.");
        }

        var before = await ReadAsync(hub, name, from ?? after.Version - 1, cancellationToken);
        return LineDiff.Compare(before.Text, after.Text, before.Title, after.Title);
    }

    private static async Task<(string Text, string Title, int Version)> ReadAsync(
        HubClient hub, string name, int? version, CancellationToken cancellationToken)
    {
        var path = "api/plans/" + Uri.EscapeDataString(name);
        var plan = await hub.GetAsync(version is null ? path : $"{path}/versions/{version}", cancellationToken);
        var number = plan.FindText("version") ?? "";
        return (plan.FindText("source") ?? "", $"{name}, version {number}", int.Parse(number, CultureInfo.InvariantCulture));
    }
}
