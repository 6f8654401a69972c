using System.Text.RegularExpressions;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Settings;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;

namespace Gantry.Hub.Planner;

/// <summary>All that can be told of a drafted plan without running it. What it needs is read from the plan itself, whatever the AI says of it.</summary>
internal sealed partial class DraftCheck(PlanLibrary plans, ProviderCatalog providers)
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
        foreach (var node in NodesOf(root))
        {
            if (node.Kind == DocumentKind.Map && UseOf(node) is { } use)
            {
                uses.Add(use.Name);
                if (use.Action is not { } action) continue;
                if (ConnectionOf(use.Provider!, action, use.With, surroundings) is { } connection) connections.TryAdd(connection.Name, connection);
                endpoints.UnionWith(EndpointsOf(action, use.With).Where(name => !surroundings.Endpoints.Contains(name)));
            }
            else if (node.Kind == DocumentKind.Text)
            {
                foreach (Match reference in References().Matches(node.Text))
                {
                    var name = reference.Groups["name"].Value;
                    connections.TryAdd(name, new DraftConnection(name, null, !surroundings.Credentials.Contains(name)));
                }
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

    private (string Name, IProvider? Provider, ProviderAction? Action, DocumentNode? With)? UseOf(DocumentNode node)
    {
        var with = (node.Find("with") ?? node.Find("params"))?.Value;
        var text = node.Find("use")?.Value is { Kind: DocumentKind.Text } use ? use.Text
            : node.Find("provider")?.Value is { Kind: DocumentKind.Text } provider && node.Find("action")?.Value is { Kind: DocumentKind.Text } action ? $"{provider.Text}.{action.Text}"
            : null;
        if (text is null) return null;
        var parts = text.Split('.', 2);
        return parts.Length == 2 && providers.Find(parts[0]) is { } found && found.Actions.FirstOrDefault(action => action.Id == parts[1]) is { } known
            ? (text, found, known, with)
            : (EndpointPath.Printable(text), null, null, with);
    }

    /// <summary>Null when the action needs none, or is given its fields one by one.</summary>
    private static DraftConnection? ConnectionOf(IProvider provider, ProviderAction action, DocumentNode? with, PlannerSurroundings surroundings)
    {
        if (action.Parameters.All(parameter => parameter.Name != ManifestProvider.ConnectionName)) return null;
        var given = with?.Find(ManifestProvider.ConnectionName)?.Value;
        if (given is { Kind: DocumentKind.Map } || given?.Text.Contains("${", StringComparison.Ordinal) == true) return null;
        var name = given is { Kind: DocumentKind.Text } ? given.Text : provider.Id;
        return new DraftConnection(EndpointPath.Printable(name), provider.Title, !surroundings.Connections.Contains(name));
    }

    private static IEnumerable<string> EndpointsOf(ProviderAction action, DocumentNode? with) =>
        action.Parameters.Where(parameter => parameter.Type == SettingType.Address)
            .Select(parameter => with?.Find(parameter.Name)?.Value)
            .Where(value => value is { Kind: DocumentKind.Text })
            .Select(value => NamedAddress.TryParse(value!.Text, out var named) ? named.Name : null)
            .OfType<string>();

    private static IEnumerable<DocumentNode> NodesOf(DocumentNode node) =>
        node.Items.Concat(node.Members.Select(member => member.Value)).SelectMany(NodesOf).Prepend(node);

    [GeneratedRegex(@"\$\{\s*cred:(?<name>[^}\s]{1,200})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex References();
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
