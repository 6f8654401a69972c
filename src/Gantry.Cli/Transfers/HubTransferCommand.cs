using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Executions;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Transfers;

/// <summary>"gantry transfer …": transfers that a hub performs, and what became of their files.</summary>
internal static class HubTransferCommand
{
    internal static readonly Option Json = new("--json", "Prints JSON.");
    internal static readonly Option Follow = new("--follow", "Follows it to its end; the exit status is the transfer's.");

    private const int FailuresShown = 20;
    private static readonly Argument Id = ExecutionsCommand.IdOf("transfer");

    public static Command Describe() => new()
    {
        Name = "transfer",
        Help = "Starts, lists, shows and retries transfers on a hub, and runs templates of them.",
        Commands =
        [
            new("start", "Starts a transfer on the hub.", DescribeStart),
            new("list", "Lists transfers, the newest first.", DescribeList),
            new("show", "Shows one transfer and how its links stand.", () => ExecutionsCommand.DescribeShow("transfer", "Shows one transfer and how its links stand.")),
            new("manifest", "Lists what became of each file.", DescribeManifest),
            new("retry", "Starts a transfer of only what failed.", DescribeRetry),
            new("cancel", "Cancels one transfer.", () => ExecutionsCommand.DescribeCancel("transfer", "Cancels one transfer; what arrived stays, and what was under way is cleaned up.")),
            new("template", "Saves transfers under a name, and runs them.", TemplateCommand.Describe),
        ],
        Notes = ["The hub moves the files: an address is NAME:PATH of an endpoint saved there, or one that the hub can reach."],
        Examples =
        [
            "gantry transfer start incoming:out web:www --include '*.html' --follow",
            "gantry transfer start bucket:day primary:day --then archive:day --follow",
            "gantry transfer list --status failed --search delivery",
            "gantry transfer retry ID --follow",
        ],
    };

    /// <summary>What the start of a transfer and a template have in common.</summary>
    internal static IReadOnlyList<Option> Options { get; } =
    [
        new("--then", "A further target: what arrived at the one before goes on to it.") { Value = "TARGET", IsMany = true },
        new("--mode", "copy (if not given), sync or move.") { Value = "MODE" },
        new("--include", "Only files that match one of these patterns.") { Value = "PATTERN", IsMany = true },
        new("--exclude", "No files that match one of these patterns.") { Value = "PATTERN", IsMany = true },
        new("--set", "Another option of the transfer; KEY:=VALUE takes JSON. 'gantry provider show transfer' lists them.") { Value = "KEY=VALUE", IsMany = true },
    ];

    /// <summary>The body of a request from sources, targets and options.</summary>
    internal static JsonObject Body(Invocation invocation)
    {
        var options = OptionsOf(invocation);
        var body = new JsonObject { ["from"] = List(invocation.Arguments("SOURCE")), ["to"] = List([invocation.Argument("TARGET"), .. invocation.FindAll("--then")]) };
        if (invocation.Find("--mode") is { } mode)
        {
            body["mode"] = mode;
        }

        if (options.Count > 0)
        {
            body["options"] = options;
        }

        return body;
    }

    internal static JsonArray List(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);

    /// <summary>Prints the transfer that was started, or follows it to its end.</summary>
    internal static async Task<int> StartedAsync(Invocation invocation, HubClient hub, JsonElement? answer, CancellationToken cancellationToken)
    {
        var transfer = answer ?? default;
        var id = transfer.FindText("id") ?? throw new CommandException("The hub answered no transfer.");
        var asJson = invocation.Has("--json");
        if (!invocation.Has("--follow"))
        {
            Print(transfer, id, asJson);
            return ExitStatus.Succeeded;
        }

        var printer = asJson ? null : new ExecutionPrinter();
        printer?.Line($"Transfer {id}");
        var execution = await new ExecutionFollower(hub, printer, TimeProvider.System).FollowAsync(id, cancellationToken);
        transfer = await hub.GetAsync($"api/transfers/{Uri.EscapeDataString(id)}", cancellationToken);
        Print(transfer, $"{ExecutionFollower.EndOf(execution)}\n{Summary(transfer)}".TrimEnd(), asJson);
        return ExecutionFollower.StatusOf(execution);
    }

    private static Command DescribeStart() => new()
    {
        Name = "start",
        Help = "Starts a transfer on the hub: from one or more places to one, or through several in a row.",
        Arguments = [new("SOURCE", "The address of a folder or a file.") { IsMany = true }, new("TARGET", "The address of the folder that receives.")],
        Options =
        [
            .. Options,
            new("--file", "Only this file or folder of the source, by its path there.") { Value = "PATH", IsMany = true },
            new("--name", "What the history shows it as.") { Value = "NAME" },
            Follow,
            Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var body = Body(invocation);
            if (invocation.Find("--name") is { } name)
            {
                body["name"] = name;
            }

            if (invocation.Has("--file"))
            {
                body["files"] = List(invocation.FindAll("--file"));
            }

            return await StartedAsync(invocation, hub, await hub.SendAsync(HttpMethod.Post, "api/transfers", body, cancellationToken), cancellationToken);
        },
    };

