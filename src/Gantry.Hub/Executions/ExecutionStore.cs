using Gantry.Hub.Database;

namespace Gantry.Hub.Executions;

/// <summary>Which executions a list shows.</summary>
internal sealed record ExecutionFilter
{
    public string? Status { get; init; }

    public Guid? PlanId { get; init; }

    /// <summary>Accepted then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last one of the page before.</summary>
    public Guid? After { get; init; }

    public required int Count { get; init; }
}

/// <summary>Executions of the session's workspace, as people see them.</summary>
internal static class ExecutionStore
{
    /// <summary>An execution is accepted at most so long after its id is made.</summary>
    public static readonly TimeSpan AcceptedWithin = TimeSpan.FromMinutes(1);

    private const string Columns = """
        e.id, e.user_id, e.plan_id, e.plan_version, e.plan_name, e.inputs, e.rerun_of, e.status, e.waiting_for, e.cancel_requested,
        e.created_at, e.started_at, e.ended_at, e.ended_seq, e.output, e.output_blob, e.error, e.failed_step,
        e.parent_id, e.parent_step, e.concurrency_key, e.is_behind, e.hub_id, e.wake_at, e.rerun_from, e.is_transfer
        """;

    /// <summary>The newest first. Each filter has an index of its own, so that no history makes a page slow.</summary>
    public static async Task<IReadOnlyList<ExecutionView>> ListAsync(
        HubSession session, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        List<string> conditions = ["e.workspace_id = @workspace"];
        if (filter.After is not null)
            conditions.Add("e.id < @After");
        if (filter.Since is not null)
            conditions.Add("e.id >= @idSince and e.created_at >= @Since");
        var isOpen = filter.Status is "queued" or "running" or "waiting";
        if (filter.PlanId is not null)
        {
            // Few are not at their end: their index is the better one, and this comparison uses none.
            conditions.Add(isOpen ? "e.plan_id is not distinct from @PlanId" : "e.plan_id = @PlanId");
        }

        conditions.AddRange(filter.Status switch
        {
            null => [],
            "running" => ["e.status = @Status", "e.ended_at is null", "not e.is_parked"],
            "waiting" => ["e.status = @Status", "e.ended_at is null", "e.is_parked"],
            "queued" => ["e.status = @Status", "e.ended_at is null"],
            "failed" or "cancelled" => ["e.status = @Status", "e.error is not null"],

            // Said by what it is not, so that the planner expects many and walks the index of the list, statistics or none.
            _ => ["e.status not in ('queued', 'running', 'waiting', 'failed', 'cancelled')"],
        });

        // The page is read in the order of an index, or the planner might gather and sort all that fits before it takes the first few.
        await session.ExecuteAsync("set local enable_bitmapscan = off; set local enable_sort = off", null, cancellationToken);
        var where = string.Join(" and ", conditions);
        var rows = filter.Status == "queued" ? $"""
            ((select e.* from executions e where {where} and not e.is_parked order by e.id desc limit @Count)
             union all
             (select e.* from executions e where {where} and e.is_parked order by e.id desc limit @Count)) e
            """ : $"executions e where {where}";
        return await session.QueryAsync<ExecutionView>($"""
            select {Columns} from {rows}
            order by e.id desc limit @Count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            filter.After,
            filter.Since,
            idSince = filter.Since is { } since ? IdAt(since - AcceptedWithin) : (Guid?)null,
            filter.PlanId,
            filter.Status,
            filter.Count,
        }, cancellationToken);
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
                   s.started_seq as started_sequence, s.ended_seq as ended_sequence, s.message, s.error,
                   case when s.use = 'call' then (s.metadata::json ->> 'execution')::uuid end as call_id, w.wait as wait_text
            from execution_steps s
            left join execution_waits w on s.status = 'waiting' and w.workspace_id = s.workspace_id and w.execution_id = s.execution_id and w.step_path = s.step_path
            where s.workspace_id = @workspace and s.execution_id = @id and (s.started_seq > @after or s.ended_seq > @after)
            """, new { workspace = session.Actor.WorkspaceId, id, after }, cancellationToken);

    /// <summary>Lines of one execution in their order.</summary>
    public static Task<IReadOnlyList<LogView>> LogsAsync(
        HubSession session, ExecutionView execution, long after, IReadOnlyList<string> levels, string? text, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<LogView>("""
            select l.execution_id, @user::uuid as user_id, l.seq as sequence, l.time, l.level, l.step_path, l.attempt, l.message, l.fields
            from execution_logs l
            where l.workspace_id = @workspace and l.execution_id = @id and l.time >= @from and l.seq > @after and l.level = any(@levels)
              and (@text::text is null or strpos(lower(l.message), lower(@text)) > 0)
            order by l.seq limit @count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            id = execution.Id,
            user = execution.UserId,
            from = LogsFrom(execution),
            after,
            levels,
            text,
            count,
        }, cancellationToken);

    /// <summary>The number of the last line; 0 when there is none.</summary>
    public static async Task<int> LastLineAsync(HubSession session, ExecutionView execution, CancellationToken cancellationToken) =>
        await session.FindAsync<int?>("""
            select l.seq from execution_logs l
            where l.workspace_id = @workspace and l.execution_id = @id and l.time >= @from
            order by l.seq desc limit 1
            """, new { workspace = session.Actor.WorkspaceId, id = execution.Id, from = LogsFrom(execution) }, cancellationToken) ?? 0;

    /// <summary>Lines of the workspace's newest executions, the newest execution first.</summary>
    public static Task<IReadOnlyList<LogView>> NewestLogsAsync(
        HubSession session, Guid? afterExecution, int afterSequence, IReadOnlyList<string> levels, string? text, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<LogView>("""
            select l.* from (
              select e.id, e.user_id, e.created_at from executions e
              where e.workspace_id = @workspace and (@afterExecution::uuid is null or e.id <= @afterExecution)
              order by e.id desc limit 1000) e
            cross join lateral (
              select l.execution_id, e.user_id, l.seq as sequence, l.time, l.level, l.step_path, l.attempt, l.message, l.fields
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
    /// Running: it is marked, and whoever runs it stops it. Otherwise it ends here, and with it those that it called and waits for. Answers each one that was touched: its status, or
    /// 'ready' for one whose turn it is now. Nothing when it is at its end already, or not there. The hub that runs one is told with the commit.
    /// </summary>
    public static Task<IReadOnlyList<TouchedRow>> CancelAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.QueryAsync<TouchedRow>(
            $"select id, status, {SignalWatch.TellOfCancel("id", "status")} as told from cancel_execution(@id, @queued, @waiting)",
            new { id, queued = CancelErrors.Queued, waiting = CancelErrors.Waiting }, cancellationToken);

    /// <summary>What its steps wait for.</summary>
    public static Task<IReadOnlyList<WaitView>> WaitsAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.QueryAsync<WaitView>("""
            select w.execution_id, w.step_path as path, w.step_id as id, w.kind, w.since, w.until_at as until, w.event, w.ask, w.answerers, w.call_id,
                   exists (select from execution_signals s
                     where s.workspace_id = w.workspace_id and s.execution_id = w.execution_id and s.step_path = w.step_path) as is_answered
            from execution_waits w where w.workspace_id = @workspace and w.execution_id = @id order by w.since, w.step_path
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    /// <summary>The newest of those that it called.</summary>
    public static Task<IReadOnlyList<ChildView>> ChildrenAsync(HubSession session, Guid id, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<ChildView>("""
            select e.id, e.parent_step as step, e.plan_name as plan, e.status, e.created_at, e.started_at, e.ended_at from executions e
            where e.workspace_id = @workspace and e.parent_id = @id order by e.id desc limit @count
            """, new { workspace = session.Actor.WorkspaceId, id, count }, cancellationToken);

    /// <summary>Who holds the places of its key, and how many are before it.</summary>
    public static Task<TurnView?> TurnAsync(HubSession session, ExecutionView execution, CancellationToken cancellationToken) =>
        session.FindAsync<TurnView>("""
            select array(select h.id from executions h
                     where h.workspace_id = @workspace and h.concurrency_key = @ConcurrencyKey and not h.is_behind and h.ended_at is null order by h.id limit 5) as holders,
                   (select count(*) from executions o
                     where o.workspace_id = @workspace and o.concurrency_key = @ConcurrencyKey and o.is_behind and o.ended_at is null and o.id < @Id) as before
            """, new { workspace = session.Actor.WorkspaceId, execution.ConcurrencyKey, execution.Id }, cancellationToken);

    /// <summary>Until when the hub that runs it counts as alive; null when nobody knows of that hub.</summary>
    public static Task<DateTimeOffset?> LeaseAsync(HubSession session, Guid hubId, CancellationToken cancellationToken) =>
        session.FindAsync<DateTimeOffset?>("select claim_lease(@hubId)", new { hubId }, cancellationToken);

    // Lines bear the clock of the hub that wrote them; it may differ from the one that accepted the execution.
    private static DateTimeOffset LogsFrom(ExecutionView execution) => execution.CreatedAt - TimeSpan.FromDays(1);

    /// <summary>The least id that is given at this time: ids begin with their millisecond, a little before the execution is accepted.</summary>
    public static Guid IdAt(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        for (var i = 5; i >= 0; i--, milliseconds >>= 8)
            bytes[i] = (byte)milliseconds;
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>An execution that a cancelling touched.</summary>
internal sealed record TouchedRow
{
    public Guid Id { get; init; }

    public string Status { get; init; } = "";
}

/// <summary>Who is before an execution at its concurrency key.</summary>
internal sealed record TurnView
{
    public Guid[] Holders { get; init; } = [];

    public long Before { get; init; }

    public string Describe(string key) =>
        $"its turn: the concurrency key '{key}' is held by {(Holders.Length == 1 ? "execution" : "executions")} {string.Join(", ", Holders)}"
        + (Before == 0 ? "" : $", and {Before} {(Before == 1 ? "is" : "are")} before it");
}
