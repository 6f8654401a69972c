-- Plans that an AI drafted, what a workspace says about that, and what it used of its budget.

-- A draft is a text until a person saves it as a plan: nothing here is ever run.
create table ai_drafts (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  user_id uuid not null,
  prompt text not null check (length(prompt) between 1 and 8000),
  provider text not null,
  model text not null,
  plan text check (length(plan) <= 1048576),
  answer jsonb not null check (jsonb_typeof(answer) = 'object'),
  tokens bigint not null default 0 check (tokens >= 0),
  cost numeric check (cost >= 0),
  created_at timestamptz not null default now(),
  approved_at timestamptz,
  plan_id uuid,
  primary key (workspace_id, id)
);
alter table ai_drafts enable row level security, force row level security;
create policy owner_all on ai_drafts to gantry_owner using (true) with check (true);
create policy ai_drafts_select on ai_drafts for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()));
create policy ai_drafts_insert on ai_drafts for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select may_use_credentials()));
create policy ai_drafts_update on ai_drafts for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select may_edit())) with check (workspace_id = current_workspace_id() and (select may_edit()));
create policy ai_drafts_delete on ai_drafts for delete to gantry_hub
  using (workspace_id = current_workspace_id() and ((select may_edit()) or (user_id = current_user_id() and (select may_use_credentials()))));
grant select, insert (workspace_id, id, user_id, prompt, provider, model, plan, answer, tokens, cost), update (approved_at, plan_id), delete on ai_drafts to gantry_hub;

-- Which provider drafts, and how much of it a day. Null leaves it to the hub.
create table ai_settings (
  workspace_id uuid primary key references workspaces on delete cascade,
  provider text check (length(provider) between 1 and 64),
  model text check (length(model) between 1 and 200),
  connection text check (length(connection) between 1 and 128),
  tokens_a_day bigint check (tokens_a_day >= 0),
  requests_a_day bigint check (requests_a_day >= 0)
);
alter table ai_settings enable row level security, force row level security;
create policy owner_all on ai_settings to gantry_owner using (true) with check (true);
create policy ai_settings_select on ai_settings for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()));
create policy ai_settings_insert on ai_settings for insert to gantry_hub with check (workspace_id = current_workspace_id() and (select is_owner()));
create policy ai_settings_update on ai_settings for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_owner())) with check (workspace_id = current_workspace_id() and (select is_owner()));
grant select, insert, update on ai_settings to gantry_hub;

-- What was used on a day (UTC): a call takes its share before it is made, and gives back what it did not need.
create table ai_usage (
  workspace_id uuid not null references workspaces on delete cascade,
  day date not null,
  requests bigint not null default 0 check (requests >= 0),
  tokens bigint not null default 0 check (tokens >= 0),
  primary key (workspace_id, day)
);
alter table ai_usage enable row level security, force row level security;
create policy owner_all on ai_usage to gantry_owner using (true) with check (true);
create policy ai_usage_select on ai_usage for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()));
grant select on ai_usage to gantry_hub;

-- False when the budget of the day is used up: then nothing was taken.
create function take_ai_budget(p_day date, p_tokens bigint, p_tokens_max bigint, p_requests_max bigint) returns boolean language sql volatile security definer
  set search_path = gantry, pg_temp as
  $$ with taken as (
       insert into ai_usage as u (workspace_id, day, requests, tokens)
       select current_workspace_id(), p_day, 1, p_tokens where may_use_credentials() and p_tokens >= 0 and p_tokens_max > 0 and p_requests_max > 0
       on conflict (workspace_id, day) do update set requests = u.requests + 1, tokens = u.tokens + excluded.tokens
         where u.requests < p_requests_max and u.tokens < p_tokens_max
       returning 1)
     select exists (select from taken) $$;

-- What was taken becomes what was used.
create function settle_ai_budget(p_day date, p_taken bigint, p_used bigint) returns void language sql volatile security definer
  set search_path = gantry, pg_temp as
  $$ update ai_usage set tokens = greatest(0, tokens - p_taken + p_used)
     where workspace_id = current_workspace_id() and day = p_day and p_taken >= 0 and p_used >= 0 and may_use_credentials() $$;
revoke execute on function take_ai_budget, settle_ai_budget from public;
grant execute on function take_ai_budget, settle_ai_budget to gantry_hub;
