-- An execution whose steps have no effects may be at its end when it is accepted, and is inserted as it stands then. Its end is seen and noted like any
-- other, for all rows of a statement together.

-- The ends of executions of one plan with one status: who watches it, and who is told.
create function see_ends(p_workspace uuid, p_plan uuid, p_name text, p_status text, p_ids uuid[]) returns void language plpgsql
  set search_path = gantry, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  one record;
  rules notification_rules;
begin
  insert into events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, next_attempt_at)
  select new_event_id(), t.workspace_id, t.id, t.plan_id, 'execution', 'pending', x.id::text, p_name || ' ' || p_status, now()
  from triggers t cross join unnest(p_ids) as x(id)
  where t.workspace_id = p_workspace and t.kind = 'execution' and t.removed_at is null and t.watched = p_name
    and t.paused_at is null and p_status = any(t.statuses)
  on conflict do nothing;
  if found then
    perform pg_notify('gantry_triggers', '');
  end if;
  rules := rules_of_plan(p_workspace, p_plan);
  if rules.rules is not null and p_status in ('failed', 'succeeded') then
    for one in select e.id, e.failed_step, e.error from unnest(p_ids) with ordinality as x(id, place)
        join executions e on e.workspace_id = p_workspace and e.id = x.id order by x.place loop
      perform note_end(p_workspace, p_plan, one.id, p_status, one.failed_step, one.error, rules);
    end loop;
  end if;
end $$;
revoke execute on function see_ends from public;

create or replace function see_execution_ends() returns trigger language plpgsql security definer
  set search_path = gantry, pg_temp set enable_hashjoin = on as $$
begin
  perform see_ends(e.workspace_id, e.plan_id, e.plan_name, e.status, e.ids) from (
    select a.workspace_id, a.plan_id, a.plan_name, a.status, array_agg(a.id order by a.ended_at, a.id) as ids
    from rows_after a join rows_before b on b.workspace_id = a.workspace_id and b.id = a.id
    where a.ended_at is not null and a.plan_id is not null and b.ended_at is null
    group by a.workspace_id, a.plan_id, a.plan_name, a.status) as e;
  return null;
end $$;

create function see_execution_ends_at_once() returns trigger language plpgsql security definer
  set search_path = gantry, pg_temp as $$
begin
  perform see_ends(e.workspace_id, e.plan_id, e.plan_name, e.status, e.ids) from (
    select a.workspace_id, a.plan_id, a.plan_name, a.status, array_agg(a.id order by a.ended_at, a.id) as ids
    from rows_after a where a.ended_at is not null and a.plan_id is not null
    group by a.workspace_id, a.plan_id, a.plan_name, a.status) as e;
  return null;
end $$;

drop trigger see_end_at_once on executions;
drop trigger note_end_at_once on executions;
drop function see_execution_end();
drop function note_execution_end();
create trigger see_ends_at_once after insert on executions referencing new table as rows_after
  for each statement execute function see_execution_ends_at_once();
