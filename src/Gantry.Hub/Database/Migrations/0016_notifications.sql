-- Notifications: who is told how a plan's executions end. What there is to tell is written in the transaction of the end itself, whoever brings it about; what is told, and what
-- is kept back, is decided afterwards, in the order of the ends, by one hub at a time.

-- A plan's own rules, or, with an id of zeros, what its workspace says for plans that say nothing.
create table notification_rules (
  workspace_id uuid        not null references workspaces,
  plan_id      uuid        not null,
  -- As whom it is told.
  user_id      uuid        not null,
  -- A list of {on, use, with, seconds}; empty: nobody is told.
  rules        jsonb       not null check (jsonb_typeof(rules) = 'array'),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, plan_id)
);

-- One for each rule that an end is an occasion for. Told by an execution, whose id is its own.
create table notifications (
  id              uuid        not null,
  workspace_id    uuid        not null references workspaces,
  seq             bigint      not null generated always as identity,
  plan_id         uuid        not null,
  user_id         uuid        not null,
  occasion        text        not null check (occasion in ('failure', 'success', 'recovery', 'expectation_missed')),
  -- Those of the same cause are not told more often than the rule says.
  cause           text        not null,
  -- The rule; null for an end that is only remembered.
  rule            jsonb,
  -- The execution that ended, or the event that is an alert.
  about           uuid        not null,
  -- pending: to be decided. due: to be told. started: the execution that tells it is on record. suppressed: kept back. noted: nobody is to be told. dead: it could not be told.
  status          text        not null check (status in ('pending', 'due', 'started', 'suppressed', 'noted', 'dead')),
  -- How many like it were kept back since one was told.
  suppressed      int         not null default 0,
  reason          text,
  attempts        int         not null default 0,
  next_attempt_at timestamptz,
  decided_at      timestamptz,
  created_at      timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index notifications_undecided on notifications (seq) where status = 'pending';
create index notifications_due on notifications (next_attempt_at) where status = 'due';
create index notifications_of_plan on notifications (workspace_id, plan_id, seq);
create index notifications_by_cause on notifications (workspace_id, plan_id, cause, seq);
create index notifications_by_age on notifications using brin (created_at);

do $$
declare
  part text;
begin
  foreach part in array array['notification_rules', 'notifications'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
    execute format('grant select on %I to gantry_hub', part);
  end loop;
end $$;
create policy notification_rules_insert on notification_rules for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select my_role()) in ('owner', 'editor'));
create policy notification_rules_update on notification_rules for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor'))
  with check (workspace_id = current_workspace_id() and user_id = current_user_id());
create policy notification_rules_delete on notification_rules for delete to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor'));
grant insert, update, delete on notification_rules to gantry_hub;
grant select on notification_rules to gantry_worker;
grant select, insert, update, delete on notifications to gantry_worker;

-- One row for each rule of the plan that names the occasion; else, when asked to, one that remembers it.
create function note_occasion(p_workspace uuid, p_plan uuid, p_rules notification_rules, p_occasion text, p_cause text, p_about uuid, p_remember boolean)
  returns void language plpgsql set search_path = gantry, pg_temp as $$
begin
  insert into notifications (id, workspace_id, plan_id, user_id, occasion, cause, rule, about, status)
  select new_event_id(), p_workspace, p_plan, p_rules.user_id, p_occasion, p_cause, r, p_about, 'pending'
  from jsonb_array_elements(p_rules.rules) as r where r -> 'on' ? p_occasion;
  if found then
    perform pg_notify('gantry_notifications', '');
  elsif p_remember then
    insert into notifications (id, workspace_id, plan_id, user_id, occasion, cause, about, status)
    values (new_event_id(), p_workspace, p_plan, p_rules.user_id, p_occasion, p_cause, p_about, 'noted');
  end if;
end $$;
revoke execute on function note_occasion from public;

create function note_execution_end() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
  rules notification_rules;
begin
  select * into rules from notification_rules n
  where n.workspace_id = new.workspace_id and n.plan_id in (new.plan_id, '00000000-0000-0000-0000-000000000000')
  order by n.plan_id desc limit 1;
  if not found or rules.rules = '[]' then
    return null;
  end if;
  if new.status = 'failed' then
    perform note_occasion(new.workspace_id, new.plan_id, rules, 'failure',
      'failure ' || coalesce(new.failed_step, '') || ' ' || coalesce(new.error::jsonb ->> 'kind', ''), new.id, true);
    return null;
  end if;
  perform note_occasion(new.workspace_id, new.plan_id, rules, 'success', 'success', new.id, false);
  if (select n.occasion = 'failure' from notifications n
      where n.workspace_id = new.workspace_id and n.plan_id = new.plan_id and n.occasion in ('failure', 'recovery') order by n.seq desc limit 1) then
    perform note_occasion(new.workspace_id, new.plan_id, rules, 'recovery', 'recovery', new.id, true);
  end if;
  return null;
