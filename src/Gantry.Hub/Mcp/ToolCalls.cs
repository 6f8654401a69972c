using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;
using ModelContextProtocol.Protocol;

namespace Gantry.Hub.Mcp;

/// <summary>
/// Calls of tools. A plan or an action runs as an execution like any other, by the caller's rights. What the client gives is data: nothing in it is looked through
/// for references, but that a secret parameter may name one credential.
/// </summary>
internal sealed class ToolCalls(HubDatabase database, ToolList tools, PlanLibrary plans, ProviderCatalog providers, ExecuteRoutes executions, TimeProvider clock)
{
    private const int FoundMax = 50;
    private const int WaitSeconds = 50;
    private const int WaitSecondsMax = 300;

    public async Task<CallToolResult> CallAsync(HttpContext context, Caller caller, string name, IDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case "search_actions":
                return Success(Search(TextOf(arguments, "query")));
            case "describe_action":
                var (described, detail) = ActionOf(TextOf(arguments, "use"));
                return Success(Describe(described, detail));
            case "get_execution":
                return Success(await ExecutionAsync(caller, TextOf(arguments, "id"), cancellationToken));
            case "run_action":
                var (provider, action) = ActionOf(TextOf(arguments, "use"));
                return await RunAsync(context, caller, provider, action, WithOf(arguments), WaitOf(arguments));
        }

