using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Hub.Database;

namespace Gantry.Hub.Triggers;

/// <summary>An event as the API shows it.</summary>
internal sealed record EventView
{
    public Guid Id { get; init; }

    public Guid TriggerId { get; init; }

    public Guid PlanId { get; init; }

    /// <summary>The name of the plan that its trigger starts.</summary>
    public string? Plan { get; init; }

    public string Kind { get; init; } = "";

    /// <summary>pending, accepted, duplicate, filtered, failed (tried again), dead (not tried again), or alert.</summary>
    public string Status { get; init; } = "";

    /// <summary>What it is known again by.</summary>
    public string? Key { get; init; }

    public string Summary { get; init; } = "";

    /// <summary>Why it is not accepted.</summary>
    public string? Reason { get; init; }

    public Guid? ExecutionId { get; init; }

    /// <summary>The event that it repeats, or was replayed from.</summary>
    public Guid? OriginalId { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What ${trigger} finds; only when one event is shown.</summary>
    public JsonElement? Trigger { get; init; }

    /// <summary>The same as it rests in the database.</summary>
    [JsonIgnore]
    public string? Payload { get; init; }
}

/// <summary>Which events are meant; null stands for any.</summary>
internal sealed record EventFilter
{
    public string? Status { get; init; }

    public string? Kind { get; init; }

    public Guid? PlanId { get; init; }

    public Guid? TriggerId { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>A part of the summary, the key or the reason, in any case.</summary>
    public string? Text { get; init; }

    public Guid? After { get; init; }
}

/// <summary>Events of the session's workspace, the newest first.</summary>
internal static class EventStore
{
    private const string Columns = """
        e.id, e.trigger_id, e.plan_id, p.name as plan, e.kind, e.status, e.key, e.summary, e.reason, e.execution_id, e.original_id, e.attempts,
        case when e.status in ('pending', 'failed') then e.next_attempt_at end as next_attempt_at, e.occurred_at, e.created_at
        """;

    private static readonly string[] Troubled = ["pending", "failed", "dead", "alert"];

    public static Task<IReadOnlyList<EventView>> ListAsync(HubSession session, EventFilter filter, int count, CancellationToken cancellationToken)
    {
        List<string> conditions = ["e.workspace_id = @workspace"];
        if (filter.Status is { } status)
            conditions.Add(Troubled.Contains(status) ? "e.status = @Status and e.status in ('pending', 'failed', 'dead', 'alert')" : "e.status = @Status");
        if (filter.Kind is not null)
            conditions.Add("e.kind = @Kind");
        if (filter.PlanId is not null)
            conditions.Add("e.plan_id = @PlanId");
        if (filter.TriggerId is not null)
            conditions.Add("e.trigger_id = @TriggerId");
        if (filter.Since is not null)
            conditions.Add("e.created_at >= @Since");
        if (filter.Until is not null)
            conditions.Add("e.created_at < @Until");
        if (filter.Text is not null)
            conditions.Add("strpos(lower(e.summary || ' ' || coalesce(e.key, '') || ' ' || coalesce(e.reason, '')), lower(@Text)) > 0");
        if (filter.After is not null)
            conditions.Add("e.id < @After");
        return session.QueryAsync<EventView>($"""
            select {Columns} from events e left join execution_plans p on p.workspace_id = e.workspace_id and p.id = e.plan_id
            where {string.Join(" and ", conditions)} order by e.id desc limit @count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            filter.Status,
            filter.Kind,
            filter.PlanId,
            filter.TriggerId,
            filter.Since,
            filter.Until,
            filter.Text,
            filter.After,
            count,
        }, cancellationToken);
    }

    /// <summary>With what the trigger saw. Null when the session sees none of this id.</summary>
    public static async Task<EventView?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken)
    {
        var found = await session.FindAsync<EventView>($"""
            select {Columns}, coalesce(e.payload, x.trigger) as payload
            from events e
            left join execution_plans p on p.workspace_id = e.workspace_id and p.id = e.plan_id
            left join executions x on x.workspace_id = e.workspace_id and x.id = e.execution_id
            where e.workspace_id = @workspace and e.id = @id
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);
        return found is null ? null : found with { Trigger = found.Payload is { } payload ? Executions.ExecutionJson.Parse(payload) : null, Payload = null };
    }

    /// <summary>
    /// Puts it on record for another attempt in this user's name: itself when it is failed or dead, another one like it when it was accepted or filtered. Answers which; null
    /// when it is in none of these states (any more).
    /// </summary>
    public static async Task<Guid?> AgainAsync(HubSession session, Guid id, TimeSpan after, CancellationToken cancellationToken)
    {
        var parameters = new { workspace = session.Actor.WorkspaceId, id, after, next = Guid.CreateVersion7() };
        return await session.FindAsync<Guid?>("""
            update events set status = 'pending', attempts = 0, next_attempt_at = now() + @after, user_id = current_user_id()
            where workspace_id = @workspace and id = @id and status in ('failed', 'dead')
            returning id
            """, parameters, cancellationToken) ?? await session.FindAsync<Guid?>("""
            insert into events (id, workspace_id, trigger_id, plan_id, kind, status, summary, payload, original_id, user_id, next_attempt_at)
            select @next, e.workspace_id, e.trigger_id, e.plan_id, e.kind, 'pending', e.summary, coalesce(e.payload, x.trigger), e.id, current_user_id(), now() + @after
            from events e left join executions x on x.workspace_id = e.workspace_id and x.id = e.execution_id
            where e.workspace_id = @workspace and e.id = @id and e.status in ('accepted', 'filtered')
            returning id
            """, parameters, cancellationToken);
    }
}
