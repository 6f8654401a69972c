-- Executions that wait without a process: for a time, a person, an event, the end of a plan they called, or their turn behind a concurrency
-- key. The states and the moves between them are drawn in docs/state-machine.md.

alter table executions
  -- When a waiting one goes on by itself; null when only a signal helps.
  add column wake_at           timestamptz,
  -- How many signals are kept for it. Whoever parks it says how many it knew of: a higher number here means that one came meanwhile.
  add column signals           int     not null default 0,
  -- It waits, or is behind a key: nobody has to look at it until something happens.
  add column is_parked         boolean not null default false,
  -- Its last claim was not given back by whoever held it.
  add column is_lost           boolean not null default false,
  -- How often in a row it was cut off without a step having succeeded, and the last number of a success that was seen then.
  add column losses            int     not null default 0,
  add column losses_seq        int     not null default 0,
  -- JSON: it has failed for a reason outside of its steps, and only what its failure calls for is left to be done.
  add column doomed            text,
  -- The path of the step that it began with, when it took over the results of those before.
  add column rerun_from        text,
  -- Who called it, from which step, and whether that step waits for its end. Calls are nested at most as deep as the hub says.
  add column parent_id         uuid,
  add column parent_step       text,
  add column parent_awaits     boolean not null default false,
  add column depth             int     not null default 0,
  -- Of those with one key at most so many are under way. A place is held from the first claim, or grant, to the end: it is never stored, so it cannot leak.
  add column concurrency_key   text,
  add column concurrency_limit int,
  add column when_full         text check (when_full in ('queue', 'skip', 'cancel_oldest')),
  add column is_behind         boolean not null default false;

-- The same index as before, with what needs no look apart from what does. A claim changes neither column.
drop index executions_open;
create index executions_open on executions (is_parked, id) where ended_at is null;
create index executions_to_wake on executions (wake_at) where wake_at is not null;
create index executions_children on executions (workspace_id, parent_id, id) where parent_id is not null;
create index executions_turns on executions (workspace_id, concurrency_key, is_behind, id) where concurrency_key is not null and ended_at is null;

-- What a step waits for, from its beginning to its end.
create table execution_waits (
  workspace_id uuid        not null,
  execution_id uuid        not null,
  step_path    text        not null,
  step_id      text,
  kind         text        not null check (kind in ('time', 'event', 'approval', 'call', 'retry')),
  since        timestamptz not null,
  until_at     timestamptz,
  event        text,
  ask          text,
  answerers    text[]      not null default '{}',
  -- The execution that was called.
  call_id      uuid,
  -- JSON: all of it, for the next runner.
  wait         text        not null,
  primary key (workspace_id, execution_id, step_path)
);
create index execution_waits_for_events on execution_waits (workspace_id, event) where event is not null;
create index execution_waits_for_people on execution_waits (workspace_id, since, execution_id) where kind = 'approval';

-- The answers to steps that wait: at most one for each step's path, kept with the execution.
create table execution_signals (
  workspace_id uuid        not null,
  execution_id uuid        not null,
  step_path    text        not null,
  kind         text        not null check (kind in ('event', 'approval', 'call')),
  at           timestamptz not null default clock_timestamp(),
  -- The person, as others know them.
  by_name      text,
  -- JSON.
  payload      text        not null,
  primary key (workspace_id, execution_id, step_path)
);

do $$
declare
  part text;
