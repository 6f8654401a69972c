-- Executions: what was started, what its steps did, what it said, and who is at it now.
-- The states and the moves between them are drawn in docs/state-machine.md.
--
-- An execution's workers write thousands of rows a second, so these tables carry few indexes, and what belongs to an
-- execution has no foreign key to it: every insert goes through a join with that execution, under its fence.
-- Every key begins with the workspace, so that nobody can learn from a conflict that somebody else has a row.
-- Every change of state and every line of the log has a number in its execution's one sequence. Fixed: 1 queued, 2 running.

create table executions (
  id               uuid        not null,
  workspace_id     uuid        not null references workspaces,
  user_id          uuid        not null,
  plan_id          uuid,
  plan_version     int,
  plan_name        text,
  -- The text of a plan that was given with the start; null when a saved version is named.
  plan_text        text,
  -- JSON. (jsonb would refuse \u0000 and reorder keys.)
  inputs           text        not null,
  rerun_of         uuid,
  status           text        not null check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  waiting_for      text,
  cancel_requested boolean     not null default false,
  -- Counts claims and their losses: whoever writes must know the present number.
  fence            int         not null default 0,
  hub_id           uuid,
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  ended_at         timestamptz,
  ended_seq        int,
  output           text,
  output_blob      uuid,
  error            text,
  failed_step      text,
  check ((ended_at is not null) = (status in ('succeeded', 'failed', 'cancelled'))),
  check ((error is not null) = (status in ('failed', 'cancelled'))),
  check ((hub_id is not null) = (status = 'running') or ended_at is not null),
  primary key (workspace_id, id),
  foreign key (workspace_id, plan_id, plan_version) references execution_plan_versions (workspace_id, plan_id, version),
  check ((plan_id is null) = (plan_version is null) and (plan_id is null) = (plan_text is not null))
)
-- Room on the page, so that a claim is a heap-only update.
with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What is not at its end, however long the history.
create index executions_open on executions (id) where ended_at is null;
create index executions_to_cancel on executions (id) where cancel_requested and ended_at is null;
create index executions_by_plan on executions (workspace_id, plan_id, id) where plan_id is not null;
-- Rare among many that succeeded. (Not by status: that changes with every claim, and an index on it would cost each claim its heap-only update.)
create index executions_ended_badly on executions (workspace_id, id) where error is not null;
create index executions_ended_badly_by_plan on executions (workspace_id, plan_id, id) where error is not null;

create table execution_steps (
  execution_id uuid        not null,
  step_path    text        not null,
  attempt      int         not null,
  workspace_id uuid        not null,
  step_id      text,
  use          text        not null,
  status       text        not null
    check (status in ('running', 'succeeded', 'failed', 'skipped', 'cancelled', 'may_have_run')),
  started_at   timestamptz not null,
  ended_at     timestamptz,
  started_seq  int,
  ended_seq    int,
  output       text,
  output_blob  uuid,
  message      text,
  metadata     text,
  error        text,
  primary key (workspace_id, execution_id, step_path, attempt)
) with (fillfactor = 90);

create table execution_logs (
  execution_id uuid        not null,
  seq          int         not null,
  time         timestamptz not null,
  workspace_id uuid        not null,
  level        text        not null check (level in ('debug', 'info', 'warning', 'error')),
  step_path    text,
  attempt      int,
  message      text        not null,
  fields       text,
  primary key (workspace_id, execution_id, seq, time)
) partition by range (time);

-- Only a clock that is years off gets here.
create table execution_logs_other partition of execution_logs default;

create table execution_blobs (
  id           uuid        not null,
  execution_id uuid        not null,
  workspace_id uuid        not null,
  bytes        int         not null,
  content      text        not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, execution_id, id)
);
alter table execution_blobs alter column content set storage extended;

-- The same key of the same user in the same workspace names the same start for a day.
create table execution_keys (
  user_id      uuid        not null,
  key          text        not null,
  workspace_id uuid        not null,
  request_hash bytea       not null,
  execution_id uuid        not null,
  expires_at   timestamptz not null,
  primary key (workspace_id, user_id, key)
);
create index execution_keys_expired on execution_keys (expires_at);

-- Whoever holds claims says here that it lives, by the database's clock. One lease covers all of a hub's claims.
create table execution_hubs (
  id          uuid        primary key,
  lease_until timestamptz not null,
  started_at  timestamptz not null default now()
);

-- Makes the partitions of this month and the next two, and drops those that ended longer ago than is kept. Roles that work own no
-- table, so this runs as the owner.
create function keep_execution_logs(kept interval) returns void
  language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
declare
  month date;
  part text;
begin
  perform pg_advisory_xact_lock(hashtextextended('gantry.keep_execution_logs', 0));
  for i in 0..2 loop
    month := (date_trunc('month', now() at time zone 'utc') + make_interval(months => i))::date;
    part := 'execution_logs_' || to_char(month, 'YYYY_MM');
    -- A month whose lines went to the default partition already stays there.
    if to_regclass('gantry.' || part) is null and not exists (
        select from execution_logs_other where time >= month::timestamp at time zone 'utc'
          and time < (month + interval '1 month')::timestamp at time zone 'utc') then
      execute format('create table %I partition of execution_logs for values from (%L) to (%L)', part,
        month::timestamp at time zone 'utc', (month + interval '1 month')::timestamp at time zone 'utc');
      execute format('alter table %I enable row level security, force row level security', part);
    end if;
  end loop;

  for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'execution_logs'::regclass and c.relname ~ '^execution_logs_[0-9]{4}_[0-9]{2}$' loop
    if to_date(right(part, 7), 'YYYY_MM') + interval '1 month' < (now() at time zone 'utc') - kept then
      execute format('drop table %I', part);
    end if;
  end loop;
  delete from execution_logs_other where time < now() - kept;
end $$;
grant execute on function keep_execution_logs to gantry_worker;

do $$
declare
  part text;
begin
  foreach part in array array['executions', 'execution_steps', 'execution_logs', 'execution_blobs', 'execution_keys'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
  end loop;
end $$;

-- Cancelling is the one thing that a person changes; everything else is written by those who run executions.
create policy executions_update on executions for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor', 'operator'));

alter table execution_logs_other enable row level security, force row level security;
create policy owner_all on execution_logs_other to gantry_owner using (true) with check (true);

grant select, update (status, waiting_for, cancel_requested, ended_at, ended_seq, error) on executions to gantry_hub;
grant select on execution_steps, execution_logs, execution_blobs to gantry_hub;
grant select, insert, update on executions, execution_steps, execution_logs, execution_blobs, execution_keys, execution_hubs to gantry_worker;
grant delete on execution_keys, execution_hubs to gantry_worker;

-- Starts are accepted many at a time, each with its entry in the audit log.
create policy audit_log_start on audit_log for insert to gantry_worker with check (action = 'execution.started');
grant insert (workspace_id, user_id, action, target, address, details) on audit_log to gantry_worker;

select keep_execution_logs(interval '100 years');
