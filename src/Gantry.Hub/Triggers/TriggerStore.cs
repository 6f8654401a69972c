using Gantry.Hub.Accounts;
using Gantry.Hub.Database;

namespace Gantry.Hub.Triggers;

/// <summary>A trigger as it is shown.</summary>
internal sealed record TriggerRow
{
    public Guid Id { get; init; }

    public Guid PlanId { get; init; }

    public string Plan { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Watches { get; init; } = "";

    public string Settings { get; init; } = "";

    public string? Path { get; init; }

    public string Workspace { get; init; } = "";

    public bool IsOfApi { get; init; }

    public DateTimeOffset Anchor { get; init; }

    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? ExpectFrom { get; init; }

    public DateTimeOffset? ExpectTo { get; init; }

    public DateTimeOffset? ScannedAt { get; init; }

    public DateTimeOffset? PausedAt { get; init; }

    public string? Broken { get; init; }

    /// <summary>Whether whoever saved it may still start executions.</summary>
    public bool MayStart { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public Guid? LastEventId { get; init; }

    public string? LastEventStatus { get; init; }

    public DateTimeOffset? LastEventAt { get; init; }

    public string? LastReason { get; init; }

    public Guid? LastExecutionId { get; init; }

    public string? LastExecutionStatus { get; init; }
}

/// <summary>Triggers of the session's workspace.</summary>
internal static class TriggerStore
{
    private static readonly string Select = $"""
        select t.id, t.plan_id, p.name as plan, t.kind, t.watches, t.settings, t.path, w.name as workspace, t.plan_version is null as is_of_api, t.anchor, t.next_at, t.expect_from,
               t.expect_to, t.scanned_at, t.paused_at, t.broken, {StartRights.Of("t")} as may_start, t.created_at, t.updated_at, e.id as last_event_id, e.status as last_event_status, e.occurred_at as last_event_at,
               e.reason as last_reason, x.id as last_execution_id, x.status as last_execution_status
        from triggers t
        join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        join workspaces w on w.id = t.workspace_id
        left join lateral (select * from events e where e.workspace_id = t.workspace_id and e.trigger_id = t.id order by e.id desc limit 1) e on true
        left join executions x on x.workspace_id = e.workspace_id and x.id = e.execution_id
        where t.workspace_id = @workspace and t.removed_at is null
        """;

    /// <summary>What <see cref="TriggerView.State"/> says.</summary>
    private static readonly string State =
        $"case when t.paused_at is not null then 'paused' when t.broken is not null or not {StartRights.Of("t")} then 'broken' else 'active' end";

    /// <summary>In the order in which they were made.</summary>
    /// <param name="state">active, paused or broken; null for all.</param>
    public static Task<IReadOnlyList<TriggerRow>> ListAsync(
        HubSession session, Guid? planId, string? kind, string? state, Guid? after, int count, CancellationToken cancellationToken) => session.QueryAsync<TriggerRow>($"""
        {Select} and (@planId::uuid is null or t.plan_id = @planId) and (@kind::text is null or t.kind = @kind) and (@state::text is null or @state = {State}) and (@after::uuid is null or t.id > @after)
        order by t.id limit @count
        """, new { workspace = session.Actor.WorkspaceId, planId, kind, state, after, count }, cancellationToken);

    /// <summary>Null when the session sees none of this id.</summary>
    public static Task<TriggerRow?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<TriggerRow>($"{Select} and t.id = @id", new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    /// <summary>False when it is paused already, or not there.</summary>
    public static async Task<bool> PauseAsync(HubSession session, Guid id, CancellationToken cancellationToken) => await session.ExecuteAsync("""
        update triggers set paused_at = now(), held_by = null, held_until = null, updated_at = now()
        where workspace_id = @workspace and id = @id and paused_at is null and removed_at is null
        """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken) == 1;

    /// <summary>What would have been meanwhile is not made up for. False when it is not paused.</summary>
    public static async Task<bool> ResumeAsync(
        HubSession session, Guid id, DateTimeOffset? next, DateTimeOffset? expectFrom, DateTimeOffset? expectTo, CancellationToken cancellationToken) => await session.ExecuteAsync("""
        update triggers set paused_at = null, next_at = @next, expect_from = @expectFrom, expect_to = @expectTo, updated_at = now()
        where workspace_id = @workspace and id = @id and paused_at is not null and removed_at is null
        """, new { workspace = session.Actor.WorkspaceId, id, next, expectFrom, expectTo }, cancellationToken) == 1;

    /// <summary>The schedule that was set through the API. False when there is none.</summary>
    public static async Task<bool> RemoveAsync(HubSession session, Guid planId, string identity, CancellationToken cancellationToken) => await session.ExecuteAsync("""
        update triggers set removed_at = now(), held_by = null, held_until = null
        where workspace_id = @workspace and plan_id = @planId and identity = @identity and removed_at is null
        """, new { workspace = session.Actor.WorkspaceId, planId, identity }, cancellationToken) == 1;
}
