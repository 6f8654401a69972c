using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Cli.Plans;

namespace Gantry.Cli.Triggers;

/// <summary>"gantry schedule …": when plans start by themselves on a hub.</summary>
internal static class ScheduleCommand
{
    private const string SetHelp = "Sets a schedule beside a plan's text; one that was set so before is replaced.";
    private const string RunHelp = "Starts a schedule's plan now, with the schedule's inputs; its times stay as they are.";

    private static readonly Argument Plan = new("PLAN", "The plan's name.");
    private static readonly Argument PlanOrId = new("PLAN", "The plan's name, or one schedule's id, as 'list' shows it.");
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "schedule",
        Help = "Lists, sets, pauses and runs the schedules of a hub's plans.",
        Commands =
        [
            new("list", "Lists all schedules with their next time and what came of the last.", DescribeList),
            new("next", "Lists the next ten times of a plan's schedules.", DescribeNext),
            new("set", SetHelp, DescribeSet),
            new("remove", "Takes away the schedule that was set beside a plan's text, and pauses those of its text.", DescribeRemove),
            new("pause", "Pauses a plan's schedules, also through its later versions.", () => DescribeChange("pause", "Pauses a plan's schedules, also through its later versions.")),
            new("resume", "Resumes a plan's schedules; times that have passed are not made up for.", () => DescribeChange("resume", "Resumes a plan's schedules; times that have passed are not made up for.")),
            new("run", RunHelp, DescribeRun),
        ],
        Examples = ["gantry schedule set publish --cron '0 6 * * mon-fri' --zone Europe/Berlin", "gantry schedule next publish", "gantry schedule run publish"],
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists all schedules with their next time and what came of the last.",
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var jobs = await hub.ListAsync("api/scheduler/jobs?limit=100", cancellationToken).ToListAsync(cancellationToken);
            if (invocation.Has("--json"))
            {
                Answer.PrintList(jobs, [], asJson: true);
                return ExitStatus.Succeeded;
            }

