using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Gantry.Hub.Mcp;

/// <summary>
/// What an AI client is offered: a few tools that reach everything, each saved plan, and the actions of the providers that need no connection or have one. Others are
/// found by search_actions: a list of thousands would help nobody.
/// </summary>
internal sealed class ToolList(HubDatabase database, PlanLibrary plans, ProviderCatalog providers)
{
    public const string PlanPrefix = "plan__";
    public const string Separator = "__";

    private const int PageSize = 100;
    private const int NameCharactersMax = 100;
    private const int CredentialsMax = 1000;

    private static readonly Setting Use = new() { Name = "use", IsRequired = true, Help = "The action, as PROVIDER.ACTION." };

    private static readonly Setting Wait = new() { Name = "wait_seconds", Type = SettingType.Integer, Help = "How long to wait for its end; 50 when left out, 300 at most." };

    private static readonly IReadOnlyList<Tool> General =
    [
        Describe("search_actions", "Finds actions of providers by words in their names; answers what each is called.",
            [new() { Name = "query", IsRequired = true, Help = "Words, such as 'create contact' or 'stripe'." }], isReadOnly: true),
        Describe("describe_action", "Tells what an action does and takes.", [Use], isReadOnly: true),
        Describe("run_action", "Performs an action, as an execution of one step.",
            [Use, new() { Name = "with", Type = SettingType.Map, Help = "Its parameters. A secret is given as ${cred:NAME}." }, Wait], isReadOnly: false),
        Describe("get_execution", "Tells how an execution stands, and what it answered.", [new() { Name = "id", IsRequired = true, Help = "The execution's id." }], isReadOnly: true),
    ];

    public async Task<ListToolsResult> ListAsync(Caller caller, string? cursor, CancellationToken cancellationToken)
    {
        List<Tool> tools = cursor is null ? [.. General] : [];
        string? afterAction = null;
        if (cursor is null || cursor.StartsWith("plan:", StringComparison.Ordinal))
        {
            var rows = await PlansAsync(caller, cursor?["plan:".Length..], PageSize + 1, cancellationToken);
            foreach (var row in rows.Take(PageSize)) tools.Add(await ToolOfAsync(caller, row, cancellationToken));
            if (rows.Count > PageSize) return new ListToolsResult { Tools = tools, NextCursor = $"plan:{rows[PageSize - 1].Name}" };
        }
        else if (cursor.StartsWith("action:", StringComparison.Ordinal))
        {
            afterAction = cursor["action:".Length..];
        }
        else
        {
            throw new McpProtocolException("This cursor is none of ours. Begin at the beginning.", McpErrorCode.InvalidParams);
        }

        foreach (var (provider, action) in await ActionsAsync(caller, cancellationToken))
        {
            if (afterAction is not null && string.CompareOrdinal(NameOf(provider, action), afterAction) <= 0) continue;
            if (tools.Count >= PageSize * 2) return new ListToolsResult { Tools = tools, NextCursor = $"action:{tools[^1].Name}" };
            tools.Add(Describe(NameOf(provider, action), $"{provider.Title}: {action.Help}", action.Parameters, action.IsPure, action.IsRepeatable));
        }

        return new ListToolsResult { Tools = tools };
    }