end $$;
create trigger note_end after update on executions for each row
  when (new.ended_at is not null and old.ended_at is null and new.plan_id is not null and new.status in ('failed', 'succeeded')) execute function note_execution_end();
create trigger note_end_at_once after insert on executions for each row
  when (new.ended_at is not null and new.plan_id is not null and new.status in ('failed', 'succeeded')) execute function note_execution_end();

create function note_alert() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
  rules notification_rules;
begin
  select * into rules from notification_rules n
  where n.workspace_id = new.workspace_id and n.plan_id in (new.plan_id, '00000000-0000-0000-0000-000000000000')
  order by n.plan_id desc limit 1;
  if found then
    perform note_occasion(new.workspace_id, new.plan_id, rules, 'expectation_missed', 'expectation ' || new.trigger_id, new.id, false);
  end if;
  return null;
end $$;
create trigger note_alert after insert on events for each row when (new.status = 'alert') execute function note_alert();

-- Decides what is told, in the order in which it came about; one hub at a time, so that none is decided without what was before it. Answers how many were decided.
create function decide_notifications(p_limit int) returns int language plpgsql set search_path = gantry, pg_temp as $$
declare
  n    notifications;
  told notifications;
  done int := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('gantry notifications')) then
    return 0;
  end if;
  for n in select * from notifications where status = 'pending' order by seq limit p_limit loop
    done := done + 1;
    -- What this rule told last of the same cause, and not in vain.
    select t.* into told from notifications t left join executions e on e.workspace_id = t.workspace_id and e.id = t.id
    where t.workspace_id = n.workspace_id and t.plan_id = n.plan_id and t.cause = n.cause and t.rule = n.rule and t.seq < n.seq
      and t.status in ('due', 'started') and e.status is distinct from 'failed' and e.status is distinct from 'cancelled'
    order by t.seq desc limit 1;
    if n.occasion = 'recovery' and (
      select p.occasion from notifications p where p.workspace_id = n.workspace_id and p.plan_id = n.plan_id and p.seq < n.seq and p.about <> n.about
        and p.occasion in ('failure', 'recovery') order by p.seq desc limit 1) = 'recovery' then
      -- Two executions succeeded at the same moment: the first of them was the recovery.
      update notifications set status = 'noted', decided_at = clock_timestamp() where workspace_id = n.workspace_id and id = n.id;
    elsif n.occasion = 'recovery' and n.rule -> 'on' ? 'failure' and coalesce((
      select p.occasion from notifications p where p.workspace_id = n.workspace_id and p.plan_id = n.plan_id and p.rule = n.rule and p.seq < n.seq
        and p.occasion in ('failure', 'recovery') and p.status in ('due', 'started') order by p.seq desc limit 1), 'recovery') = 'recovery' then
      update notifications set status = 'suppressed', reason = 'The failure before it was not told either.', decided_at = clock_timestamp()
      where workspace_id = n.workspace_id and id = n.id;
    elsif n.rule ? 'seconds' and told.id is not null and not (n.occasion = 'recovery' and n.rule -> 'on' ? 'failure')
      and told.decided_at > clock_timestamp() - make_interval(secs => (n.rule ->> 'seconds')::double precision) then
      update notifications set status = 'suppressed', reason = 'The same was told less long ago than the rule says.', decided_at = clock_timestamp()
      where workspace_id = n.workspace_id and id = n.id;
    else
      update notifications set status = 'due', next_attempt_at = clock_timestamp(), decided_at = clock_timestamp(), suppressed = (
        select count(*) from notifications s where s.workspace_id = n.workspace_id and s.plan_id = n.plan_id and s.cause = n.cause and s.rule = n.rule
          and s.status = 'suppressed' and s.seq < n.seq and s.seq > coalesce(told.seq, 0))
      where workspace_id = n.workspace_id and id = n.id;
    end if;
  end loop;
  return done;
end $$;
revoke execute on function decide_notifications from public;
grant execute on function decide_notifications to gantry_worker;
