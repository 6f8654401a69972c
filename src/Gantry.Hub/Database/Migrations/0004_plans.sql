-- Plans by name, and every version of each: an execution names the version it runs, so a version never changes.

create table execution_plans (
  id           uuid        not null,
  workspace_id uuid        not null references workspaces,
  user_id      uuid        not null,
  name         text        not null,
  description  text,
  version      int         not null check (version > 0),
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  -- A deleted plan keeps its versions for the executions that ran them.
  deleted_at   timestamptz,
  primary key (workspace_id, id)
);
create unique index execution_plans_by_name on execution_plans (workspace_id, name) where deleted_at is null;

create table execution_plan_versions (
  plan_id      uuid        not null,
  version      int         not null check (version > 0),
  workspace_id uuid        not null,
  user_id      uuid        not null,
  -- The text as it was given, YAML or JSON.
  source       text        not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, plan_id, version),
  foreign key (workspace_id, plan_id) references execution_plans (workspace_id, id)
);

-- The caller's role in the workspace of the session; null when there is none.
create function my_role() returns text language sql stable security definer set search_path = gantry, pg_temp as
  $$ select role from memberships where user_id = current_user_id() and workspace_id = current_workspace_id() $$;
grant execute on function my_role to gantry_hub;

alter table execution_plans enable row level security, force row level security;
create policy owner_all on execution_plans to gantry_owner using (true) with check (true);
create policy execution_plans_select on execution_plans for select to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_member()));
create policy execution_plans_insert on execution_plans for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select my_role()) in ('owner', 'editor'));
create policy execution_plans_update on execution_plans for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor'));
create policy execution_plans_worker on execution_plans for select to gantry_worker using (true);

alter table execution_plan_versions enable row level security, force row level security;
create policy owner_all on execution_plan_versions to gantry_owner using (true) with check (true);
create policy execution_plan_versions_select on execution_plan_versions for select to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_member()));
create policy execution_plan_versions_insert on execution_plan_versions for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select my_role()) in ('owner', 'editor'));
create policy execution_plan_versions_worker on execution_plan_versions for select to gantry_worker using (true);

grant select, insert, update (name, description, version, updated_at, deleted_at) on execution_plans to gantry_hub;
grant select, insert on execution_plan_versions to gantry_hub;
grant select on execution_plans, execution_plan_versions to gantry_worker;
