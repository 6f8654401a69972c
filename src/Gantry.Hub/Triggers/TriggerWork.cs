using Dapper;
using Gantry.Hub.Executions;
using Npgsql;

namespace Gantry.Hub.Triggers;

/// <summary>
/// What is due, across workspaces, by the database's clock. Whatever is taken is this hub's for some seconds, so that two hubs do not work at the same; that each event
/// counts once does not rest on it.
/// </summary>
internal sealed class TriggerWork(NpgsqlDataSource database, HubIdentity hub)
{
    private const string Context = """
        t.id, t.workspace_id, t.user_id, t.kind, t.settings, t.plan_id, p.version as plan_version, p.name as plan_name,
        t.removed_at is not null or p.deleted_at is not null as is_removed
        """;

    /// <summary>The schedules whose next occurrence is due, the latest last.</summary>
    public Task<IReadOnlyList<DueSchedule>> TakeSchedulesAsync(CancellationToken cancellationToken) => QueryAsync<DueSchedule>($"""
        with due as (
          select workspace_id, id from triggers
          where next_at <= now() and paused_at is null and removed_at is null and (held_until is null or held_until < now())
          order by next_at limit {EventLimits.BatchMax} for update skip locked)
        update triggers t set held_by = @hub, held_until = now() + interval '10 seconds'
        from due, execution_plans p
        where t.workspace_id = due.workspace_id and t.id = due.id and p.workspace_id = t.workspace_id and p.id = t.plan_id
        returning {Context}, t.next_at, t.anchor, now() as now
        """, new { hub = hub.Id }, cancellationToken);

    /// <summary>Events that wait for an attempt.</summary>
    public async Task<IReadOnlyList<DueEvent>> TakeEventsAsync(CancellationToken cancellationToken) => [.. (await QueryAsync<DueEvent>($"""
        with due as (
          select workspace_id, id from events where next_attempt_at <= now() and status in ('pending', 'failed')
          order by next_attempt_at limit {EventLimits.BatchMax} for update skip locked)
        update events e set next_attempt_at = now() + interval '30 seconds'
        from due, triggers t, execution_plans p
        where e.workspace_id = due.workspace_id and e.id = due.id and t.workspace_id = e.workspace_id and t.id = e.trigger_id
          and p.workspace_id = t.workspace_id and p.id = t.plan_id
        returning {Context}, {EventColumns}
        """, null, cancellationToken)).OrderBy(due => due.EventId)];

    /// <summary>One event, whatever its state, for somebody who tries it again. Null when it has no trigger any more.</summary>
    public async Task<DueEvent?> FindEventAsync(Guid workspaceId, Guid eventId, CancellationToken cancellationToken) => (await QueryAsync<DueEvent>($"""
        select {Context}, {EventColumns}
        from events e
        join triggers t on t.workspace_id = e.workspace_id and t.id = e.trigger_id
        join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        where e.workspace_id = @workspaceId and e.id = @eventId
        """, new { workspaceId, eventId }, cancellationToken)).SingleOrDefault();

    /// <summary>Null when there is none, or it was taken away.</summary>
    public async Task<TriggerContext?> FindTriggerAsync(Guid workspaceId, Guid triggerId, CancellationToken cancellationToken) => (await QueryAsync<TriggerContext>($"""
        select {Context} from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        where t.workspace_id = @workspaceId and t.id = @triggerId and t.removed_at is null
        """, new { workspaceId, triggerId }, cancellationToken)).SingleOrDefault();

    /// <summary>Who may start now, of these triggers' users (or of whoever replays instead).</summary>
    public async Task<HashSet<(Guid WorkspaceId, Guid UserId)>> WhoMayStartAsync(IEnumerable<(Guid WorkspaceId, Guid UserId)> asked, CancellationToken cancellationToken)
    {
        var pairs = asked.Distinct().ToList();
        var found = await QueryAsync<Starter>(
            "select workspace_id, user_id from who_may_start(@workspaces, @users)",
            new { workspaces = pairs.Select(pair => pair.WorkspaceId).ToArray(), users = pairs.Select(pair => pair.UserId).ToArray() }, cancellationToken);
        return [.. found.Select(starter => (starter.WorkspaceId, starter.UserId))];
    }

    /// <summary>Executions that ended, for those that watch them.</summary>
    public async Task<IReadOnlyDictionary<Guid, EndedExecution>> EndedAsync(IEnumerable<(Guid WorkspaceId, Guid Id)> executions, CancellationToken cancellationToken)
    {
        var pairs = executions.Distinct().ToList();
        if (pairs.Count == 0)
            return new Dictionary<Guid, EndedExecution>();
        var found = await QueryAsync<EndedExecution>("""
            select e.id, e.plan_id, e.plan_name, e.plan_version, e.status, e.output, e.output_blob is not null as is_output_large, e.error, e.failed_step, e.trigger, e.ended_at
            from unnest(@workspaces, @ids) as x(workspace_id, id)
            join executions e on e.workspace_id = x.workspace_id and e.id = x.id
            """, new { workspaces = pairs.Select(pair => pair.WorkspaceId).ToArray(), ids = pairs.Select(pair => pair.Id).ToArray() }, cancellationToken);
        return found.ToDictionary(execution => execution.Id);
    }

    /// <summary>Its times cannot be told; it says so, and comes up again when it is looked at for mending.</summary>
    public Task BreakAsync(TriggerContext trigger, string reason, CancellationToken cancellationToken) => ExecuteAsync(
        "update triggers set broken = @reason, next_at = null, expect_from = null, expect_to = null, held_by = null, held_until = null where workspace_id = @WorkspaceId and id = @Id",
        new { reason, trigger.WorkspaceId, trigger.Id }, cancellationToken);