    /// <summary>The plan whose tool has this name; null when there is none that the caller sees.</summary>
    public async Task<SavedPlanRow?> FindPlanAsync(Caller caller, string tool, CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var rows = await PlansAsync(caller, after, PageSize, cancellationToken);
            if (rows.FirstOrDefault(row => NameOf(row) == tool) is { } found) return found;
            if (rows.Count < PageSize) return null;
            after = rows[^1].Name;
        }
    }

    /// <summary>The action whose tool has this name; null when there is none.</summary>
    public (IProvider Provider, ProviderAction Action)? FindAction(string tool)
    {
        for (var at = tool.IndexOf(Separator, StringComparison.Ordinal); at > 0; at = tool.IndexOf(Separator, at + 1, StringComparison.Ordinal))
            if (providers.Find(tool[..at]) is { } provider && provider.Actions.FirstOrDefault(action => action.Id == tool[(at + Separator.Length)..]) is { } found)
                return (provider, found);
        return null;
    }

    public static string NameOf(IProvider provider, ProviderAction action) => $"{provider.Id}{Separator}{action.Id}";

    /// <summary>Names of plans are anyone's; those of tools are letters, digits, '_' and '-'.</summary>
    private static string NameOf(SavedPlanRow plan)
    {
        var plain = string.Concat(plan.Name.Take(NameCharactersMax).Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' ? character : '_'));
        return plain == plan.Name ? $"{PlanPrefix}{plain}" : $"{PlanPrefix}{plain}{Separator}{plan.Id.ToString("N")[^8..]}";
    }

    private async Task<IReadOnlyList<SavedPlanRow>> PlansAsync(Caller caller, string? after, int count, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await PlanStore.ListAsync(session, null, after, count, cancellationToken);
    }

    private async Task<Tool> ToolOfAsync(Caller caller, SavedPlanRow row, CancellationToken cancellationToken)
    {
        IReadOnlyList<Setting> inputs = [];
        var help = row.Description ?? $"Runs the plan '{row.Name}'.";
        try
        {
            inputs = [.. (await plans.ReadAsync(caller.WorkspaceId!.Value, row.Id, row.Version, null, cancellationToken)).Inputs.Select(PlanInputs.Describe)];
        }
        catch (PlanUnreadableException unreadable)
        {
            help = $"{help} It cannot be run at present: {unreadable.Message}";
        }

        return Describe(NameOf(row), help, [.. inputs.Where(input => input.Name != Wait.Name), Wait], isReadOnly: false);
    }

    private async Task<IReadOnlyList<(IProvider Provider, ProviderAction Action)>> ActionsAsync(Caller caller, CancellationToken cancellationToken)
    {
        HashSet<string> connected;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
            connected = [.. (await CredentialStore.ListAsync(session, new CredentialFilter { IsOfProvider = true }, CredentialsMax, cancellationToken)).Select(credential => credential.Name)];
        return
        [
            .. providers.All.Where(provider => !provider.IsReadOnDemand || connected.Contains(provider.Id))
                .SelectMany(provider => provider.Actions.Select(action => (provider, action)))
                .OrderBy(found => NameOf(found.provider, found.action), StringComparer.Ordinal),
        ];
    }

    private static Tool Describe(string name, string help, IReadOnlyList<Setting> parameters, bool isReadOnly, bool isRepeatable = false) => new()
    {
        Name = name,
        Description = help,
        InputSchema = SchemaOf(parameters),
        Annotations = new ToolAnnotations { ReadOnlyHint = isReadOnly, IdempotentHint = isReadOnly || isRepeatable, OpenWorldHint = !isReadOnly },
    };

    public static JsonElement SchemaOf(IReadOnlyList<Setting> parameters) => JsonElement.Parse(Executions.ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (var parameter in parameters) WriteParameter(json, parameter);
        json.WriteEndObject();
        json.WriteStartArray("required");
        foreach (var parameter in parameters.Where(parameter => parameter is { IsRequired: true, Default: null })) json.WriteStringValue(parameter.Name);
        json.WriteEndArray();
        json.WriteBoolean("additionalProperties", false);
        json.WriteEndObject();
    }));

    private static void WriteParameter(Utf8JsonWriter json, Setting parameter)
    {
        json.WriteStartObject(parameter.Name);
        json.WriteString("description", parameter.IsSecret ? $"{parameter.Help} Give it as ${{cred:NAME}}." : parameter.Help);
        if (parameter.Type is SettingType.Text or SettingType.Duration or SettingType.Address or SettingType.Integer or SettingType.Number or SettingType.Boolean or SettingType.List or SettingType.Map)
        {
            json.WriteString("type", parameter.Type switch
            {
                SettingType.List => "array",
                SettingType.Map => "object",
                SettingType.Integer or SettingType.Number or SettingType.Boolean => parameter.Type.ToString().ToLower(CultureInfo.InvariantCulture),
                _ => "string",
            });
        }

        if (parameter.Choices.Count > 0)
        {
            json.WriteStartArray("enum");
            foreach (var choice in parameter.Choices) json.WriteStringValue(choice);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
