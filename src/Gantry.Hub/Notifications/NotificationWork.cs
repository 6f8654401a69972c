using Dapper;
using Npgsql;

namespace Gantry.Hub.Notifications;

/// <summary>A notification that is to be told, with what it tells of.</summary>
internal sealed record DueNotification
{
    public Guid Id { get; init; }

    public Guid WorkspaceId { get; init; }

    public Guid UserId { get; init; }

    public string Occasion { get; init; } = "";

    /// <summary>JSON: a <see cref="StoredRule"/>.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The execution or the event.</summary>
    public Guid About { get; init; }

    public int Suppressed { get; init; }

    /// <summary>This one included.</summary>
    public int Attempts { get; init; }

    public string? Plan { get; init; }

    public string? Status { get; init; }

    public int? PlanVersion { get; init; }

    /// <summary>JSON.</summary>
    public string? Error { get; init; }

    public string? FailedStep { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What an alert says.</summary>
    public string? Alert { get; init; }

    /// <summary>The execution that tells it is on record: whoever started it did not live to write so.</summary>
    public bool IsStarted { get; init; }
}

/// <summary>What is to be decided and told, across workspaces, by the database's clock.</summary>
internal sealed class NotificationWork(NpgsqlDataSource database)
{
    private const int BatchMax = 200;

    /// <summary>Answers how many; none when another hub is at it.</summary>
    public async Task<int> DecideAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<int>(new CommandDefinition($"select decide_notifications({BatchMax})", cancellationToken: cancellationToken));
    }

    /// <summary>They are this hub's for half a minute.</summary>
    public async Task<IReadOnlyList<DueNotification>> TakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<DueNotification>(new CommandDefinition($"""
            with due as (
              select workspace_id, id, plan_id, about from notifications where status = 'due' and next_attempt_at <= now()
              order by next_attempt_at limit {BatchMax} for update skip locked)
            update notifications n set next_attempt_at = now() + interval '30 seconds', attempts = n.attempts + 1
            from due
            left join execution_plans p on p.workspace_id = due.workspace_id and p.id = due.plan_id
            left join executions e on e.workspace_id = due.workspace_id and e.id = due.about
            left join events v on v.workspace_id = due.workspace_id and v.id = due.about
            left join executions mine on mine.workspace_id = due.workspace_id and mine.id = due.id
            where n.workspace_id = due.workspace_id and n.id = due.id
            returning n.id, n.workspace_id, n.user_id, n.occasion, n.rule::text as rule, n.about, n.suppressed, n.attempts, p.name as plan, e.status, e.plan_version, e.error,
              e.failed_step, e.ended_at, v.summary as alert, mine.id is not null as is_started
            """, cancellationToken: cancellationToken))).AsList();
    }

    public Task StartedAsync(DueNotification due, CancellationToken cancellationToken) => ExecuteAsync("""
        update notifications set status = 'started', reason = null, next_attempt_at = null where workspace_id = @WorkspaceId and id = @Id and status = 'due'
        """, new { due.WorkspaceId, due.Id }, cancellationToken);

    /// <summary>It is tried again after the pause; null gives it up.</summary>
    public Task FailedAsync(DueNotification due, string reason, TimeSpan? pause, CancellationToken cancellationToken) => ExecuteAsync("""
        update notifications set status = case when @pause::interval is null then 'dead' else 'due' end, reason = @reason, next_attempt_at = now() + @pause
        where workspace_id = @WorkspaceId and id = @Id and status = 'due'
        """, new { due.WorkspaceId, due.Id, reason, pause }, cancellationToken);

    public Task ForgetAsync(TimeSpan kept, CancellationToken cancellationToken) => ExecuteAsync(
        "delete from notifications where created_at < now() - @kept and status not in ('pending', 'due')", new { kept }, cancellationToken);

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
