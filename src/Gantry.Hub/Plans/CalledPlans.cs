using Gantry.Engine.Plans;
using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>The saved plans that are reached by calls, for whoever looks for circles among them.</summary>
internal static class CalledPlans
{
    /// <summary>What calls reach beyond is not looked at: executions are nested only so deep.</summary>
    private const int PlansMax = 1_000;

    /// <summary>Answers the newest version of the plan that a call names, or null. Nobody saves another plan that calls before the session ends.</summary>
    public static async Task<Func<string, Plan?>> LoadAsync(HubSession session, IReadOnlyList<string> calls, PlanLibrary plans, CancellationToken cancellationToken)
    {
        // Two plans that are saved at the same moment and call each other must not both find the other as it was.
        await session.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('gantry.calls ' || @workspace, 0))",
            new { workspace = session.Actor.WorkspaceId.GetValueOrDefault().ToString() }, cancellationToken);
        var found = new Dictionary<string, Plan?>(StringComparer.Ordinal);
        while (calls.Count > 0 && found.Count < PlansMax)
        {
            var rows = await PlanStore.FindAllAsync(session, calls, cancellationToken);
            foreach (var call in calls)
                found[call] = PlanStore.Named(rows, call) is { } row ? await ReadAsync(session, row, plans, cancellationToken) : null;
            calls = [.. found.Values.OfType<Plan>().SelectMany(plan => plan.Calls()).Distinct(StringComparer.Ordinal).Where(call => !found.ContainsKey(call))];
        }

        return call => found.GetValueOrDefault(call);
    }

    private static async Task<Plan?> ReadAsync(HubSession session, SavedPlanRow row, PlanLibrary plans, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await plans.ReadAsync(session.Actor.WorkspaceId.GetValueOrDefault(), row.Id, row.Version, null, cancellationToken);
            return plan with { Name = row.Name };
        }
        catch (PlanUnreadableException)
        {
            // It cannot be run either.
            return null;
        }
    }
}
