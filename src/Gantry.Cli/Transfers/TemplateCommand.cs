using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;

namespace Gantry.Cli.Transfers;

/// <summary>"gantry transfer template …": transfers under a name. Each is a plan, and every change a version of it.</summary>
internal static class TemplateCommand
{
    private static readonly Argument Name = new("NAME", "The template's name.");

    public static Command Describe() => new()
    {
        Name = "template",
        Help = "Saves transfers under a name, and runs them.",
        Commands =
        [
            new("save", "Saves a template, or a new version of it.", DescribeSave),
            new("list", "Lists the templates.", DescribeList),
            new("show", "Shows one template.", DescribeShow),
            new("run", "Runs a template.", DescribeRun),
            new("remove", "Deletes a template; what it moved stays in the history.", DescribeRemove),
        ],
        Examples =
        [
            "gantry transfer template save pages incoming:out web:www --pattern '*.html'",
            "gantry transfer template run pages --file index.html --follow",
        ],
    };

    private static Command DescribeSave() => new()
    {
        Name = "save",
        Help = "Saves a template, or a new version of it; the versions before stay.",
        Arguments = [Name, new("SOURCE", "The address of a folder or a file.") { IsMany = true }, new("TARGET", "The address of the folder that receives.")],
        Options =
        [
            new("--pattern", "Only files that match, such as '*.jpg' or '/out/**'.") { Value = "PATTERN" },
            new("--description", "What it is for.") { Value = "TEXT" },
            .. HubTransferCommand.Options,
            HubTransferCommand.Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var body = HubTransferCommand.Body(invocation);
            foreach (var field in (string[])["pattern", "description"])
            {
                if (invocation.Find("--" + field) is { } value)
                {
                    body[field] = value;
                }
            }

            var template = await hub.SendAsync(HttpMethod.Put, PathOf(invocation), body, cancellationToken) ?? default;
            if (invocation.Has("--json"))
            {
                Answer.Print(template, asJson: true);
            }
            else
            {
                Console.Out.WriteLine($"Template {invocation.Argument("NAME")}: version {template.FindText("version")}.");
            }

            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists the templates by name.",
        Options = [HubTransferCommand.Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var templates = await hub.ListAsync("api/transfer-templates?limit=100", cancellationToken).ToListAsync(cancellationToken);
            Answer.PrintList(templates, ["name", "mode", "pattern", "version", "updated_at", "description"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one template.",
        Arguments = [Name],
        Options = [HubTransferCommand.Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync(PathOf(invocation), cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRun() => new()
    {
        Name = "run",
        Help = "Runs a template, for all of its files or for those that are named.",
        Arguments = [Name],
        Options =
        [
            new("--file", "Only this file or folder of the source, by its path there.") { Value = "PATH", IsMany = true },
            HubTransferCommand.Follow,
            HubTransferCommand.Json,
            HubChoice.Option,
        ],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            System.Text.Json.Nodes.JsonObject body = [];
            if (invocation.Has("--file"))
            {
                body["files"] = HubTransferCommand.List(invocation.FindAll("--file"));
            }

            return await HubTransferCommand.StartedAsync(
                invocation, hub, await hub.SendAsync(HttpMethod.Post, PathOf(invocation) + "/run", body, cancellationToken), cancellationToken);
        },
    };

    private static Command DescribeRemove() => new()
    {
        Name = "remove",
        Help = "Deletes a template; what it moved stays in the history.",
        Arguments = [Name],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            await hub.SendAsync(HttpMethod.Delete, PathOf(invocation), body: null, cancellationToken);
            Console.Out.WriteLine($"Template {invocation.Argument("NAME")} is deleted.");
            return ExitStatus.Succeeded;
        },
    };

    private static string PathOf(Invocation invocation) => "api/transfer-templates/" + Uri.EscapeDataString(invocation.Argument("NAME"));
}
