using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers;

/// <summary>Which plans, in their newest versions, have steps of a provider: those that fail without it.</summary>
internal static class ProviderUses
{
    public static async Task<ProviderUsesView> ShowAsync(string id, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        if (!ManifestReader.IsId(id)) return new ProviderUsesView([], 0);
        await using var command = database.Worker.CreateCommand("""
            select p.workspace_id, p.name, v.source from execution_plans p
            join execution_plan_versions v on v.workspace_id = p.workspace_id and v.plan_id = p.id and v.version = p.version
            where p.deleted_at is null and strpos(v.source, $1) > 0 order by p.name
            """);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> plans = [];
        var elsewhere = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!IsUsedBy(reader.GetString(2), id)) continue;
            if (reader.GetGuid(0) == caller.Actor.WorkspaceId) plans.Add(reader.GetString(1));
            else elsewhere++;
        }

        return new ProviderUsesView(plans, elsewhere);
    }

    private static bool IsUsedBy(string plan, string id)
    {
        try
        {
            return IsUsedIn(DocumentReader.Read(plan), id);
        }
        catch (DocumentException)
        {
            // What cannot be read cannot be run either.
            return false;
        }
    }

    private static bool IsUsedIn(DocumentNode node, string id) =>
        TextOf(node, "use")?.StartsWith(id + ".", StringComparison.Ordinal) == true
        || (TextOf(node, "provider") == id && TextOf(node, "action") is not null)
        || node.Items.Concat(node.Members.Select(member => member.Value)).Any(inner => IsUsedIn(inner, id));

    private static string? TextOf(DocumentNode node, string name) => node.Kind == DocumentKind.Map && node.Find(name)?.Value is { Kind: DocumentKind.Text } found ? found.Text : null;
}

/// <param name="Plans">The names of those in the workspace.</param>
/// <param name="PlansElsewhere">How many there are in other workspaces.</param>
internal sealed record ProviderUsesView(IReadOnlyList<string> Plans, int PlansElsewhere);
