using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Executions;
using Gantry.Cli.Hubs;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Plans;

/// <summary>"gantry run": a plan's file in this process, or a plan on a hub.</summary>
internal static class RunCommand
{
    public static Command Describe() => new()
    {
        Name = "run",
        Help = "Runs a plan: a file in this process, or on a hub; a saved plan on its hub.",
        Arguments = [new("PLAN", "A plan's file (.yaml, .yml, .json), or the name of a plan saved on the hub.")],
        Options =
        [
            new("--input", "A value for an input of the plan; KEY:=VALUE takes JSON (--input 'days:=[1,2]').") { Value = "KEY=VALUE", IsMany = true },
            new("--follow", "On a hub: follows the execution to its end. Without it the command ends when the execution is accepted."),
            new("--ssh-config", "In this process: the ssh_config to use instead of your own.") { Value = "FILE" },
            new("--json", "Prints the execution as JSON at its end, and nothing else."),
            HubChoice.Option,
        ],
        Notes =
        [
            "A file runs in this process unless --hub or GANTRY_HUB names a hub.",
            "Exit status: 0 succeeded (or accepted, without --follow), 1 failed, 2 wrong usage, 3 could not connect, 130 cancelled.",
        ],
        Examples =
        [
            "gantry run publish.yaml --input site=example.org --input 'days:=[1,2]'",
            "gantry run demo --follow",
            "gantry run publish.yaml --hub http://127.0.0.1:7300 --follow",
        ],
        RunAsync = RunAsync,
    };

    private static Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var plan = invocation.Argument("PLAN");
        var inputs = Inputs(invocation.FindAll("--input"));
        var isFile = PlanFile.IsOne(plan);
        return isFile && HubChoice.Asked(invocation) is null
            ? LocalRun.RunAsync(PlanFile.Read(plan), inputs, invocation.Find("--ssh-config"), invocation.Has("--json"), cancellationToken)
            : RunOnHubAsync(invocation, isFile ? PlanFile.Read(plan).ToJson() : JsonValue.Create(plan), inputs, cancellationToken);
    }

    private static async Task<int> RunOnHubAsync(Invocation invocation, JsonNode plan, JsonObject inputs, CancellationToken cancellationToken)
    {
        var asJson = invocation.Has("--json");
        using var hub = HubChoice.Open(invocation);
        var execution = await hub.SendAsync(
            HttpMethod.Post, "api/execute", new JsonObject { ["plan"] = plan, ["inputs"] = inputs }, cancellationToken) ?? default;
        var id = execution.FindText("id") ?? throw new CommandException("The hub answered no execution.");
        if (!invocation.Has("--follow"))
        {
            Print(id, execution);
            return ExitStatus.Succeeded;
        }

        var printer = asJson ? null : new ExecutionPrinter();
        printer?.Line($"Execution {id}");
        execution = await new ExecutionFollower(hub, printer, TimeProvider.System).FollowAsync(id, cancellationToken);
        Print(ExecutionFollower.EndOf(execution), execution);
        return ExecutionFollower.StatusOf(execution);

        void Print(string text, System.Text.Json.JsonElement whole)
        {
            if (asJson)
            {
                Answer.Print(whole, asJson: true);
            }
            else
            {
                Console.Out.WriteLine(Engine.Endpoints.EndpointPath.Printable(text));
            }
        }
    }

    /// <summary>key=text and key:=JSON.</summary>
    internal static JsonObject Inputs(IReadOnlyList<string> given)
    {
        JsonObject inputs = [];
        foreach (var text in given)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var isJson = equals > 1 && text[equals - 1] == ':';
            var key = equals < 0 ? "" : text[..(isJson ? equals - 1 : equals)];
            if (key.Length == 0)
            {
                throw new UsageException($"--input takes KEY=VALUE or KEY:=JSON, not '{text}'.");
            }

            if (!inputs.TryAdd(key, isJson ? Json(key, text[(equals + 1)..]) : JsonValue.Create(text[(equals + 1)..])))
            {
                throw new UsageException($"--input gives '{key}' twice.");
            }
        }

        return inputs;
    }

    private static JsonNode? Json(string key, string text)
    {
        try
        {
            return HalfPairs.AreIn(text) ? throw new System.Text.Json.JsonException() : JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new UsageException($"--input {key}:= takes JSON, and '{text}' is none. A plain text is written {key}=TEXT.");
        }
    }
}