        if (name.StartsWith(ToolList.PlanPrefix, StringComparison.Ordinal) && await tools.FindPlanAsync(caller, name, cancellationToken) is { } plan)
            return await RunAsync(context, caller, plan, arguments, cancellationToken);
        if (tools.FindAction(name) is { } found)
            return await RunAsync(context, caller, found.Provider, found.Action, arguments.ToDictionary(StringComparer.Ordinal), TimeSpan.FromSeconds(WaitSeconds));
        return Failure($"There is no tool '{Engine.Endpoints.EndpointPath.Printable(name)}'. The list of tools may have changed: read it again.");
    }

    public static CallToolResult Failure(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    private static CallToolResult Success(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    private async Task<CallToolResult> RunAsync(HttpContext context, Caller caller, SavedPlanRow row, IDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        Plan plan;
        try
        {
            plan = await plans.ReadAsync(caller.WorkspaceId!.Value, row.Id, row.Version, null, cancellationToken);
        }
        catch (PlanUnreadableException unreadable)
        {
            return Failure(unreadable.Message);
        }

        var isOwn = plan.Inputs.Any(input => input.Name == "wait_seconds");
        var inputs = arguments.Where(argument => isOwn || argument.Key != "wait_seconds").ToDictionary(StringComparer.Ordinal);
        var start = new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            Saved = new SavedPlan(row.Id, row.Version, row.Name),
            Plan = plan,
            Inputs = ExecuteRoutes.InputsFor(plan, JsonSerializer.SerializeToElement(inputs)),
            Address = AuditLog.AddressOf(context),
        };
        return await StartAsync(context, caller, start, isOwn ? TimeSpan.FromSeconds(WaitSeconds) : WaitOf(arguments));
    }

    private Task<CallToolResult> RunAsync(HttpContext context, Caller caller, IProvider provider, ProviderAction action, IReadOnlyDictionary<string, JsonElement> with, TimeSpan wait)
    {
        var (text, inputs) = StepOf(provider, action, with);
        var found = plans.Check(text);
        if (found.Plan is not { } plan)
            return Task.FromResult(Failure(string.Join('\n', found.Findings.Select(finding => finding.Message))));
        var start = new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            PlanText = text,
            Plan = plan,
            Inputs = ExecuteRoutes.InputsFor(plan, inputs),
            Address = AuditLog.AddressOf(context),
        };
        return StartAsync(context, caller, start, wait);
    }

    private async Task<CallToolResult> StartAsync(HttpContext context, Caller caller, ExecutionStart start, TimeSpan wait)
    {
        if (caller.Role < WorkspaceRole.Operator)
            return Failure("Executions are started by operators, editors and owners of the workspace, and by API keys that may do so.");
        var (view, _) = await executions.BeginAsync(context, caller, start, Guid.CreateVersion7(clock.GetUtcNow()), wait);
        var text = ExecutionJson.Write(json => view.Write(json));
        return view.Status is "failed" or "cancelled" ? Failure(text)
            : view.IsFinal ? Success(text)
            : Success($"It goes on; ask get_execution for how it stands. {text}");
    }

    /// <summary>A plan of one step whose values come as inputs: they are data, whatever stands in them.</summary>
    private static (string Plan, JsonElement Inputs) StepOf(IProvider provider, ProviderAction action, IReadOnlyDictionary<string, JsonElement> with)
    {
        var known = action.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        List<(string Input, string Name, JsonElement Value)> values = [];
        List<(string Name, string Reference)> secrets = [];
        foreach (var (name, value) in with)
        {
            if (known.GetValueOrDefault(name) is not { } setting)
                throw ProblemException.Invalid($"'{provider.Id}.{action.Id}' takes no '{Engine.Endpoints.EndpointPath.Printable(name)}'. It takes: {string.Join(", ", known.Keys)}.");
            if (!setting.IsSecret)
                values.Add((string.Create(CultureInfo.InvariantCulture, $"a{values.Count}"), name, value));
            else if (value.ValueKind == JsonValueKind.String && SecretRef.Parse(value.GetString()!) is { } secret)
                secrets.Add((name, secret.ToString()));
            else
                throw ProblemException.Invalid($"'{name}' is a secret: give it as ${{cred:NAME}}, the name of a credential.");
        }

        var plan = ExecutionJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", $"{provider.Id}.{action.Id}");
            json.WriteStartObject("inputs");
            foreach (var (input, _, _) in values) json.WriteString(input, "any");
            json.WriteEndObject();
            json.WriteStartArray("steps");
            json.WriteStartObject();
            json.WriteString("use", $"{provider.Id}.{action.Id}");
            json.WriteStartObject("with");
            foreach (var (input, name, _) in values) json.WriteString(name, $"${{input.{input}}}");
            foreach (var (name, reference) in secrets) json.WriteString(name, reference);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return (plan, JsonSerializer.SerializeToElement(values.ToDictionary(value => value.Input, value => value.Value, StringComparer.Ordinal)));
    }

    private string Search(string query)
    {
        var words = query.Split([' ', '.', '_', '-', ','], StringSplitOptions.RemoveEmptyEntries);
        var found = providers.All
            .SelectMany(provider => provider.ActionIds.Select(action => (Use: $"{provider.Id}.{action}", Provider: provider)))
            .Select(action => (action.Use, action.Provider, Hits: words.Count(word => Has(action.Use, word) || Has(action.Provider.Title, word) || Has(action.Provider.Category, word))))
            .Where(action => action.Hits > 0)
            .OrderByDescending(action => action.Hits).ThenBy(action => action.Use, StringComparer.Ordinal)
            .Take(FoundMax);
        return ExecutionJson.Write(json =>
        {
            json.WriteStartArray();
            foreach (var (use, provider, _) in found)
            {
                json.WriteStartObject();
                json.WriteString("use", use);
                json.WriteString("provider", provider.Title);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

        static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static string Describe(IProvider provider, ProviderAction action) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("use", $"{provider.Id}.{action.Id}");
        json.WriteString("help", action.Help);
        json.WritePropertyName("with");
        ToolList.SchemaOf(action.Parameters).WriteTo(json);
        json.WriteEndObject();
    });

    private (IProvider Provider, ProviderAction Action) ActionOf(string use)
    {
        var parts = use.Split('.', 2);
        return parts.Length == 2 && providers.Find(parts[0]) is { } provider && provider.Actions.FirstOrDefault(action => action.Id == parts[1]) is { } found
            ? (provider, found)
            : throw ProblemException.NotFound($"There is no action '{Engine.Endpoints.EndpointPath.Printable(use)}'. search_actions finds what there is.");
    }

    private async Task<string> ExecutionAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var view = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
        var steps = await ExecutionStore.StepsAsync(session, view.Id, cancellationToken);
        return ExecutionJson.Write(json => view.Write(json, steps));
    }

    private static string TextOf(IDictionary<string, JsonElement> arguments, string name) =>
        arguments.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw ProblemException.Invalid($"'{name}' is missing: a text.");

    private static Dictionary<string, JsonElement> WithOf(IDictionary<string, JsonElement> arguments) =>
        !arguments.TryGetValue("with", out var with) || with.ValueKind == JsonValueKind.Null ? []
        : with.ValueKind == JsonValueKind.Object ? with.EnumerateObject().DistinctBy(member => member.Name).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal)
        : throw ProblemException.Invalid("'with' is a map of parameters.");

    private static TimeSpan WaitOf(IDictionary<string, JsonElement> arguments) => TimeSpan.FromSeconds(
        arguments.TryGetValue("wait_seconds", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) ? Math.Clamp(seconds, 0, WaitSecondsMax) : WaitSeconds);
}