begin
  foreach part in array array['execution_waits', 'execution_signals'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
    execute format('grant select on %I to gantry_hub', part);
  end loop;
end $$;
grant select, insert, update, delete on execution_waits, execution_signals to gantry_worker;

-- Who counts or grants places of keys holds their locks, taken before any row's and in their order. Nothing is counted on what another has not committed yet.
create function lock_turns(p_workspaces uuid[], p_keys text[]) returns void language plpgsql volatile set search_path = gantry, pg_temp as $$
declare
  place bigint;
begin
  for place in select distinct hashtextextended(x.workspace_id || x.key, 5) as h from unnest(p_workspaces, p_keys) as x(workspace_id, key)
      where x.key is not null order by h loop
    perform pg_advisory_xact_lock(place);
  end loop;
end $$;

-- Gives free places of a key to those that wait longest; answers whose turn it is now. The caller holds the key's lock.
create function grant_turns(p_workspace uuid, p_key text) returns setof uuid language plpgsql volatile
  set search_path = gantry, pg_temp set enable_seqscan = off set jit = off as $$
declare
  next record;
  holders int;
begin
  loop
    select e.id, e.concurrency_limit into next from executions e
    where e.workspace_id = p_workspace and e.concurrency_key = p_key and e.is_behind and e.ended_at is null order by e.id limit 1;
    exit when not found;
    select count(*) into holders from (
      select from executions e where e.workspace_id = p_workspace and e.concurrency_key = p_key and not e.is_behind and e.ended_at is null
      limit next.concurrency_limit) as held;
    exit when holders >= next.concurrency_limit;
    update executions e set is_behind = false, is_parked = false, waiting_for = 'a free worker' where e.workspace_id = p_workspace and e.id = next.id;
    return next next.id;
  end loop;
end $$;

-- The next number in an execution's sequence.
create function next_sequence(p_workspace uuid, p_id uuid) returns int language sql stable set search_path = gantry, pg_temp as
  $$ select greatest(2,
       (select max(l.seq) from execution_logs l where l.workspace_id = p_workspace and l.execution_id = p_id),
       (select max(greatest(s.started_seq, s.ended_seq)) from execution_steps s where s.workspace_id = p_workspace and s.execution_id = p_id)) + 1 $$;

-- Keeps an answer and sees to it that its execution goes on: 'taken', or why not: 'ended', 'gone' (nothing waits for it), 'late', 'answered'.
-- The execution's row is locked before it is looked at, and counts its signals, so that whoever parks it meanwhile notices.
create function store_signal(p_workspace uuid, p_execution uuid, p_step text, p_kind text, p_by text, p_payload text, out outcome text, out runs boolean)
  language plpgsql volatile set search_path = gantry, pg_temp set enable_seqscan = off as $$
declare
  target record;
  waited record;
begin
  runs := false;
  select e.status, e.ended_at into target from executions e where e.workspace_id = p_workspace and e.id = p_execution for update;
  if not found or target.ended_at is not null then
    outcome := 'ended';
    return;
  end if;
  select w.until_at into waited from execution_waits w
  where w.workspace_id = p_workspace and w.execution_id = p_execution and w.step_path = p_step and w.kind = p_kind;
  -- A call may end before its caller's wait for it is on record.
  if not found and not (p_kind = 'call' and exists (
      select from execution_steps s
      where s.workspace_id = p_workspace and s.execution_id = p_execution and s.step_path = p_step and s.status in ('running', 'waiting'))) then
    outcome := 'gone';
    return;
  end if;
  if exists (select from execution_signals s where s.workspace_id = p_workspace and s.execution_id = p_execution and s.step_path = p_step) then
    outcome := 'answered';
    return;
  end if;
  if waited.until_at <= clock_timestamp() then
    outcome := 'late';
    return;
  end if;
  insert into execution_signals (workspace_id, execution_id, step_path, kind, by_name, payload)
  values (p_workspace, p_execution, p_step, p_kind, p_by, p_payload);
  update executions e set signals = e.signals + 1,
    status = case when e.status = 'waiting' then 'queued' else e.status end,
    is_parked = case when e.status = 'waiting' then false else e.is_parked end,
    wake_at = case when e.status = 'waiting' then null else e.wake_at end,
    waiting_for = case when e.status = 'waiting' then 'a free worker' else e.waiting_for end
  where e.workspace_id = p_workspace and e.id = p_execution;
  outcome := 'taken';
  runs := target.status = 'running';
  perform pg_notify('gantry_signals', p_execution::text);
end $$;

-- The same for whoever may see the execution; who may answer what is the hub's to decide.
create function signal_execution(p_execution uuid, p_step text, p_kind text, p_by text, p_payload text, out outcome text, out runs boolean)
  language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
begin
  if not is_member() then
    outcome := 'ended';
    runs := false;
    return;
  end if;
  select s.outcome, s.runs into outcome, runs from store_signal(current_workspace_id(), p_execution, p_step, p_kind, p_by, p_payload) s;
end $$;

-- Cancels an execution: one that runs is marked, and whoever runs it stops it; any other ends here, and with it the executions that it called and waits
-- for, in the same way. Places of keys are passed on, and whoever waits for one of them is told. Answers each one that was touched, and those whose turn it is now as 'ready'.
create function cancel_tree(p_workspace uuid, p_id uuid, p_queued text, p_waiting text) returns table (id uuid, status text) language plpgsql volatile
  set search_path = gantry, pg_temp set enable_seqscan = off set jit = off as $$
declare
  tree uuid[];
  keys text[];
  one record;
  step record;
  number int;
  failure text;
  key text;
begin
  with recursive called as (
    select e.id, e.status, e.concurrency_key from executions e where e.workspace_id = p_workspace and e.id = p_id and e.ended_at is null
    union all
    select e.id, e.status, e.concurrency_key from called c
    join executions e on e.workspace_id = p_workspace and e.parent_id = c.id and e.parent_awaits and e.ended_at is null
    where c.status <> 'running')
  select array_agg(c.id order by c.id), array_agg(distinct c.concurrency_key) filter (where c.concurrency_key is not null) into tree, keys from called c;
  perform lock_turns(array_fill(p_workspace, array[coalesce(cardinality(keys), 0)]), keys);
  for one in select e.id, e.status, e.started_at, e.parent_id, e.parent_step, e.parent_awaits from executions e
      where e.workspace_id = p_workspace and e.id = any(tree) and e.ended_at is null order by e.id for update loop
    if one.status = 'running' then
      update executions e set cancel_requested = true where e.workspace_id = p_workspace and e.id = one.id;
      id := one.id;
      status := 'running';
      return next;
      continue;
    end if;
    failure := case when one.started_at is null then p_queued else p_waiting end;
    number := next_sequence(p_workspace, one.id);
    for step in select s.step_path, s.attempt from execution_steps s
        where s.workspace_id = p_workspace and s.execution_id = one.id and s.status in ('waiting', 'running') order by s.step_path, s.attempt loop
      update execution_steps s set status = 'cancelled', ended_at = clock_timestamp(), ended_seq = number, error = failure
      where s.workspace_id = p_workspace and s.execution_id = one.id and s.step_path = step.step_path and s.attempt = step.attempt;
      number := number + 1;
    end loop;
    delete from execution_waits w where w.workspace_id = p_workspace and w.execution_id = one.id;
    update executions e set cancel_requested = true, status = 'cancelled', ended_at = clock_timestamp(), ended_seq = number, error = failure,
      waiting_for = null, wake_at = null, is_parked = false, is_behind = false
    where e.workspace_id = p_workspace and e.id = one.id;
    if one.parent_awaits then
      perform store_signal(p_workspace, one.parent_id, one.parent_step, 'call', null,
        json_build_object('execution', one.id, 'status', 'cancelled', 'output', null, 'error', failure::json)::text);
    end if;
    id := one.id;
    status := 'cancelled';
    return next;
  end loop;
  foreach key in array coalesce(keys, '{}') loop
    for id in select g from grant_turns(p_workspace, key) g loop
      status := 'ready';
      return next;
    end loop;
  end loop;
end $$;

create function cancel_execution(p_id uuid, p_queued text, p_waiting text) returns table (id uuid, status text)
  language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
begin
  if my_role() in ('owner', 'editor', 'operator') then
    return query select c.id, c.status from cancel_tree(current_workspace_id(), p_id, p_queued, p_waiting) c;
  end if;
end $$;

-- Decides, of executions that were accepted just now behind their keys, whose turn it is: the others wait, are skipped, or cancel the oldest.
-- May be asked again about the same ones. The caller holds the keys' locks. Answers how each stands, and others whose turn it is now.
create function admit_turns(p_workspaces uuid[], p_ids uuid[], p_skipped text, p_queued text, p_waiting text)
  returns table (id uuid, status text, is_behind boolean, waiting_for text) language plpgsql volatile
  set search_path = gantry, pg_temp set enable_seqscan = off set jit = off as $$
declare
  place record;
  one record;
  oldest uuid;
  holders int;
begin
  for place in select x.workspace_id, x.id, p_ids[x.number + 1 :] as later from unnest(p_workspaces, p_ids) with ordinality as x(workspace_id, id, number) order by x.number loop
    select e.* into one from executions e where e.workspace_id = place.workspace_id and e.id = place.id;
    continue when not found;
    if one.ended_at is null and one.is_behind then
      for id in select g from grant_turns(place.workspace_id, one.concurrency_key) g loop
        status := 'queued';
        is_behind := false;
        waiting_for := 'a free worker';
        return next;
      end loop;
      select e.* into one from executions e where e.workspace_id = place.workspace_id and e.id = place.id;
    end if;
    if one.ended_at is null and one.is_behind and one.when_full = 'skip' then
      update executions e set status = 'cancelled', ended_at = clock_timestamp(), ended_seq = 2, error = p_skipped, waiting_for = null,
        is_parked = false, is_behind = false
      where e.workspace_id = place.workspace_id and e.id = place.id;
    elsif one.ended_at is null and one.is_behind and one.when_full = 'cancel_oldest' then
      loop
        select count(*) into holders from executions e where e.workspace_id = place.workspace_id and e.concurrency_key = one.concurrency_key
          and e.ended_at is null and not e.cancel_requested and e.id <> all(place.later);
        exit when holders <= one.concurrency_limit;
        select e.id into oldest from executions e where e.workspace_id = place.workspace_id and e.concurrency_key = one.concurrency_key
          and e.ended_at is null and not e.cancel_requested and e.id <> all(place.later) and e.id <> one.id order by e.id limit 1;
        exit when oldest is null;
        for id, status in select c.id, c.status from cancel_tree(place.workspace_id, oldest, p_queued, p_waiting) c loop
          is_behind := false;
          waiting_for := null;
          if status = 'ready' then
            status := 'queued';
            waiting_for := 'a free worker';
          end if;
          return next;
        end loop;
      end loop;
    end if;
    select e.id, e.status, e.is_behind, e.waiting_for into id, status, is_behind, waiting_for
    from executions e where e.workspace_id = place.workspace_id and e.id = place.id;
    return next;
  end loop;
end $$;

-- Until when the hub that has the execution's claim counts as alive; null when nothing runs it.
create function claim_lease(p_hub uuid) returns timestamptz language sql stable security definer set search_path = gantry, pg_temp as
  $$ select h.lease_until from execution_hubs h where h.id = p_hub and is_member() $$;

revoke execute on function lock_turns, grant_turns, next_sequence, store_signal, signal_execution, cancel_tree, cancel_execution, admit_turns, claim_lease from public;
grant execute on function signal_execution, cancel_execution, claim_lease to gantry_hub;
grant execute on function lock_turns, grant_turns, next_sequence, store_signal, cancel_tree, admit_turns to gantry_worker;
