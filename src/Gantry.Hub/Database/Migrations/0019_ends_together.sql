-- Ends of executions are seen and noted for all rows of a statement together: thousands end with one write, and a function for each of them took a fifth
-- of the time. An end is the change to a final state; what is inserted as ended is seen as before.

-- What there is to tell of one end, by the rules that hold for its plan.
create function note_end(p_workspace uuid, p_plan uuid, p_id uuid, p_status text, p_failed_step text, p_error text, p_rules notification_rules)
  returns void language plpgsql set search_path = gantry, pg_temp as $$
begin
  if p_status = 'failed' then
    perform note_occasion(p_workspace, p_plan, p_rules, 'failure',
      'failure ' || coalesce(p_failed_step, '') || ' ' || coalesce(p_error::jsonb ->> 'kind', ''), p_id, true);
    return;
  end if;
  perform note_occasion(p_workspace, p_plan, p_rules, 'success', 'success', p_id, false);
  if (select n.occasion = 'failure' from notifications n
      where n.workspace_id = p_workspace and n.plan_id = p_plan and n.occasion in ('failure', 'recovery') order by n.seq desc limit 1) then
    perform note_occasion(p_workspace, p_plan, p_rules, 'recovery', 'recovery', p_id, true);
  end if;
end $$;
revoke execute on function note_end from public;

-- The rules that hold for a plan: its own, or those of its workspace. Null when nobody is told of anything.
create function rules_of_plan(p_workspace uuid, p_plan uuid) returns notification_rules language plpgsql stable set search_path = gantry, pg_temp as $$
declare
  found_rules notification_rules;
begin
  select * into found_rules from notification_rules n
  where n.workspace_id = p_workspace and n.plan_id in (p_plan, '00000000-0000-0000-0000-000000000000')
  order by n.plan_id desc limit 1;
  if not found or found_rules.rules = '[]' then
    return null;
  end if;
  return found_rules;
end $$;
revoke execute on function rules_of_plan from public;

create or replace function note_execution_end() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
  rules notification_rules := rules_of_plan(new.workspace_id, new.plan_id);
begin
  if rules.rules is not null then
    perform note_end(new.workspace_id, new.plan_id, new.id, new.status, new.failed_step, new.error, rules);
  end if;
  return null;
end $$;

-- For each plan among the rows once: who watches it, and who is told.
create function see_execution_ends() returns trigger language plpgsql security definer
  set search_path = gantry, pg_temp set enable_hashjoin = on set enable_seqscan = on as $$
declare
  ended record;
  one record;
  rules notification_rules;
  is_seen boolean := false;
begin
  for ended in
      select a.workspace_id, a.plan_id, a.plan_name, a.status, array_agg(a.id order by a.ended_at, a.id) as ids
      from rows_after a join rows_before b on b.workspace_id = a.workspace_id and b.id = a.id
      where a.ended_at is not null and a.plan_id is not null and b.ended_at is null
      group by a.workspace_id, a.plan_id, a.plan_name, a.status loop
    insert into events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, next_attempt_at)
    select new_event_id(), t.workspace_id, t.id, t.plan_id, 'execution', 'pending', x.id::text, ended.plan_name || ' ' || ended.status, now()
    from triggers t cross join unnest(ended.ids) as x(id)
    where t.workspace_id = ended.workspace_id and t.kind = 'execution' and t.removed_at is null and t.watched = ended.plan_name
      and t.paused_at is null and ended.status = any(t.statuses)
    on conflict do nothing;
    is_seen := is_seen or found;
    rules := rules_of_plan(ended.workspace_id, ended.plan_id);
    if rules.rules is not null and ended.status in ('failed', 'succeeded') then
      for one in select a.id, a.failed_step, a.error from rows_after a
          where a.workspace_id = ended.workspace_id and a.id = any(ended.ids) order by a.ended_at, a.id loop
        perform note_end(ended.workspace_id, ended.plan_id, one.id, ended.status, one.failed_step, one.error, rules);
      end loop;
    end if;
  end loop;
  if is_seen then
    perform pg_notify('gantry_triggers', '');
  end if;
  return null;
end $$;

drop trigger see_end on executions;
drop trigger note_end on executions;
create trigger see_ends after update on executions referencing old table as rows_before new table as rows_after
  for each statement execute function see_execution_ends();
