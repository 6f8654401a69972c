using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;

namespace Gantry.Hub.Planner;

/// <summary>All that can be told of a drafted plan without running it. What it needs is read from the plan itself, whatever the AI says of it.</summary>
internal sealed class DraftCheck(PlanLibrary plans, ProviderCatalog providers)
{
    public async Task<CheckedDraft> CheckAsync(HubSession session, string plan, PlannerSurroundings surroundings, CancellationToken cancellationToken)
    {
        var found = await plans.CheckAsync(session, plan, null, cancellationToken);
        var findings = found.Findings.ToList();
        if (found.Plan is { } read)
        {
            if (read.Name is not { } name)
                findings.Add(new PlanFinding("name", 1, 1, "A plan that is saved needs a name. Give it the field 'name'."));
            else if (await PlanStore.FindAsync(session, name, cancellationToken) is not null)
                findings.Add(new PlanFinding("name", 1, 1, $"There is a plan '{name}' already. Choose another name."));
        }

        return Needs(plan, surroundings) with { Findings = findings, StartsByItself = found.Plan?.Triggers.Count > 0 };
    }

    private CheckedDraft Needs(string plan, PlannerSurroundings surroundings)
    {
        var needs = new CheckedDraft();
        DocumentNode root;
        try
        {
            root = DocumentReader.Read(plan);
        }
        catch (DocumentException)
        {
            // The findings say so.
            return needs;
        }

        List<string> uses = [];
        Dictionary<string, DraftConnection> connections = new(StringComparer.Ordinal);
        HashSet<string> endpoints = new(StringComparer.Ordinal);
        foreach (var mention in PlanMentions.Of(root, providers))
        {
            if (mention is ActionMention use)
            {
                uses.Add(use.Provider is null ? EndpointPath.Printable(use.Name) : use.Name);
                if (use.Connection is { } connection)
                    connections.TryAdd(EndpointPath.Printable(connection), new DraftConnection(EndpointPath.Printable(connection), use.Provider!.Title, !surroundings.Connections.Contains(connection)));
                if (use.Action is { } action)
                    endpoints.UnionWith(EndpointsOf(action, use.With).Where(name => !surroundings.Endpoints.Contains(name)));
            }
            else if (mention is SecretMention { Name: var name })
            {
                connections.TryAdd(name, new DraftConnection(name, null, !surroundings.Credentials.Contains(name)));
            }
        }

        return needs with
        {
            Uses = [.. uses.Distinct(StringComparer.Ordinal)],
            Connections = [.. connections.Values],
            Missing =
            [
                .. connections.Values.Where(connection => connection.IsMissing).Select(connection => connection.Provider is { } provider
                    ? $"There are no credentials '{connection.Name}' for {provider} that you may use. Connect it, or name others in 'connection'."
                    : $"There is no credential '{connection.Name}' that you may use. Save one of this name, or refer to another."),
                .. endpoints.Select(name => $"There is no endpoint '{name}'. Save one of this name, or use another."),
            ],
        };
    }

    private static IEnumerable<string> EndpointsOf(ProviderAction action, DocumentNode? with) =>
        action.Parameters.Where(parameter => parameter.Type == SettingType.Address)
            .Select(parameter => with?.Find(parameter.Name)?.Value)
            .Where(value => value is { Kind: DocumentKind.Text })
            .Select(value => NamedAddress.TryParse(value!.Text, out var named) ? named.Name : null)
            .OfType<string>();
}

/// <summary>What a drafted plan needs and what is wrong with it.</summary>
internal sealed record CheckedDraft
{
    public IReadOnlyList<string> Uses { get; init; } = [];

    public IReadOnlyList<DraftConnection> Connections { get; init; } = [];

    public IReadOnlyList<string> Missing { get; init; } = [];

    public IReadOnlyList<PlanFinding> Findings { get; init; } = [];

    public bool StartsByItself { get; init; }
}

/// <summary>A credential that a plan uses.</summary>
/// <param name="Name">As the plan names it.</param>
/// <param name="Provider">Whose connection it is; null when the plan refers to the secret itself.</param>
/// <param name="IsMissing">The caller may use none of this name.</param>
internal sealed record DraftConnection(string Name, string? Provider, bool IsMissing);
