-- Triggers: what starts plans by itself, what each of them saw, and what it has handled already.
-- A trigger is made from the plan's text in the transaction that saves the plan, or set through the API. An execution, the event it
-- comes from, and that its trigger goes on, are written in one transaction.

-- JSON: what a trigger saw, which ${trigger} finds; null for what a person started.
alter table executions add column trigger text;

create table triggers (
  id           uuid        not null,
  workspace_id uuid        not null references workspaces,
  plan_id      uuid        not null,
  -- Null for a trigger that was set through the API.
  plan_version int,
  -- As whom executions are started.
  user_id      uuid        not null,
  kind         text        not null check (kind in ('schedule', 'webhook', 'files', 's3_events', 'execution')),
  -- What tells it from the others of its plan, from version to version.
  identity     text        not null,
  watches      text        not null,
  -- JSON: the item as it stands in the plan.
  settings     text        not null,
  path         text        check ((path is not null) = (kind = 'webhook')),
  verb         text        check ((verb is not null) = (kind = 'webhook')),
  -- The plan whose executions are watched, and their ends.
  watched      text        check ((watched is not null) = (kind = 'execution')),
  statuses     text[],
  -- From when an interval counts.
  anchor       timestamptz not null default now(),
  -- The next occurrence of a schedule; null when there is none, or it cannot be told.
  next_at      timestamptz,
  -- Until when one hub is at the occurrence that is due, or at the watching.
  held_by      uuid,
  held_until   timestamptz,
  -- The window in which something has to come.
  expect_from  timestamptz,
  expect_to    timestamptz,
  -- When an endpoint was last listed whole.
  scanned_at   timestamptz,
  paused_at    timestamptz,
  -- Why it does nothing, although it should.
  broken       text,
  removed_at   timestamptz,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, plan_id) references execution_plans (workspace_id, id)
) with (fillfactor = 80);
create unique index triggers_by_identity on triggers (workspace_id, plan_id, identity);
create unique index triggers_by_path on triggers (workspace_id, path, verb) where kind = 'webhook' and removed_at is null;
create index triggers_due on triggers (next_at) where next_at is not null and paused_at is null and removed_at is null;
create index triggers_expecting on triggers (expect_to) where expect_to is not null and paused_at is null and removed_at is null;
create index triggers_watching on triggers (kind) where kind in ('files', 's3_events') and removed_at is null;
create index triggers_of_ends on triggers (workspace_id, watched) where kind = 'execution' and removed_at is null;

-- One thing that a trigger saw. Its states and the moves between them are drawn in docs/triggers.md.
create table events (
  id              uuid        not null,
  workspace_id    uuid        not null references workspaces,
  trigger_id      uuid        not null,
  plan_id         uuid        not null,
  kind            text        not null,
  status          text        not null check (status in ('pending', 'accepted', 'duplicate', 'filtered', 'failed', 'dead', 'alert')),
  -- What it is known again by: a delivery's id, a planned time, a version of a file. Null when it has nothing of the kind.
  key             text,
  summary         text        not null,
  -- JSON: what ${trigger} would find; null when the execution has it.
  payload         text,
  reason          text,
  execution_id    uuid,
  -- What it repeats, or what it was replayed from.
  original_id     uuid,
  -- Who replayed it, and so as whom it starts.
  user_id         uuid,
  attempts        int         not null default 0,
  next_attempt_at timestamptz,
  occurred_at     timestamptz not null default now(),
  created_at      timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index events_by_key on events (workspace_id, trigger_id, key) where key is not null and status <> 'duplicate';
create index events_by_trigger on events (workspace_id, trigger_id, id);
create index events_troubled on events (workspace_id, id) where status in ('pending', 'failed', 'dead', 'alert');
create index events_due on events (next_attempt_at) where next_attempt_at is not null;
create index events_by_age on events using brin (created_at);

-- Which version of which file a trigger has handled last: hashes of paths, since those can be longer than an index takes.
create table trigger_files (
  workspace_id uuid        not null,
  trigger_id   uuid        not null,
  file         bytea       not null,
  version      text        not null,
  handled_at   timestamptz not null default now(),
  primary key (workspace_id, trigger_id, file),
  foreign key (workspace_id, trigger_id) references triggers (workspace_id, id) on delete cascade
);

do $$
declare
  part text;
begin
  foreach part in array array['triggers', 'events', 'trigger_files'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
  end loop;
end $$;

create policy triggers_insert on triggers for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select my_role()) in ('owner', 'editor'));
create policy triggers_update on triggers for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor'))
  with check (workspace_id = current_workspace_id());