    /// <summary>Windows in which something had to come, and that are over.</summary>
    public Task<IReadOnlyList<DueWindow>> OverdueWindowsAsync(CancellationToken cancellationToken) => QueryAsync<DueWindow>($"""
        select {Context}, t.expect_from, t.expect_to, now() as now, t.broken, t.scanned_at,
          exists (select from events e where e.workspace_id = t.workspace_id and e.trigger_id = t.id and e.status in ('pending', 'accepted', 'failed', 'dead')
            and e.occurred_at between t.expect_from and t.expect_to) as has_come
        from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        where t.expect_to <= now() and t.paused_at is null and t.removed_at is null
        order by t.expect_to limit {EventLimits.BatchMax}
        """, null, cancellationToken);

    /// <summary>Nothing when another hub did it before.</summary>
    public Task MoveWindowAsync(DueWindow window, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) => ExecuteAsync("""
        update triggers set expect_from = @from, expect_to = @to where workspace_id = @WorkspaceId and id = @Id and expect_to = @ExpectTo
        """, new { from, to, window.WorkspaceId, window.Id, window.ExpectTo }, cancellationToken);

    /// <summary>Every schedule that is not paused, for a look whether its next occurrence is right.</summary>
    public Task<IReadOnlyList<DueSchedule>> SchedulesAsync(CancellationToken cancellationToken) => QueryAsync<DueSchedule>($"""
        select {Context}, t.next_at, t.anchor, now() as now, t.broken
        from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        where t.kind = 'schedule' and t.paused_at is null and t.removed_at is null and (t.held_until is null or t.held_until < now())
        """, null, cancellationToken);

    public Task MendAsync(DueSchedule schedule, DateTimeOffset? next, CancellationToken cancellationToken) => ExecuteAsync("""
        update triggers set next_at = @next, broken = null
        where workspace_id = @WorkspaceId and id = @Id and next_at is not distinct from @NextAt and removed_at is null and paused_at is null
        """, new { next, schedule.WorkspaceId, schedule.Id, schedule.NextAt }, cancellationToken);

    /// <summary>Triggers whose window could not be told.</summary>
    public Task<IReadOnlyList<DueWindow>> WithoutWindowAsync(CancellationToken cancellationToken) => QueryAsync<DueWindow>($"""
        select {Context}, now() as now, t.broken from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
        where t.kind <> 'schedule' and t.expect_to is null and t.settings::jsonb -> t.kind ? 'expect' and t.paused_at is null and t.removed_at is null
        """, null, cancellationToken);

    /// <summary>Something is expected again. Whether a place can be watched is told by whoever watches it.</summary>
    public Task ExpectAsync(DueWindow trigger, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => ExecuteAsync("""
        update triggers set expect_from = @from, expect_to = @to, broken = null
        where workspace_id = @WorkspaceId and id = @Id and expect_to is null and removed_at is null and paused_at is null
        """, new { from, to, trigger.WorkspaceId, trigger.Id }, cancellationToken);

    /// <summary>How long nothing is due; null when nothing ever is.</summary>
    public async Task<TimeSpan?> QuietForAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<TimeSpan?>(new CommandDefinition("""
            select least(
              (select min(greatest(next_at, held_until)) from triggers where next_at is not null and paused_at is null and removed_at is null),
              (select min(next_attempt_at) from events where next_attempt_at is not null)) - clock_timestamp()
            """, cancellationToken: cancellationToken));
    }

    /// <summary>Forgets what is older than is kept.</summary>
    public async Task ForgetAsync(TimeSpan kept, CancellationToken cancellationToken)
    {
        await ExecuteAsync("delete from events where created_at < now() - @kept and next_attempt_at is null", new { kept }, cancellationToken);
        await ExecuteAsync("delete from triggers where removed_at < now() - @kept", new { kept }, cancellationToken);
    }

    private const string EventColumns = """
        e.id as event_id, e.status as event_status, e.key, e.summary, e.payload as event_payload, e.execution_id, e.attempts, e.occurred_at, e.user_id as replayed_by, e.original_id
        """;

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
    }

    private async Task ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    private sealed record Starter(Guid WorkspaceId, Guid UserId);
}

/// <summary>A schedule whose time has come.</summary>
internal sealed record DueSchedule : TriggerContext
{
    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset Anchor { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset Now { get; init; }

    public string? Broken { get; init; }
}

/// <summary>A window that is over.</summary>
internal sealed record DueWindow : TriggerContext
{
    public DateTimeOffset ExpectFrom { get; init; }

    public DateTimeOffset ExpectTo { get; init; }

    public DateTimeOffset Now { get; init; }

    public string? Broken { get; init; }

    public DateTimeOffset? ScannedAt { get; init; }

    public bool HasCome { get; init; }
}

/// <summary>An event whose time for an attempt has come.</summary>
internal sealed record DueEvent : TriggerContext
{
    public Guid EventId { get; init; }

    public string EventStatus { get; init; } = "";

    public string? Key { get; init; }

    public string Summary { get; init; } = "";

    public string? EventPayload { get; init; }

    public Guid? ExecutionId { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public Guid? ReplayedBy { get; init; }

    public Guid? OriginalId { get; init; }
}

/// <summary>An execution that ended.</summary>
internal sealed record EndedExecution
{
    public Guid Id { get; init; }

    public Guid? PlanId { get; init; }

    public string? PlanName { get; init; }

    public int? PlanVersion { get; init; }

    public string Status { get; init; } = "";

    /// <summary>JSON.</summary>
    public string? Output { get; init; }

    public bool IsOutputLarge { get; init; }

    /// <summary>JSON.</summary>
    public string? Error { get; init; }

    public string? FailedStep { get; init; }

    /// <summary>JSON.</summary>
    public string? Trigger { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
