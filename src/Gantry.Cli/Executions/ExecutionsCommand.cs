using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;

namespace Gantry.Cli.Executions;

/// <summary>"gantry executions …": what a hub did and does.</summary>
internal static class ExecutionsCommand
{
    private static readonly Argument Id = IdOf("execution");
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "executions",
        Help = "Lists, follows, cancels, approves and re-runs executions on a hub.",
        Commands =
        [
            new("list", "Lists executions, the newest first.", DescribeList),
            new("show", "Shows one execution and its steps.", () => DescribeShow("execution", "Shows one execution and its steps.")),
            new("logs", "Prints the log of one execution.", DescribeLogs),
            new("follow", "Follows one execution to its end.", DescribeFollow),
            new("cancel", "Cancels one execution.", () => DescribeCancel("execution", "Cancels one execution; a running step is stopped.")),
            new("rerun", "Starts one execution again.", DescribeRerun),
            new("approvals", "Lists what waits for your yes or no.", DescribeApprovals),
            new("approve", "Says yes to a step that waits for it.", () => DescribeAnswer("approve", isApproved: true)),
            new("reject", "Says no to a step that waits for a yes.", () => DescribeAnswer("reject", isApproved: false)),
        ],
        Examples = ["gantry executions list --status failed", "gantry executions logs ID --level warning", "gantry executions rerun ID --follow"],
    };

    /// <summary>The same for all that is an execution; the hub has a route for each of the nouns.</summary>
    internal static Command DescribeShow(string noun, string help) => new()
    {
        Name = "show",
        Help = help,
        Arguments = [IdOf(noun)],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync(PathOf(invocation, noun), cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    internal static Command DescribeCancel(string noun, string help) => new()
    {
        Name = "cancel",
        Help = help,
        Arguments = [IdOf(noun)],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var execution = await hub.SendAsync(HttpMethod.Post, PathOf(invocation) + "/cancel", new JsonObject(), cancellationToken);
            Console.Out.WriteLine($"{char.ToUpperInvariant(noun[0])}{noun[1..]} {invocation.Argument("ID")}: {execution?.FindText("status") ?? "cancelled"}.");
            return ExitStatus.Succeeded;
        },
    };

    internal static Argument IdOf(string noun) => new("ID", $"The {noun}'s id, as 'list' shows it.");

    private static Command DescribeList() => HubList.Describe(
        "Lists executions, the newest first.",
        "api/executions",
        [
            new(new("--plan", "Only those of this plan.") { Value = "NAME" }, "plan"),
            new(new("--status", "Only those in this state: queued, running, waiting, succeeded, failed, cancelled.") { Value = "STATUS" }, "status"),
        ],
        ["id", "plan", "status", "created_at", "ended_at"]);

    private static Command DescribeLogs() => new()
    {
        Name = "logs",
        Help = "Prints the log of one execution.",
        Arguments = [Id],
        Options =
        [
            new("--level", "Only lines of at least this level: debug, info, warning, error.") { Value = "LEVEL" },
            Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var path = $"api/execution-logs?execution={Uri.EscapeDataString(invocation.Argument("ID"))}" + HubQuery.Of(invocation, ("--level", "level"));
            await foreach (var line in hub.ListAsync(path, cancellationToken))
            {
                if (invocation.Has("--json"))
                {
                    Console.Out.WriteLine(line.GetRawText());
                    continue;
                }

                Console.Out.WriteLine(Engine.Endpoints.EndpointPath.Printable(
                    $"{line.FindText("time")} {line.FindText("level"),-7} {line.FindText("step")} {line.FindText("message")}"));
            }

            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeFollow() => new()
    {
        Name = "follow",
        Help = "Follows one execution to its end; the exit status is the execution's.",
        Arguments = [Id],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            return await FollowAsync(hub, invocation.Argument("ID"), cancellationToken);
        },
    };

    private static Command DescribeRerun() => new()
    {
        Name = "rerun",
        Help = "Starts one execution again: all of it, or from one of its steps, with its plan and inputs or others.",
        Arguments = [Id],
        Options =
        [
            new("--from", "The first step to make again, by its path or id; 'failed' is the one that failed. The results of those before are taken over.") { Value = "STEP" },
            new("--newest", "With the plan's newest version instead of the one that ran."),
            new("--input", "An input to change, and its value; KEY:=VALUE takes JSON.") { Value = "KEY=VALUE", IsMany = true },
            new("--follow", "Follows it to its end."),
            HubChoice.Option,
        ],
        Examples = ["gantry executions rerun ID --from failed --follow", "gantry executions rerun ID --from 2 --newest --input count=3"],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var execution = await hub.SendAsync(HttpMethod.Post, PathOf(invocation) + "/rerun", await RerunOfAsync(hub, invocation, cancellationToken), cancellationToken) ?? default;
            var id = execution.FindText("id") ?? throw new CommandException("The hub answered no execution.");
            Console.Out.WriteLine(id);
            return invocation.Has("--follow") ? await FollowAsync(hub, id, cancellationToken) : ExitStatus.Succeeded;
        },
    };

    private static async Task<JsonObject> RerunOfAsync(HubClient hub, Invocation invocation, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        if (invocation.Find("--from") is { } from)
        {
            body["from"] = from;
        }

        if (invocation.Has("--newest"))
        {
            body["version"] = "newest";
        }

        var changed = Plans.RunCommand.Inputs(invocation.FindAll("--input"));
        if (changed.Count == 0)
        {
            return body;
        }

        // Only what is named is changed.
        var old = await hub.GetAsync(PathOf(invocation), cancellationToken);
        var inputs = old.TryGetProperty("inputs", out var given) && JsonNode.Parse(given.GetRawText()) is JsonObject all ? all : [];
        foreach (var (name, value) in changed)
        {
            inputs[name] = value?.DeepClone();
        }

        body["inputs"] = inputs;
        return body;
    }

    private static Command DescribeApprovals() => new()
    {
        Name = "approvals",
        Help = "Lists what waits for your yes or no.",
        Options = [new("--all", "Also what waits for others."), Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var path = "api/approvals?limit=100" + (invocation.Has("--all") ? "&all=true" : "");
            var approvals = await hub.ListAsync(path, cancellationToken).ToListAsync(cancellationToken);
            Answer.PrintList(approvals, ["execution", "plan", "step", "ask", "until"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeAnswer(string name, bool isApproved) => new()
    {
        Name = name,
        Help = isApproved ? "Says yes to a step that waits for it." : "Says no to a step that waits for a yes.",
        Arguments = [Id],
        Options =
        [
            new("--step", "The step, by its path or id, when several wait.") { Value = "STEP" },
            new("--comment", "Why; it is kept with the answer.") { Value = "TEXT" },
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var body = new JsonObject { ["approve"] = isApproved, ["step"] = invocation.Find("--step"), ["comment"] = invocation.Find("--comment") };
            await hub.SendAsync(HttpMethod.Post, PathOf(invocation) + "/approve", body, cancellationToken);
            Console.Out.WriteLine($"Execution {invocation.Argument("ID")}: {(isApproved ? "approved" : "rejected")}.");
            return ExitStatus.Succeeded;
        },
    };

    private static async Task<int> FollowAsync(HubClient hub, string id, CancellationToken cancellationToken)
    {
        ExecutionPrinter printer = new();
        var execution = await new ExecutionFollower(hub, printer, TimeProvider.System).FollowAsync(id, cancellationToken);
        printer.Line(ExecutionFollower.EndOf(execution));
        return ExecutionFollower.StatusOf(execution);
    }

    private static string PathOf(Invocation invocation, string noun = "execution") => $"api/{noun}s/{Uri.EscapeDataString(invocation.Argument("ID"))}";
}
