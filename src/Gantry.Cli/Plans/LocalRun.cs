using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Endpoints;
using Gantry.Cli.Executions;
using Gantry.Cli.Hubs;
using Gantry.Cli.Providers;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Plans;

/// <summary>Runs a plan in this process, where the user is the user: every folder, every host, the user's environment.</summary>
internal static class LocalRun
{
    public static async Task<int> RunAsync(PlanFile file, JsonObject given, string? sshConfigFile, bool asJson, CancellationToken cancellationToken)
    {
        var plan = file.Check(UserProviders.Catalog);
        List<SettingFinding> findings = [];
        var inputs = PlanInputs.Complete(plan, JsonElement.Parse(given.ToJsonString()), findings);
        if (findings.Count > 0)
        {
            throw new UsageException(string.Join('\n', findings.Select(finding => finding.Message)));
        }

        using Redactor redactor = new();
        using MaskedConsole console = new(redactor);
        var context = UserEndpointOpener.UserContext(sshConfigFile);
        var printer = asJson ? null : new ExecutionPrinter();
        var started = TimeProvider.System.GetTimestamp();
        LocalExecution execution = new(file, plan, inputs, context, redactor, printer, new TerminalAnswers(), new FolderFiles());
        var outcome = await execution.RunAsync(cancellationToken);
        var journal = execution.Journal;
        var status = JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.Status.ToString());
        if (asJson)
        {
            Answer.Print(JsonElement.Parse(Describe(outcome, status, journal).ToJsonString()), asJson: true);
        }
        else
        {
            printer!.Line($"{char.ToUpperInvariant(status[0])}{status[1..]} after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.00} s{(outcome.Error is { } error ? ": " + error.Message : ".")}");
        }

        return outcome.Status switch
        {
            ExecutionStatus.Succeeded => ExitStatus.Succeeded,
            ExecutionStatus.Cancelled => ExitStatus.Cancelled,
            _ => ExitStatus.Failed,
        };
    }

    private static JsonObject Describe(PlanOutcome outcome, string status, MemoryJournal journal) => new()
    {
        ["status"] = status,
        ["output"] = Node(outcome.Output?.Value),
        ["error"] = Node(outcome.Error),
        ["failed_step"] = outcome.FailedStepPath,
        ["steps"] = new JsonArray([.. journal.Attempts.Select(attempt => (JsonNode)new JsonObject
        {
            ["step"] = attempt.StepPath,
            ["id"] = attempt.StepId,
            ["use"] = attempt.Use,
            ["attempt"] = attempt.Attempt,
            ["status"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(attempt.Status.ToString()),
            ["message"] = attempt.Message,
            ["output"] = Node(attempt.Output?.Value),
            ["error"] = Node(attempt.Error),
        })]),
    };

    private static JsonNode? Node(JsonElement? value) => value is { } given ? JsonNode.Parse(given.GetRawText()) : null;

    private static JsonObject? Node(Engine.Providers.ProviderError? error) => error is null ? null : new JsonObject
    {
        ["kind"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Kind.ToString()),
        ["message"] = error.Message,
        ["transient"] = error.IsTransient,
        ["status"] = error.Status,
    };
}
