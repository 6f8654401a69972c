using System.Globalization;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;

namespace Gantry.Hub.Executions;

/// <summary>What the plans of one workspace use of AIs a day (UTC), counted in the database for all hubs together. A database that is away is waited for, as it is for records.</summary>
internal sealed class WorkspaceAi(HubDatabase database, Actor actor, TimeProvider clock) : IAiAccount
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private string Day => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public async ValueTask<string?> TakeAsync(long tokens, CancellationToken cancellationToken) => await PatientlyAsync(async session =>
    {
        var isTaken = await session.FindAsync<bool>("select take_plan_ai_budget(@day::date, @tokens)", new { day = Day, tokens }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return isTaken ? null : "the workspace's budget for AIs in plans is used up for today (UTC). An owner may raise 'plan_tokens_a_day' or 'plan_cost_a_day' by PUT /api/ai-planner/settings";
    }, cancellationToken);

    public async ValueTask SettleAsync(long taken, AiUse used) => await PatientlyAsync(async session =>
    {
        await session.ExecuteAsync("select settle_plan_ai_budget(@day::date, @taken, @used, @cost)", new { day = Day, taken, used = used.Tokens, cost = used.Cost }, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return true;
    }, CancellationToken.None);

    private async ValueTask<T> PatientlyAsync<T>(Func<HubSession, Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var session = await database.OpenAsync(actor, cancellationToken);
                return await ask(session);
            }
            catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }
}
