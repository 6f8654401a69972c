using System.Collections.Concurrent;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Transfers;

/// <summary>What versions of plans are as templates, kept at hand for whatever starts them: a version never changes.</summary>
internal sealed class TemplateLibrary(HubDatabase database)
{
    private const int KeptMax = 2_000;

    private readonly ConcurrentDictionary<(Guid WorkspaceId, Guid PlanId, int Version), TransferTemplate?> versions = [];

    /// <summary>Null when this version is no template, or whoever starts it does not see it.</summary>
    public async ValueTask<TransferTemplate?> FindAsync(Actor actor, SavedPlan plan, CancellationToken cancellationToken)
    {
        var key = (actor.WorkspaceId!.Value, plan.Id, plan.Version);
        if (versions.TryGetValue(key, out var known))
            return known;
        VersionRow? found;
        await using (var session = await database.OpenAsync(actor, cancellationToken))
            found = await TemplateStore.FindAsync(session, plan.Id, plan.Version, cancellationToken);
        if (found is null)
            return null;
        if (versions.Count >= KeptMax)
            versions.Clear();
        return versions[key] = found.Template is { } text ? TransferTemplate.Parse(text) : null;
    }
}
