using Gantry.Hub.Database;

namespace Gantry.Hub.Planner;

/// <summary>What a workspace says about its AI. Null leaves it to the hub: the first provider that the caller has credentials for, and the usual budget.</summary>
internal sealed record PlannerSettings
{
    public string? Provider { get; init; }

    public string? Model { get; init; }

    /// <summary>The name of the credential; the provider's id when null.</summary>
    public string? Connection { get; init; }

    public long? TokensADay { get; init; }

    public long? RequestsADay { get; init; }

    /// <summary>Of AIs in plans; null bounds nothing.</summary>
    public long? PlanTokensADay { get; init; }

    /// <summary>The same by what vendors say that their answers cost.</summary>
    public decimal? PlanCostADay { get; init; }

    public static async Task<PlannerSettings> ReadAsync(HubSession session, CancellationToken cancellationToken) =>
        await session.FindAsync<PlannerSettings>(
            "select provider, model, connection, tokens_a_day, requests_a_day, plan_tokens_a_day, plan_cost_a_day from ai_settings where workspace_id = current_workspace_id()", null, cancellationToken)
        ?? new PlannerSettings();

    public Task SaveAsync(HubSession session, CancellationToken cancellationToken) => session.ExecuteAsync("""
        insert into ai_settings (workspace_id, provider, model, connection, tokens_a_day, requests_a_day, plan_tokens_a_day, plan_cost_a_day)
        values (current_workspace_id(), @Provider, @Model, @Connection, @TokensADay, @RequestsADay, @PlanTokensADay, @PlanCostADay)
        on conflict (workspace_id) do update set provider = excluded.provider, model = excluded.model, connection = excluded.connection,
          tokens_a_day = excluded.tokens_a_day, requests_a_day = excluded.requests_a_day,
          plan_tokens_a_day = excluded.plan_tokens_a_day, plan_cost_a_day = excluded.plan_cost_a_day
        """, this, cancellationToken);
}
