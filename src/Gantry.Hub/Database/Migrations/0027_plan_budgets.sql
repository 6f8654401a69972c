-- What plans use of AIs, bounded for each workspace and day (UTC) beside what is used for drafts.

alter table ai_settings
  add column plan_tokens_a_day bigint check (plan_tokens_a_day >= 0),
  add column plan_cost_a_day numeric check (plan_cost_a_day >= 0);

alter table ai_usage
  add column plan_calls bigint not null default 0 check (plan_calls >= 0),
  add column plan_tokens bigint not null default 0 check (plan_tokens >= 0),
  add column plan_cost numeric not null default 0 check (plan_cost >= 0);

-- False when the day's budget is used up: then nothing was taken. Null in the settings bounds nothing.
create function take_plan_ai_budget(p_day date, p_tokens bigint) returns boolean language sql volatile security definer
  set search_path = gantry, pg_temp as
  $$ with bounds as (
       select max(s.plan_tokens_a_day) as tokens, max(s.plan_cost_a_day) as cost from ai_settings s where s.workspace_id = current_workspace_id()),
     taken as (
       insert into ai_usage as u (workspace_id, day, plan_calls, plan_tokens)
       select current_workspace_id(), p_day, 1, p_tokens from bounds b
       where is_member() and p_tokens >= 0 and coalesce(b.tokens, 1) > 0 and coalesce(b.cost, 1) > 0
       on conflict (workspace_id, day) do update set plan_calls = u.plan_calls + 1, plan_tokens = u.plan_tokens + excluded.plan_tokens
         where u.plan_tokens < coalesce((select tokens from bounds), u.plan_tokens + 1) and u.plan_cost < coalesce((select cost from bounds), u.plan_cost + 1)
       returning 1)
     select exists (select from taken) $$;

-- What was taken becomes what was used.
create function settle_plan_ai_budget(p_day date, p_taken bigint, p_used bigint, p_cost numeric) returns void language sql volatile security definer
  set search_path = gantry, pg_temp as
  $$ update ai_usage set plan_tokens = greatest(0, plan_tokens - p_taken + p_used), plan_cost = plan_cost + p_cost
     where workspace_id = current_workspace_id() and day = p_day and p_taken >= 0 and p_used >= 0 and p_cost >= 0 and is_member() $$;
revoke execute on function take_plan_ai_budget, settle_plan_ai_budget from public;
grant execute on function take_plan_ai_budget, settle_plan_ai_budget to gantry_hub;