create policy events_update on events for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor', 'operator'))
  with check (user_id = current_user_id());
create policy events_insert on events for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select my_role()) in ('owner', 'editor', 'operator'));

grant select, insert, update on triggers to gantry_hub;
grant select, insert on events to gantry_hub;
grant update (status, attempts, next_attempt_at, user_id, reason) on events to gantry_hub;
grant select on trigger_files to gantry_hub;
grant select, insert, update, delete on triggers, events, trigger_files to gantry_worker;

-- A version 7 id, so that events that the database itself writes stand in their order.
create function new_event_id() returns uuid language sql volatile set search_path = gantry, pg_temp as
  $$ select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
       placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid $$;

-- A new version, or the end, of a plan takes the triggers of its old text away. Whoever saves it sets those of the new one.
create function remove_plan_triggers() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
begin
  update triggers set removed_at = now(), held_by = null, held_until = null
  where workspace_id = new.workspace_id and plan_id = new.id and removed_at is null and (plan_version is not null or new.deleted_at is not null);
  return null;
end $$;
create trigger remove_triggers after update of version, deleted_at on execution_plans for each row execute function remove_plan_triggers();

-- The end of an execution is seen by the plans that watch for it, in the transaction of that end, whoever brings it about.
create function see_execution_end() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
begin
  insert into events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, next_attempt_at)
  select new_event_id(), t.workspace_id, t.id, t.plan_id, 'execution', 'pending', new.id::text, new.plan_name || ' ' || new.status, now()
  from triggers t
  where t.workspace_id = new.workspace_id and t.kind = 'execution' and t.removed_at is null and t.watched = new.plan_name
    and t.paused_at is null and new.status = any(t.statuses)
  on conflict do nothing;
  if found then
    perform pg_notify('gantry_triggers', '');
  end if;
  return null;
end $$;
create trigger see_end after update on executions for each row
  when (new.ended_at is not null and old.ended_at is null and new.plan_id is not null) execute function see_execution_end();
create trigger see_end_at_once after insert on executions for each row
  when (new.ended_at is not null and new.plan_id is not null) execute function see_execution_end();

-- For the hubs themselves: who of these may start executions now.
create function who_may_start(p_workspaces uuid[], p_users uuid[], out workspace_id uuid, out user_id uuid)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select distinct m.workspace_id, m.user_id from unnest(p_workspaces, p_users) as x(workspace_id, user_id)
     join memberships m on m.workspace_id = x.workspace_id and m.user_id = x.user_id
     join users u on u.id = m.user_id
     where u.disabled_at is null and m.role in ('owner', 'editor', 'operator') and current_user_id() is null $$;
revoke execute on function who_may_start from public;
grant execute on function who_may_start to gantry_worker;

-- For whoever calls a webhook: many calls are looked up at once. A path is of one workspace, which is named.
create function find_webhooks(p_workspaces text[], p_paths text[], p_verbs text[], out place int, out id uuid, out workspace_id uuid, out user_id uuid,
    out settings text, out is_paused boolean, out plan_id uuid, out plan_version int, out plan_name text, out may_start boolean)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select x.place::int, t.id, t.workspace_id, t.user_id, t.settings, t.paused_at is not null, p.id, p.version, p.name,
       exists (select from memberships m join users u on u.id = m.user_id where m.workspace_id = t.workspace_id and m.user_id = t.user_id
         and u.disabled_at is null and m.role in ('owner', 'editor', 'operator'))
     from unnest(p_workspaces, p_paths, p_verbs) with ordinality as x(workspace, path, verb, place)
     join workspaces w on w.name = x.workspace
     join triggers t on t.workspace_id = w.id and t.path = x.path and t.verb = x.verb and t.kind = 'webhook' and t.removed_at is null
     join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
     where current_user_id() is null $$;
revoke execute on function find_webhooks from public;
grant execute on function find_webhooks to gantry_worker;
