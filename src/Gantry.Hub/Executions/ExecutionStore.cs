using Gantry.Hub.Database;

namespace Gantry.Hub.Executions;

/// <summary>Which executions a list shows.</summary>
internal sealed record ExecutionFilter
{
    public string? Status { get; init; }

    public Guid? PlanId { get; init; }

    /// <summary>The last one of the page before.</summary>
    public Guid? After { get; init; }

    public required int Count { get; init; }
}

/// <summary>Executions of the session's workspace, as people see them.</summary>
internal static class ExecutionStore
{
    private const string Columns = """
        e.id, e.user_id, e.plan_id, e.plan_version, e.plan_name, e.inputs, e.rerun_of, e.status, e.waiting_for, e.cancel_requested,
        e.created_at, e.started_at, e.ended_at, e.ended_seq, e.output, e.output_blob, e.error, e.failed_step
        """;

    /// <summary>The newest first. Each filter has an index of its own, so that no history makes a page slow.</summary>
    public static async Task<IReadOnlyList<ExecutionView>> ListAsync(
        HubSession session, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        List<string> conditions = ["e.workspace_id = @workspace"];
        if (filter.After is not null)
            conditions.Add("e.id < @After");
        var isOpen = filter.Status is "queued" or "running" or "waiting";
        if (filter.PlanId is not null)
        {
            // Few are not at their end: their index is the better one, and this comparison uses none.
            conditions.Add(isOpen ? "e.plan_id is not distinct from @PlanId" : "e.plan_id = @PlanId");
        }

        conditions.AddRange(filter.Status switch
        {
            null => [],
            _ when isOpen => ["e.status = @Status", "e.ended_at is null"],
            "failed" or "cancelled" => ["e.status = @Status", "e.error is not null"],

            // Said by what it is not, so that the planner expects many and walks the index of the list, statistics or none.
            _ => ["e.status not in ('queued', 'running', 'waiting', 'failed', 'cancelled')"],
        });

        // The page is read in the order of an index, or the planner might gather and sort all that fits before it takes the first few.
        await session.ExecuteAsync("set local enable_bitmapscan = off; set local enable_sort = off", null, cancellationToken);
        return await session.QueryAsync<ExecutionView>($"""
            select {Columns} from executions e
            where {string.Join(" and ", conditions)}
            order by e.id desc limit @Count
            """, new { workspace = session.Actor.WorkspaceId, filter.After, filter.PlanId, filter.Status, filter.Count }, cancellationToken);
    }

    /// <summary>Null when the session sees none of this id.</summary>
    public static Task<ExecutionView?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<ExecutionView>($"""
            select {Columns}, e.plan_text, e.trigger, b.bytes as output_bytes
            from executions e left join execution_blobs b on b.workspace_id = e.workspace_id and b.execution_id = e.id and b.id = e.output_blob
            where e.id = @id and e.workspace_id = @workspace
            """, new { id, workspace = session.Actor.WorkspaceId }, cancellationToken);

