namespace Gantry.Hub.Executions.Journal;

/// <summary>The statements of a batch. Each may be sent again after a commit whose answer was lost.</summary>
internal static class JournalSql
{
    /// <summary>Claims of this hub cannot be taken away before the batch is committed.</summary>
    public const string HoldClaims = "select pg_advisory_xact_lock_shared($1)";

    public const string LostClaims = """
        select x.id from unnest($1::uuid[], $2::uuid[], $3::int[]) as x(workspace_id, id, fence)
        where coalesce((select e.fence from executions e where e.workspace_id = x.workspace_id and e.id = x.id), -1) <> x.fence
        """;

    public const string Keys = """
        insert into execution_keys as k (user_id, key, workspace_id, request_hash, execution_id, expires_at)
        select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::uuid[], $6::timestamptz[])
        on conflict (workspace_id, user_id, key) do update
        set request_hash = excluded.request_hash, execution_id = excluded.execution_id, expires_at = excluded.expires_at
        where k.expires_at <= excluded.expires_at - interval '24 hours'
        """;

    public const string KnownKeys = """
        select x.id, k.execution_id, k.request_hash = x.request_hash
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::uuid[]) as x(workspace_id, user_id, key, request_hash, id)
        join execution_keys k on k.workspace_id = x.workspace_id and k.user_id = x.user_id and k.key = x.key
        """;

    private const string AcceptedRows = """
        with accepted as (
          insert into executions (id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of,
                                  trigger, created_at, is_transfer, status, fence, hub_id, started_at, waiting_for)
          select x.id, x.workspace_id, x.user_id, x.plan_id, x.plan_version, x.plan_name, x.plan_text, x.inputs, x.rerun_of,
                 x.trigger, x.created_at, x.is_transfer, case when x.claimed then 'running' else 'queued' end, x.claimed::int,
                 case when x.claimed then $12::uuid end, case when x.claimed then x.created_at end,
                 case when not x.claimed then 'a free worker' end
          from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::uuid[],
                      $10::timestamptz[], $11::bool[], $14::bool[], $15::uuid[], $16::text[])
            as x(id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of, created_at, claimed, is_transfer, event_id, trigger)
          where (x.event_id is null or exists (
            select from events e where e.workspace_id = x.workspace_id and e.id = x.event_id and e.execution_id = x.id))
        """;

    private const string UnlessKeyIsTaken = """
            and not exists (
            select from unnest($17::uuid[], $18::uuid[], $19::text[], $20::uuid[]) as o(workspace_id, user_id, key, id)
            join execution_keys k on k.workspace_id = o.workspace_id and k.user_id = o.user_id and k.key = o.key
            where o.id = x.id and k.execution_id <> x.id)
        """;

    private const string WithAudit = """
          on conflict (workspace_id, id) do nothing
          returning id, workspace_id, user_id, plan_id, plan_version, plan_name, rerun_of)
        insert into audit_log (workspace_id, user_id, action, target, address, details)
        select a.workspace_id, a.user_id, 'execution.started', a.id::text, x.address,
               jsonb_strip_nulls(jsonb_build_object('plan', a.plan_name, 'version', a.plan_version, 'rerun_of', a.rerun_of))
        from accepted a join unnest($1::uuid[], $13::text[]) as x(id, address) on x.id = a.id
        """;

    /// <summary>Of executions that end in the same batch: written as they stand then, and never again.</summary>
    public const string Wholes = """
        with accepted as (
          insert into executions (id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of, trigger, created_at, started_at,
                                  fence, status, ended_at, ended_seq, output, output_blob, error, failed_step)
          select x.id, x.workspace_id, x.user_id, x.plan_id, x.plan_version, x.plan_name, x.plan_text, x.inputs, x.rerun_of, x.trigger, x.created_at, x.created_at,
                 1, x.status, x.ended_at, x.ended_seq, x.output, x.output_blob, x.error, x.failed_step
          from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::timestamptz[],
                      $11::uuid[], $12::text[], $14::text[], $15::timestamptz[], $16::int[], $17::text[], $18::uuid[], $19::text[], $20::text[])
            as x(id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of, created_at,
                 event_id, trigger, status, ended_at, ended_seq, output, output_blob, error, failed_step)
          where (x.event_id is null or exists (
            select from events e where e.workspace_id = x.workspace_id and e.id = x.event_id and e.execution_id = x.id))
        """ + "\n" + WithAudit;