            TextTable.Print(
                ["ID", "PLAN", "WATCHES", "STATE", "NEXT AT", "LAST"],
                [.. jobs.Select(job => (IReadOnlyList<string?>)[job.FindText("id"), job.FindText("plan"), job.FindText("watches"), job.FindText("state"), job.FindText("next_at"), LastOf(job)])]);
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeNext() => new()
    {
        Name = "next",
        Help = "Lists the next ten times of a plan's schedules.",
        Arguments = [PlanOrId],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            List<JsonElement> schedules = [];
            foreach (var id in await FindAsync(hub, invocation.Argument("PLAN"), cancellationToken))
            {
                schedules.Add(await hub.GetAsync($"api/triggers/{id}", cancellationToken));
            }

            if (invocation.Has("--json"))
            {
                Answer.PrintList(schedules, [], asJson: true);
                return ExitStatus.Succeeded;
            }

            foreach (var schedule in schedules)
            {
                Answer.Print(JsonSerializer.SerializeToElement(schedule.EnumerateObject().Where(member => member.Name is "id" or "watches" or "state" or "broken" or "next")
                    .ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal)), asJson: false);
            }

            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeSet() => new()
    {
        Name = "set",
        Help = SetHelp,
        Arguments = [Plan],
        Options =
        [
            new("--cron", "Five fields, six with seconds, or @daily and the like: '0 6 * * mon-fri'.") { Value = "CRON" },
            new("--every", "A span of time instead: 15m, 1d.") { Value = "DURATION" },
            new("--zone", "The time zone of --cron, such as Europe/Berlin; UTC if not given.") { Value = "ZONE" },
            new("--missed", "What becomes of times at which no hub ran: once (if not given), skip or all.") { Value = "POLICY" },
            new("--input", "A value for an input of the plan; KEY:=VALUE takes JSON.") { Value = "KEY=VALUE", IsMany = true },
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            JsonObject schedule = [];
            foreach (var field in (string[])["cron", "every", "zone", "missed"])
            {
                if (invocation.Find("--" + field) is { } value)
                {
                    schedule[field] = value;
                }
            }

            if (schedule.ContainsKey("cron") == schedule.ContainsKey("every"))
            {
                throw new UsageException("Say when: by --cron, such as --cron '0 6 * * *', or by --every, such as --every 15m.");
            }

            if (RunCommand.Inputs(invocation.FindAll("--input")) is { Count: > 0 } inputs)
            {
                schedule["inputs"] = inputs;
            }

            using var hub = HubChoice.Open(invocation);
            var schedules = await hub.SendAsync(HttpMethod.Post, PathOf(invocation, "schedule"), schedule, cancellationToken) ?? default;
            Answer.PrintList([.. schedules.EnumerateArray()], ["id", "watches", "state", "next_at"], asJson: false);
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRemove() => new()
    {
        Name = "remove",
        Help = "Takes away the schedule that was set beside a plan's text, and pauses those of its text.",
        Arguments = [Plan],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            await hub.SendAsync(HttpMethod.Post, PathOf(invocation, "unschedule"), new JsonObject(), cancellationToken);
            Console.Out.WriteLine($"The plan '{invocation.Argument("PLAN")}' starts by no schedule any more.");
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeChange(string name, string help) => new()
    {
        Name = name,
        Help = help,
        Arguments = [PlanOrId],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            foreach (var id in await FindAsync(hub, invocation.Argument("PLAN"), cancellationToken))
            {
                var changed = await hub.SendAsync(HttpMethod.Post, $"api/triggers/{id}/{name}", new JsonObject(), cancellationToken) ?? default;
                Console.Out.WriteLine($"Schedule {id} ({changed.FindText("watches")}): {changed.FindText("state")}.");
            }

            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRun() => new()
    {
        Name = "run",
        Help = RunHelp,
        Arguments = [PlanOrId],
        Options = [HubChoice.Option],
        Notes = ["It runs in your own name, whatever the schedule's 'when' says. 'gantry run PLAN' starts a plan without its schedule's inputs."],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            if (await FindAsync(hub, invocation.Argument("PLAN"), cancellationToken) is not [{ } id])
            {
                throw new CommandException($"The plan '{invocation.Argument("PLAN")}' has several schedules. Name one by its id; 'gantry schedule list' shows them.");
            }

            var started = await hub.SendAsync(HttpMethod.Post, $"api/triggers/{id}/run", new JsonObject(), cancellationToken) ?? default;
            if (started.FindText("status") != "accepted")
            {
                throw new CommandException($"It started nothing: {started.FindText("reason")}");
            }

            Console.Out.WriteLine($"Execution {started.FindText("execution_id")}: accepted.");
            return ExitStatus.Succeeded;
        },
    };

    /// <summary>The ids of all schedules of the plan, or the one that was given.</summary>
    private static async Task<IReadOnlyList<string>> FindAsync(HubClient hub, string plan, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(plan, "D", out _))
        {
            return [plan];
        }

        var found = await hub.ListAsync($"api/triggers?kind=schedule&limit=100&plan={Uri.EscapeDataString(plan)}", cancellationToken)
            .Select(trigger => trigger.FindText("id")!).ToListAsync(cancellationToken);
        return found.Count > 0 ? found : throw new CommandException($"The plan '{plan}' has no schedule. Set one by 'gantry schedule set', or in the plan's text.");
    }

    /// <summary>"accepted 2026-01-31T06:00:00Z": what came of its latest time.</summary>
    private static string? LastOf(JsonElement job) => job.TryGetProperty("last", out var last) && last.ValueKind == JsonValueKind.Object
        ? $"{last.FindText("execution_status") ?? last.FindText("status")} {last.FindText("occurred_at")}" : null;

    private static string PathOf(Invocation invocation, string action) => $"api/plans/{Uri.EscapeDataString(invocation.Argument("PLAN"))}/{action}";
}
