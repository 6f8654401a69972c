using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;

namespace Gantry.Cli.Triggers;

/// <summary>"gantry triggers …": what starts plans by itself on a hub.</summary>
internal static class TriggersCommand
{
    private static readonly Argument Id = new("ID", "The trigger's id, as 'list' shows it.");
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "triggers",
        Help = "Lists, pauses and resumes what starts plans by itself on a hub.",
        Commands =
        [
            new("list", "Lists schedules, webhooks, watched places and other plans' ends.", DescribeList),
            new("show", "Shows one trigger; a schedule with its next ten times.", DescribeShow),
            new("pause", "Pauses one trigger, also through later versions of its plan.", () => DescribeChange("pause", "Pauses one trigger, also through later versions of its plan.")),
            new("resume", "Resumes one trigger; what would have been meanwhile is not made up for.", () => DescribeChange("resume", "Resumes one trigger; what would have been meanwhile is not made up for.")),
        ],
        Examples = ["gantry triggers list --plan publish", "gantry triggers pause ID"],
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists schedules, webhooks, watched places and other plans' ends.",
        Options =
        [
            new("--plan", "Only those of this plan.") { Value = "NAME" },
            new("--kind", "Only those of this kind: schedule, webhook, files, s3_events, execution.") { Value = "KIND" },
            Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var triggers = await hub.ListAsync("api/triggers?limit=500" + HubQuery.Of(invocation, ("--plan", "plan"), ("--kind", "kind")), cancellationToken).ToListAsync(cancellationToken);
            Answer.PrintList(triggers, ["id", "plan", "kind", "watches", "state", "next_at"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one trigger; a schedule with its next ten times.",
        Arguments = [Id],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync(PathOf(invocation), cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeChange(string name, string help) => new()
    {
        Name = name,
        Help = help,
        Arguments = [Id],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var trigger = await hub.SendAsync(HttpMethod.Post, $"{PathOf(invocation)}/{name}", new JsonObject(), cancellationToken);
            Console.Out.WriteLine($"Trigger {invocation.Argument("ID")}: {trigger?.FindText("state")}.");
            return ExitStatus.Succeeded;
        },
    };

    private static string PathOf(Invocation invocation) => $"api/triggers/{Uri.EscapeDataString(invocation.Argument("ID"))}";
}
