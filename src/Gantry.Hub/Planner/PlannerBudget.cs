using System.Globalization;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>How much of its AI a workspace uses a day (UTC). It is counted in the database, so that all hubs count together.</summary>
internal sealed class PlannerBudget(HubDatabase database, TimeProvider clock)
{
    public const long TokensDefault = 1_000_000;
    public const long RequestsDefault = 200;

    /// <summary>Takes one request and what it may use at most. What is taken is to be settled.</summary>
    /// <exception cref="ProblemException">The day's budget is used up.</exception>
    public async Task<string> TakeAsync(Actor actor, PlannerSettings settings, long tokens, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var day = DayOf(now);
        var (tokensMax, requestsMax) = (settings.TokensADay ?? TokensDefault, settings.RequestsADay ?? RequestsDefault);
        await using var session = await database.OpenAsync(actor, cancellationToken);
        if (!await session.FindAsync<bool>("select take_ai_budget(@day::date, @tokens, @tokensMax, @requestsMax)", new { day, tokens, tokensMax, requestsMax }, cancellationToken))
            throw await UsedUpAsync(session, day, tokensMax, requestsMax, now, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return day;
    }

    /// <summary>What was used takes the place of what was taken. It is done whoever has gone meanwhile.</summary>
    public async Task SettleAsync(Actor actor, string day, long taken, long used)
    {
        await using var session = await database.OpenAsync(actor, CancellationToken.None);
        await session.ExecuteAsync("select settle_ai_budget(@day::date, @taken, @used)", new { day, taken, used }, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }

    public Task<PlannerUse> UseAsync(HubSession session, CancellationToken cancellationToken) =>
        UseAsync(session, DayOf(clock.GetUtcNow()), cancellationToken);

    private static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<PlannerUse> UseAsync(HubSession session, string day, CancellationToken cancellationToken) =>
        await session.FindAsync<PlannerUse>("select requests, tokens, plan_tokens, plan_cost from ai_usage where workspace_id = current_workspace_id() and day = @day::date", new { day }, cancellationToken)
        ?? new PlannerUse();

    private static async Task<ProblemException> UsedUpAsync(
        HubSession session, string day, long tokensMax, long requestsMax, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var used = await UseAsync(session, day, cancellationToken);
        return ProblemException.TooMany(
            $"The workspace's budget for its AI is used up for today (UTC): {used.Tokens} of {tokensMax} tokens and {used.Requests} of {requestsMax} requests, with what is being asked now. "
            + "The AI was not asked. An owner may raise the budget by PUT /api/ai-planner/settings.", now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime);
    }
}

/// <summary>What a workspace used today.</summary>
internal sealed record PlannerUse
{
    public long Requests { get; init; }

    public long Tokens { get; init; }

    /// <summary>By steps of plans.</summary>
    public long PlanTokens { get; init; }

    /// <summary>By steps of plans, as far as vendors say.</summary>
    public decimal PlanCost { get; init; }
}
