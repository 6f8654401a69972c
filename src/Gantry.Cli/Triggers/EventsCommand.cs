using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;

namespace Gantry.Cli.Triggers;

/// <summary>"gantry events …": what the triggers of a hub saw.</summary>
internal static class EventsCommand
{
    private static readonly Option Json = new("--json", "Prints JSON.");

    private static readonly HubFilter[] Filters =
    [
        new(new("--status", "Only those in this state: pending, accepted, duplicate, filtered, failed, dead, alert.") { Value = "STATUS" }, "status"),
        new(new("--plan", "Only those of this plan.") { Value = "NAME" }, "plan"),
        new(new("--kind", "Only those of triggers of this kind.") { Value = "KIND" }, "kind"),
        new(new("--trigger", "Only those of this trigger.") { Value = "ID" }, "trigger"),
        new(new("--search", "Only those whose summary, key or reason has this text.") { Value = "TEXT" }, "q"),
        new(new("--since", "Only those seen from this time on, such as 2026-01-31T08:00:00Z.") { Value = "TIME" }, "since"),
        new(new("--until", "Only those seen before this time.") { Value = "TIME" }, "until"),
    ];

    public static Command Describe() => new()
    {
        Name = "events",
        Help = "Lists what triggers saw on a hub, and replays it.",
        Commands =
        [
            new("list", "Lists events, the newest first.", DescribeList),
            new("show", "Shows one event with what its trigger saw.", DescribeShow),
            new("replay", "Tries one event once more, or all that fit.", DescribeReplay),
        ],
        Examples = ["gantry events list --status dead", "gantry events replay ID", "gantry events replay --status dead --plan publish"],
    };

    private static Command DescribeList() => HubList.Describe(
        "Lists events, the newest first.", "api/events", Filters, ["id", "plan", "kind", "status", "summary", "occurred_at", "reason"]);

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one event with what its trigger saw.",
        Arguments = [new("ID", "The event's id, as 'list' shows it.")],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync($"api/events/{Uri.EscapeDataString(invocation.Argument("ID"))}", cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeReplay() => new()
    {
        Name = "replay",
        Help = "Tries one event once more, or all that fit; at most 1000 at once.",
        Arguments = [new("ID", "The event's id; without it --status says which.") { IsRequired = false }],
        Options = [.. Filters.Select(filter => filter.Option), new("--limit", "How many at most, the newest; 100 if not given.") { Value = "N" }, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            return invocation.FindArgument("ID") is { } id
                ? await ReplayAsync(hub, id, cancellationToken)
                : await ReplayAllAsync(hub, invocation, cancellationToken);
        },
    };

    private static async Task<int> ReplayAsync(HubClient hub, string id, CancellationToken cancellationToken)
    {
        var replayed = await hub.SendAsync(HttpMethod.Post, $"api/events/{Uri.EscapeDataString(id)}/replay", new JsonObject(), cancellationToken) ?? default;
        var status = replayed.FindText("status");
        Console.Out.WriteLine(status == "accepted" ? $"Event {replayed.FindText("id")}: accepted, execution {replayed.FindText("execution_id")}." : $"Event {replayed.FindText("id")}: {status}. {replayed.FindText("reason")}");
        return status is "accepted" or "pending" ? ExitStatus.Succeeded : ExitStatus.Failed;
    }

    private static async Task<int> ReplayAllAsync(HubClient hub, Invocation invocation, CancellationToken cancellationToken)
    {
        if (!invocation.Has("--status"))
        {
            throw new CommandException("Say which event by its ID, or which ones by --status, such as --status dead.");
        }

        JsonObject body = [];
        foreach (var (option, field) in Filters)
        {
            if (invocation.Find(option.Name) is { } value)
            {
                body[field] = value;
            }
        }

        if (invocation.FindInteger("--limit", 1, 1_000) is { } limit)
        {
            body["limit"] = limit;
        }

        var answer = await hub.SendAsync(HttpMethod.Post, "api/events/replay", body, cancellationToken) ?? default;
        var count = answer.FindText("replayed") ?? "0";
        Console.Out.WriteLine($"{(count == "1" ? "One event is" : $"{count} events are")} tried once more.");
        return ExitStatus.Succeeded;
    }
}
