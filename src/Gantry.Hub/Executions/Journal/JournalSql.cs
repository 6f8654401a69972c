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
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::text[]) as x(workspace_id, execution_id, fence, id, bytes, content)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and e.status = 'running'
        on conflict (workspace_id, execution_id, id) do nothing
        """;

    public const string Steps = """
        insert into execution_steps as s (execution_id, step_path, attempt, workspace_id, step_id, use, status, started_at, ended_at,
                                          started_seq, ended_seq, output, output_blob, message, metadata, error)
        select e.id, x.step_path, x.attempt, e.workspace_id, x.step_id, x.use, x.status, x.started_at, x.ended_at,
               x.started_seq, x.ended_seq, x.output, x.output_blob, x.message, x.metadata, x.error
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
                    $10::timestamptz[], $11::int[], $12::int[], $13::text[], $14::uuid[], $15::text[], $16::text[], $17::text[])
          as x(workspace_id, execution_id, fence, step_path, attempt, step_id, use, status, started_at, ended_at,
               started_seq, ended_seq, output, output_blob, message, metadata, error)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and e.status = 'running'
        on conflict (workspace_id, execution_id, step_path, attempt) do update
        set status = excluded.status, ended_at = excluded.ended_at, ended_seq = excluded.ended_seq, output = excluded.output,
            output_blob = excluded.output_blob, message = excluded.message, metadata = excluded.metadata, error = excluded.error
        where s.status in ('running', 'waiting', 'may_have_run') and excluded.status <> 'running'
        """;

    public const string Logs = """
        insert into execution_logs (execution_id, seq, time, workspace_id, level, step_path, attempt, message, fields)
        select e.id, x.seq, x.time, e.workspace_id, x.level, x.step_path, x.attempt, x.message, x.fields
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[])
          as x(workspace_id, execution_id, fence, seq, time, level, step_path, attempt, message, fields)
        join executions e on e.workspace_id = x.workspace_id and e.id = x.execution_id and e.fence = x.fence and e.status = 'running'
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
