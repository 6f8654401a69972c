using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>Finds the plans that are named by starts, many by one look. Row security decides every time.</summary>
internal sealed class PlanFinder
{
    private readonly HubDatabase database;
    private readonly GatheredQuestions<Actor, string, SavedPlanRow?> questions;

    public PlanFinder(HubDatabase database)
    {
        this.database = database;
        questions = new(FindAllAsync);
    }

    /// <summary>By id or by name; null when there is none that the actor sees.</summary>
    public Task<SavedPlanRow?> FindAsync(Actor actor, string plan, CancellationToken cancellationToken) => questions.AskAsync(actor, plan, cancellationToken);

    private async Task<IReadOnlyList<SavedPlanRow?>> FindAllAsync(Actor actor, IReadOnlyList<string> plans)
    {
        await using var session = await database.OpenAsync(actor, CancellationToken.None);
        var found = await PlanStore.FindAllAsync(session, [.. plans.Distinct(StringComparer.Ordinal)], CancellationToken.None);
        return [.. plans.Select(plan => PlanStore.Named(found, plan))];
    }
}