    private static Command DescribeList() => HubList.Describe(
        "Lists transfers, the newest first.",
        "api/transfers",
        [
            new(new("--search", "Only those with this text in their name or addresses.") { Value = "TEXT" }, "q"),
            new(new("--status", "Only those in this state: queued, running, waiting, succeeded, failed, cancelled.") { Value = "STATUS" }, "status"),
            new(new("--endpoint", "Only those from or to this saved endpoint.") { Value = "NAME" }, "endpoint"),
            new(new("--template", "Only those of this template.") { Value = "NAME" }, "template"),
            new(new("--since", "Only those started then or later.") { Value = "TIME" }, "since"),
            new(new("--until", "Only those started before.") { Value = "TIME" }, "until"),
        ],
        transfers => TextTable.Print(["ID", "NAME", "STATUS", "CREATED AT", "FROM", "TO"], [.. transfers.Select(Row)]));

    private static Command DescribeManifest() => new()
    {
        Name = "manifest",
        Help = "Lists what became of each file.",
        Arguments = [Id],
        Options =
        [
            new("--result", "Only files that were: copied, skipped, deleted, failed.") { Value = "RESULT" },
            new("--search", "Only files with this text in their path.") { Value = "TEXT" },
            new("--limit", "How many at most; 100 if not given.") { Value = "N" },
            new("--output", "Writes the whole of it into this file, one JSON object to a line; '-' is standard output.") { Value = "FILE" },
            Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var filter = HubQuery.Of(invocation, ("--result", "result"), ("--search", "q"));
            if (invocation.Find("--output") is { } file)
            {
                await using var output = file == "-" ? Console.OpenStandardOutput() : File.Create(file);
                await hub.DownloadAsync($"{PathOf(invocation)}/manifest.jsonl?{filter.TrimStart('&')}", output, cancellationToken);
                return ExitStatus.Succeeded;
            }

            var limit = invocation.FindInteger("--limit", 1, 1_000_000) ?? 100;
            var lines = await hub.ListAsync($"{PathOf(invocation)}/manifest?limit={Math.Min(limit, 500)}{filter}", cancellationToken).Take(limit).ToListAsync(cancellationToken);
            Answer.PrintList(lines, ["result", "path", "size", "duration_seconds", "step", "reason"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRetry() => new()
    {
        Name = "retry",
        Help = "Starts a transfer of only what failed, through all the links that are left to it.",
        Arguments = [Id],
        Options = [Follow, Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            return await StartedAsync(invocation, hub, await hub.SendAsync(HttpMethod.Post, PathOf(invocation) + "/retry", body: null, cancellationToken), cancellationToken);
        },
    };

    private static JsonObject OptionsOf(Invocation invocation)
    {
        JsonObject options = [];
        foreach (var name in (string[])["include", "exclude"])
        {
            if (invocation.Has("--" + name))
            {
                options[name] = List(invocation.FindAll("--" + name));
            }
        }

        foreach (var (key, value) in invocation.FindPairs("--set"))
        {
            var isJson = key.EndsWith(':');
            if (!options.TryAdd(isJson ? key[..^1] : key, isJson ? Parse(key[..^1], value) : JsonValue.Create(value)))
            {
                throw new UsageException($"The option '{key.TrimEnd(':')}' is given twice.");
            }
        }

        return options;
    }

    private static JsonNode? Parse(string key, string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw new UsageException($"--set {key}:= takes JSON, and '{text}' is none. A plain text is written {key}=TEXT.");
        }
    }

    private static void Print(JsonElement transfer, string text, bool asJson)
    {
        if (asJson)
        {
            Answer.Print(transfer, asJson: true);
            return;
        }

        foreach (var line in text.Split('\n'))
        {
            Console.Out.WriteLine(EndpointPath.Printable(line));
        }
    }

    /// <summary>A line for each link, and the first failures.</summary>
    private static string Summary(JsonElement transfer)
    {
        List<string> lines = [];
        foreach (var link in transfer.GetProperty("links").EnumerateArray())
        {
            var progress = link.Find("progress");
            lines.Add($"{link.FindText("from")} → {link.FindText("to")}: " + (progress is { } counts && counts.Find("copied") is not null
                ? $"{counts.FindText("copied")} copied ({ByteSize.Format(counts.GetProperty("bytes_done").GetInt64())}), {counts.FindText("skipped")} unchanged, {counts.FindText("failed")} failed."
                : link.FindText("message") ?? "not begun."));
            foreach (var failure in link.Find("result")?.Find("failures")?.EnumerateArray().Take(FailuresShown) ?? [])
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {failure.FindText("path")}: {failure.FindText("reason")}"));
            }
        }

        return string.Join('\n', lines);
    }

    private static IReadOnlyList<string?> Row(JsonElement transfer) =>
    [
        transfer.FindText("id"),
        transfer.FindText("name"),
        transfer.FindText("status"),
        transfer.GetProperty("created_at").GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        string.Join(", ", transfer.GetProperty("from").EnumerateArray().Select(address => address.GetString())),
        string.Join(" → ", transfer.GetProperty("to").EnumerateArray().Select(address => address.GetString())),
    ];

    private static string PathOf(Invocation invocation) => "api/transfers/" + Uri.EscapeDataString(invocation.Argument("ID"));
}