    /// <summary>With who called them, and whose turn it has to be: seldom, so that the others do not carry it.</summary>
    public const string LinkedAccepts = """
        with accepted as (
          insert into executions (id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of,
                                  trigger, created_at, is_transfer, status, fence, hub_id, started_at, waiting_for,
                                  parent_id, parent_step, parent_awaits, depth, concurrency_key, concurrency_limit, when_full, is_behind, is_parked)
          select x.id, x.workspace_id, x.user_id, x.plan_id, x.plan_version, x.plan_name, x.plan_text, x.inputs, x.rerun_of,
                 x.trigger, x.created_at, x.is_transfer, case when x.claimed then 'running' else 'queued' end, x.claimed::int,
                 case when x.claimed then $12::uuid end, case when x.claimed then x.created_at end,
                 case when x.concurrency_key is not null then x.behind when not x.claimed then 'a free worker' end,
                 x.parent_id, x.parent_step, x.parent_awaits, x.depth, x.concurrency_key, x.concurrency_limit, x.when_full,
                 x.concurrency_key is not null, x.concurrency_key is not null
          from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::uuid[],
                      $10::timestamptz[], $11::bool[], $14::bool[], $15::uuid[], $16::text[], $21::uuid[], $22::text[], $23::int[], $24::bool[], $25::int[],
                      $26::text[], $27::int[], $28::text[], $29::text[])
            as x(id, workspace_id, user_id, plan_id, plan_version, plan_name, plan_text, inputs, rerun_of, created_at, claimed, is_transfer, event_id, trigger,
                 parent_id, parent_step, parent_fence, parent_awaits, depth, concurrency_key, concurrency_limit, when_full, behind)
          where (x.event_id is null or exists (
            select from events e where e.workspace_id = x.workspace_id and e.id = x.event_id and e.execution_id = x.id))
        """ + "\n" + UnlessKeyIsTaken + "\n" + """
            and (x.parent_id is null or exists (
              select from executions p
              where p.workspace_id = x.workspace_id and p.id = x.parent_id and p.fence = x.parent_fence and p.status = 'running'))
        """ + "\n" + WithAudit;

    public const string TakeOver = """
        with taken as (
          update executions e set rerun_from = $4 where e.workspace_id = $1 and e.id = $3 returning e.workspace_id, e.id),
        blobs as (
          insert into execution_blobs (id, execution_id, workspace_id, bytes, content)
          select b.id, t.id, t.workspace_id, b.bytes, b.content
          from taken t join execution_steps s on s.workspace_id = t.workspace_id and s.execution_id = $2 and s.step_path = any($5)
          join execution_blobs b on b.workspace_id = s.workspace_id and b.execution_id = s.execution_id and b.id = s.output_blob
          where s.status in ('succeeded', 'skipped')
          on conflict do nothing)
        insert into execution_steps (execution_id, step_path, attempt, workspace_id, step_id, use, status, started_at, ended_at,
                                     started_seq, ended_seq, output, output_blob, message, metadata, error)
        select t.id, s.step_path, s.attempt, s.workspace_id, s.step_id, s.use, s.status, s.started_at, s.ended_at,
               s.started_seq, s.ended_seq, s.output, s.output_blob, s.message, s.metadata, s.error
        from taken t join execution_steps s on s.workspace_id = t.workspace_id and s.execution_id = $2 and s.step_path = any($5)
        where s.status in ('succeeded', 'skipped')
        on conflict do nothing
        """;

    public const string LockTurns = "select lock_turns($1, $2)";

    public const string AdmitTurns = "select id, status, is_behind, waiting_for from admit_turns($1, $2, $3, $4, $5)";

    public const string GrantTurns = "select g from unnest($1::uuid[], $2::text[]) as x(workspace_id, key) cross join lateral grant_turns(x.workspace_id, x.key) g";

    public const string Accepts = AcceptedRows + "\n" + WithAudit;

    public const string KeyedAccepts = AcceptedRows + "\n" + UnlessKeyIsTaken + "\n" + WithAudit;

    public const string Transfers = """
        insert into transfers (id, workspace_id, name, mode, request, template_id, retry_of, search_text, grams)
        select e.id, e.workspace_id, x.name, x.mode, x.request, x.template_id, x.retry_of, x.search_text, x.grams::int[]
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[])
          as x(workspace_id, id, name, mode, request, template_id, retry_of, search_text, grams)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.id
        on conflict do nothing
        """;

    public const string TransferEndpoints = """
        insert into transfer_endpoints (workspace_id, endpoint, transfer_id)
        select t.workspace_id, x.endpoint, t.id
        from unnest($1::uuid[], $2::uuid[], $3::text[]) as x(workspace_id, id, endpoint)
        join transfers t on t.workspace_id = x.workspace_id and t.id = x.id
        on conflict do nothing
        """;

    public const string Blobs = """
        insert into execution_blobs (id, execution_id, workspace_id, bytes, content)
        select x.id, e.id, e.workspace_id, x.bytes, x.content
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::text[], $7::bool[]) as x(workspace_id, execution_id, fence, id, bytes, content, is_whole)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and (e.status = 'running' or x.is_whole)
        on conflict (workspace_id, execution_id, id) do nothing
        """;

