using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Cli.Providers;
using Gantry.Engine.Plans;

namespace Gantry.Cli.Plans;

/// <summary>"gantry plan …": plans checked here, and saved on a hub.</summary>
internal static class PlanCommand
{
    private static readonly Argument Name = new("NAME", "The plan's name.");
    private static readonly Argument File = new("FILE", "A plan's file; '-' is standard input.");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "plan",
        Help = "Checks plans, and saves them on a hub.",
        Commands =
        [
            new("check", "Finds what is wrong with a plan, without running it and without a hub.", DescribeCheck),
            new("schema", "Prints the JSON Schema of plans, for editors.", DescribeSchema),
            new("apply", "Saves a plan's file, or all of a folder, on the hub.", PlanApplyCommand.Describe),
            new("draft", "Has an AI draft a plan from plain words.", PlanDraftCommand.Describe),
            new("list", "Lists the plans on the hub.", DescribeList),
            new("show", "Shows one plan on the hub.", DescribeShow),
            new("versions", "Lists the versions of one plan on the hub.", DescribeVersions),
            new("diff", "Shows what differs between two versions, or between the saved plan and a file.", PlanDiffCommand.Describe),
            new("export", "Prints a plan's text as it was saved.", DescribeExport),
            new("restore", "Makes an old version of a plan the newest again.", DescribeRestore),
            new("delete", "Deletes a plan from the hub; its executions stay.", DescribeDelete),
        ],
        Examples = ["gantry plan check publish.yaml", "gantry plan apply publish.yaml", "gantry run publish --follow"],
    };

    private static Command DescribeCheck() => new()
    {
        Name = "check",
        Help = "Finds what is wrong with a plan, without running it and without a hub.",
        Arguments = [File],
        Options = [Json],
        Notes = ["Exit status: 0 nothing is wrong, 1 something is."],
        RunAsync = (invocation, _) =>
        {
            var plan = invocation.Argument("FILE");
            var findings = PlanFile.Read(plan).FindWrong(UserProviders.Catalog);
            if (invocation.Has("--json"))
            {
                JsonArray all = [.. findings.Select(finding => (JsonNode)new JsonObject
                {
                    ["path"] = finding.Path,
                    ["line"] = finding.Line,
                    ["column"] = finding.Column,
                    ["message"] = finding.Message,
                })];
                Answer.Print(System.Text.Json.JsonElement.Parse(all.ToJsonString()), asJson: true);
            }
            else
            {
                Console.Out.WriteLine(findings.Count == 0 ? $"{plan}: nothing is wrong." : string.Join('\n', findings.Select(finding => $"{plan}:{finding}")));
            }

            return Task.FromResult(findings.Count == 0 ? ExitStatus.Succeeded : ExitStatus.Failed);
        },
    };

    private static Command DescribeSchema() => new()
    {
        Name = "schema",
        Help = "Prints the JSON Schema of plans (draft 2020-12) with all actions and their parameters, for editors.",
        Notes = ["A YAML file names it in its first line: # yaml-language-server: $schema=plan.schema.json"],
        Examples = ["gantry plan schema > plan.schema.json"],
        RunAsync = (_, _) =>
        {
            Console.Out.WriteLine(PlanSchema.Build([.. UserProviders.Catalog.All]).ToJsonString(Indented));
            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static Command DescribeRestore() => new()
    {
        Name = "restore",
        Help = "Makes an old version of a plan the newest again; what lies between stays in its history.",
        Arguments = [Name, new("VERSION", "The version's number, as 'versions' shows it.")],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var (name, version) = (invocation.Argument("NAME"), invocation.Argument("VERSION"));
            var saved = await hub.SendAsync(HttpMethod.Post, $"{PathOf(name)}/versions/{Uri.EscapeDataString(version)}/restore", new JsonObject(), cancellationToken) ?? default;
            Console.Out.WriteLine($"The plan '{name}' is as it was in version {version}; that is version {saved.FindText("version")} now.");
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists the plans on the hub.",
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var plans = await hub.ListAsync("api/plans", cancellationToken).ToListAsync(cancellationToken);
            Answer.PrintList(plans, ["name", "version", "updated_at", "origin", "description"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one plan on the hub.",
        Arguments = [Name],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var plan = await hub.GetAsync(PathOf(invocation.Argument("NAME")), cancellationToken);
            if (invocation.Has("--json"))
            {
                Answer.Print(plan, asJson: true);
                return ExitStatus.Succeeded;
            }

            Console.Out.WriteLine($"# {plan.FindText("name")}, version {plan.FindText("version")}, changed {plan.FindText("updated_at")}");
            Console.Out.WriteLine(plan.FindText("source")?.TrimEnd());
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeVersions() => new()
    {
        Name = "versions",
        Help = "Lists the versions of one plan on the hub.",
        Arguments = [Name],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var versions = await hub.ListAsync(PathOf(invocation.Argument("NAME")) + "/versions", cancellationToken).ToListAsync(cancellationToken);
            Answer.PrintList(versions, ["version", "created_at"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeExport() => new()
    {
        Name = "export",
        Help = "Prints a plan's text as it was saved.",
        Arguments = [Name],
        Options = [new("--version", "An older version than the newest.") { Value = "N" }, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            var path = PathOf(invocation.Argument("NAME"));
            var version = invocation.FindInteger("--version", 1, int.MaxValue);
            var plan = await hub.GetAsync(version is null ? path : $"{path}/versions/{version}", cancellationToken);
            Console.Out.Write(plan.FindText("source"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeDelete() => new()
    {
        Name = "delete",
        Help = "Deletes a plan from the hub; its executions stay.",
        Arguments = [Name],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            await hub.SendAsync(HttpMethod.Delete, PathOf(invocation.Argument("NAME")), body: null, cancellationToken);
            return ExitStatus.Succeeded;
        },
    };

    private static string PathOf(string name) => "api/plans/" + Uri.EscapeDataString(name);
}
