using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Documents;

namespace Gantry.Cli.Notifications;

/// <summary>"gantry notifications …": who was told how executions ended, and who is told where plans say nothing.</summary>
internal static class NotificationsCommand
{
    private const string DefaultPath = "api/notification-default";
    private const string SetHelp = "Sets who is told of the ends of plans that have no 'notify' themselves.";

    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "notifications",
        Help = "Lists who was told how executions on a hub ended, and sets who is told where plans say nothing.",
        Commands =
        [
            new("list", "Lists notifications, the newest first.", DescribeList),
            new("show", "Shows one notification: how it was told, or why not.", DescribeShow),
            new("default", "Shows who is told of the ends of plans that have no 'notify' themselves.", DescribeDefault),
            new("set-default", SetHelp, DescribeSetDefault),
            new("remove-default", "Tells nobody any more of the ends of plans that have no 'notify' themselves.", DescribeRemoveDefault),
        ],
        Examples = ["gantry notifications list --status failed", "gantry notifications set-default notify.yaml"],
    };

    private static Command DescribeList() => HubList.Describe(
        "Lists notifications, the newest first.",
        "api/notifications",
        [
            new(new("--status", "Only those in this state: pending, sending, sent, failed, suppressed, noted, dead.") { Value = "STATUS" }, "status"),
            new(new("--plan", "Only those of this plan.") { Value = "NAME" }, "plan"),
        ],
        ["id", "plan", "occasion", "use", "status", "created_at", "reason"]);

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one notification: how it was told, or why not.",
        Arguments = [new("ID", "The notification's id, as 'list' shows it.")],
        Options = [Json, HubChoice.Option],
        Notes = ["'gantry executions logs EXECUTION_ID' tells each attempt at telling it."],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync($"api/notifications/{Uri.EscapeDataString(invocation.Argument("ID"))}", cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeDefault() => new()
    {
        Name = "default",
        Help = "Shows who is told of the ends of plans that have no 'notify' themselves.",
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var found = await hub.GetAsync(DefaultPath, cancellationToken);
            if (!invocation.Has("--json") && found.GetProperty("notify").ValueKind == System.Text.Json.JsonValueKind.Null)
            {
                Console.Out.WriteLine("Nobody is told, except by plans that say so themselves.");
                return ExitStatus.Succeeded;
            }

            Answer.Print(found, invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeSetDefault() => new()
    {
        Name = "set-default",
        Help = SetHelp,
        Arguments = [new("FILE", "YAML or JSON: 'notify' with a list as in a plan; '-' is standard input.")],
        Options = [HubChoice.Option],
        Notes = ["notify: [ { on: [failure, recovery], use: slack.post_message, with: { webhook_url: \"${cred:SLACK_OPS}\" }, at_most_every: 1h } ]"],
        RunAsync = async (invocation, cancellationToken) =>
        {
            var rules = await ReadAsync(invocation.Argument("FILE"), cancellationToken);
            using var hub = HubChoice.Open(invocation);
            var set = await hub.SendAsync(HttpMethod.Put, DefaultPath, rules, cancellationToken) ?? default;
            var count = set.GetProperty("notify").GetArrayLength();
            Console.Out.WriteLine($"{(count == 1 ? "One rule is" : $"{count} rules are")} for all plans that have no 'notify' themselves.");
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRemoveDefault() => new()
    {
        Name = "remove-default",
        Help = "Tells nobody any more of the ends of plans that have no 'notify' themselves.",
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            await hub.SendAsync(HttpMethod.Delete, DefaultPath, body: null, cancellationToken);
            Console.Out.WriteLine("Nobody is told any more, except by plans that say so themselves.");
            return ExitStatus.Succeeded;
        },
    };

    private static async Task<JsonNode?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = path == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
            return JsonNode.Parse(DocumentReader.Read(text).ToJson().GetRawText());
        }
        catch (DocumentException wrong)
        {
            throw new CommandException($"{path}:{wrong.Position.Line}:{wrong.Position.Column}: {wrong.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