    public const string Steps = """
        insert into execution_steps as s (execution_id, step_path, attempt, workspace_id, step_id, use, status, started_at, ended_at,
                                          started_seq, ended_seq, output, output_blob, message, metadata, error)
        select e.id, x.step_path, x.attempt, e.workspace_id, x.step_id, x.use, x.status, x.started_at, x.ended_at,
               x.started_seq, x.ended_seq, x.output, x.output_blob, x.message, x.metadata, x.error
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
                    $10::timestamptz[], $11::int[], $12::int[], $13::text[], $14::uuid[], $15::text[], $16::text[], $17::text[], $18::bool[])
          as x(workspace_id, execution_id, fence, step_path, attempt, step_id, use, status, started_at, ended_at,
               started_seq, ended_seq, output, output_blob, message, metadata, error, is_whole)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and (e.status = 'running' or x.is_whole)
        on conflict (workspace_id, execution_id, step_path, attempt) do update
        set status = excluded.status, ended_at = excluded.ended_at, ended_seq = excluded.ended_seq, output = excluded.output,
            output_blob = excluded.output_blob, message = excluded.message, metadata = excluded.metadata, error = excluded.error,
            started_seq = coalesce(excluded.started_seq, s.started_seq)
        where s.status in ('running', 'waiting', 'may_have_run') and excluded.status <> 'running'
        """;

    public const string Waits = """
        insert into execution_waits as w (workspace_id, execution_id, step_path, step_id, kind, since, until_at, event, ask, answerers, call_id, wait)
        select e.workspace_id, e.id, x.step_path, x.step_id, x.kind, x.since, x.until_at, x.event, x.ask, x.answerers::text[], x.call_id, x.wait
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[],
                    $11::text[], $12::uuid[], $13::text[])
          as x(workspace_id, execution_id, fence, step_path, step_id, kind, since, until_at, event, ask, answerers, call_id, wait)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and e.status = 'running'
        on conflict (workspace_id, execution_id, step_path) do update
        set kind = excluded.kind, since = excluded.since, until_at = excluded.until_at, event = excluded.event, ask = excluded.ask,
            answerers = excluded.answerers, call_id = excluded.call_id, wait = excluded.wait
        """;

    public const string EndedWaits = """
        delete from execution_waits w using unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) as x(workspace_id, execution_id, fence, step_path)
        where w.workspace_id = x.workspace_id and w.execution_id = x.execution_id and (x.step_path is null or w.step_path = x.step_path)
          and exists (select from executions e where e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence)
        """;

    /// <summary>The ends of executions are told to the steps that wait for them; a large output becomes one of the caller's.</summary>
    public const string CallsEnded = """
        with told as (
          select x.workspace_id, x.id, x.parent_id, x.blob, s.outcome, s.runs
          from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::uuid[])
            as x(workspace_id, id, fence, parent_id, step_path, payload, blob)
          join executions e on e.workspace_id = x.workspace_id and e.id = x.id and e.fence = x.fence and e.ended_at is not null
          cross join lateral store_signal(x.workspace_id, x.parent_id, x.step_path, 'call', null, x.payload) s),
        copied as (
          insert into execution_blobs (id, execution_id, workspace_id, bytes, content)
          select b.id, t.parent_id, t.workspace_id, b.bytes, b.content
          from told t join execution_blobs b on b.workspace_id = t.workspace_id and b.execution_id = t.id and b.id = t.blob
          where t.outcome = 'taken'
          on conflict do nothing)
        select parent_id, outcome, runs from told
        """;

    public static readonly string CancelledCalls = $"""
        select c.id, c.status, {SignalWatch.TellOfCancel("c.id", "c.status")}
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[]) as x(workspace_id, execution_id, fence, id)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence
        cross join lateral cancel_tree(x.workspace_id, x.id, $5, $6) c
        """;

    /// <summary>A database whose clock is before the hub's would else wake an execution that finds itself too early, again and again.</summary>
    public const string Parks = """
        update executions e
        set status = case when e.cancel_requested or e.signals > x.known then 'queued' else 'waiting' end,
            is_parked = not (e.cancel_requested or e.signals > x.known),
            wake_at = case when e.cancel_requested or e.signals > x.known then null
                           else greatest(x.wake_at, case when x.wake_at is not null then clock_timestamp() + interval '500 milliseconds' end) end,
            waiting_for = case when e.cancel_requested or e.signals > x.known then 'a free worker' else x.waiting_for end,
            fence = e.fence + 1, hub_id = null
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::int[]) as x(workspace_id, id, fence, wake_at, waiting_for, known)
        where e.workspace_id = x.workspace_id and e.id = x.id and e.fence = x.fence and e.status = 'running'
        returning e.id, e.status
        """;

    public const string Logs = """
        insert into execution_logs (execution_id, seq, time, workspace_id, level, step_path, attempt, message, fields)
        select e.id, x.seq, x.time, e.workspace_id, x.level, x.step_path, x.attempt, x.message, x.fields
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::bool[])
          as x(workspace_id, execution_id, fence, seq, time, level, step_path, attempt, message, fields, is_whole)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and (e.status = 'running' or x.is_whole)
        on conflict do nothing
        """;

    public const string Finals = """
        update executions e
        set status = x.status, ended_at = x.ended_at, ended_seq = x.ended_seq, output = x.output, output_blob = x.output_blob,
            error = x.error, failed_step = x.failed_step, waiting_for = null, hub_id = null
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::int[], $7::text[], $8::uuid[], $9::text[], $10::text[])
          as x(workspace_id, id, fence, status, ended_at, ended_seq, output, output_blob, error, failed_step)
        where e.workspace_id = x.workspace_id and e.id = x.id and e.fence = x.fence and e.status = 'running'
        """;
}