    /// <summary>Every attempt at every step, in the order of their starts.</summary>
    public static Task<IReadOnlyList<StepView>> StepsAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.QueryAsync<StepView>("""
            select s.execution_id, s.step_path as path, s.step_id as id, s.use, s.attempt, s.status, s.started_at, s.ended_at,
                   s.started_seq as started_sequence, s.ended_seq as ended_sequence, s.output, s.output_blob, b.bytes as output_bytes,
                   s.message, s.metadata, s.error
            from execution_steps s
            left join execution_blobs b on b.workspace_id = s.workspace_id and b.execution_id = s.execution_id and b.id = s.output_blob
            where s.workspace_id = @workspace and s.execution_id = @id order by coalesce(s.started_seq, s.ended_seq), s.step_path, s.attempt
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    /// <summary>The steps whose state changed behind the event <paramref name="after"/>.</summary>
    public static Task<IReadOnlyList<StepView>> StepEventsAsync(HubSession session, Guid id, int after, CancellationToken cancellationToken) =>
        session.QueryAsync<StepView>("""
            select s.execution_id, s.step_path as path, s.step_id as id, s.use, s.attempt, s.status, s.started_at, s.ended_at,
                   s.started_seq as started_sequence, s.ended_seq as ended_sequence, s.message, s.error
            from execution_steps s
            where s.workspace_id = @workspace and s.execution_id = @id and (s.started_seq > @after or s.ended_seq > @after)
            """, new { workspace = session.Actor.WorkspaceId, id, after }, cancellationToken);

    /// <summary>Lines of one execution in their order.</summary>
    public static Task<IReadOnlyList<LogView>> LogsAsync(
        HubSession session, ExecutionView execution, long after, IReadOnlyList<string> levels, string? text, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<LogView>("""
            select l.execution_id, l.seq as sequence, l.time, l.level, l.step_path, l.attempt, l.message, l.fields
            from execution_logs l
            where l.workspace_id = @workspace and l.execution_id = @id and l.time >= @from and l.seq > @after and l.level = any(@levels)
              and (@text::text is null or strpos(lower(l.message), lower(@text)) > 0)
            order by l.seq limit @count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            id = execution.Id,
            from = LogsFrom(execution),
            after,
            levels,
            text,
            count,
        }, cancellationToken);

    /// <summary>Lines of the workspace's newest executions, the newest execution first.</summary>
    public static Task<IReadOnlyList<LogView>> NewestLogsAsync(
        HubSession session, Guid? afterExecution, int afterSequence, IReadOnlyList<string> levels, string? text, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<LogView>("""
            select l.* from (
              select e.id, e.created_at from executions e
              where e.workspace_id = @workspace and (@afterExecution::uuid is null or e.id <= @afterExecution)
              order by e.id desc limit 1000) e
            cross join lateral (
              select l.execution_id, l.seq as sequence, l.time, l.level, l.step_path, l.attempt, l.message, l.fields
              from execution_logs l
              where l.workspace_id = @workspace and l.execution_id = e.id and l.time >= e.created_at - interval '1 day' and l.level = any(@levels)
                and (e.id is distinct from @afterExecution or l.seq > @afterSequence)
                and (@text::text is null or strpos(lower(l.message), lower(@text)) > 0)
              order by l.seq limit @count) l
            order by e.id desc, l.sequence limit @count
            """, new { workspace = session.Actor.WorkspaceId, afterExecution, afterSequence, levels, text, count }, cancellationToken);

    /// <summary>Null when the session sees none of this id.</summary>
    public static Task<string?> BlobAsync(HubSession session, Guid executionId, Guid blobId, CancellationToken cancellationToken) =>
        session.FindAsync<string>(
            "select content from execution_blobs where workspace_id = @workspace and execution_id = @executionId and id = @blobId",
            new { workspace = session.Actor.WorkspaceId, executionId, blobId }, cancellationToken);

    /// <summary>
    /// Queued: the execution ends here. Running: it is marked, and whoever runs it stops it. Null when it is at its end already, or not there.
    /// </summary>
    public static Task<string?> CancelAsync(HubSession session, Guid id, string error, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.FindAsync<string>("""
            update executions set
              cancel_requested = true,
              status = case when status = 'running' then status else 'cancelled' end,
              waiting_for = null,
              error = case when status = 'running' then error else @error end,
              ended_at = case when status = 'running' then ended_at else @now end,
              ended_seq = case when status = 'running' then ended_seq else greatest(2,
                (select max(l.seq) from execution_logs l where l.workspace_id = executions.workspace_id and l.execution_id = executions.id),
                (select max(greatest(s.started_seq, s.ended_seq)) from execution_steps s
                  where s.workspace_id = executions.workspace_id and s.execution_id = executions.id)) + 1 end
            where id = @id and workspace_id = @workspace and ended_at is null
            returning status
            """, new { id, workspace = session.Actor.WorkspaceId, error, now }, cancellationToken);

    // Lines bear the clock of the hub that wrote them; it may differ from the one that accepted the execution.
    private static DateTimeOffset LogsFrom(ExecutionView execution) => execution.CreatedAt - TimeSpan.FromDays(1);
}
