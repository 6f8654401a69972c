-- Saved endpoints: a name for a place. Settings hold secrets by reference only, so a row may be seen by every member of its workspace.

create function may_edit() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from memberships
     where user_id = current_user_id() and workspace_id = current_workspace_id() and role in ('owner', 'editor')) $$;
grant execute on function may_edit to gantry_hub;

create table endpoints (
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null check (name ~* '^[a-z0-9][a-z0-9._-]{1,63}$'),
  -- Who saved it last.
  user_id uuid not null,
  kind text not null,
  settings jsonb not null check (jsonb_typeof(settings) = 'object'),
  -- An administrator saved it as it is: its folder may lie outside the roots that others are bound to.
  is_granted boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, name)
);

alter table endpoints enable row level security, force row level security;
create policy owner_all on endpoints to gantry_owner using (true) with check (true);
create policy endpoints_select on endpoints for select to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_member()));
create policy endpoints_insert on endpoints for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select may_edit())
    and (not is_granted or (select is_administrator())));
-- Whoever changes it makes it theirs: a grant does not outlive the change.
create policy endpoints_update on endpoints for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select may_edit()))
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (not is_granted or (select is_administrator())));
create policy endpoints_delete on endpoints for delete to gantry_hub
  using (workspace_id = current_workspace_id() and (select may_edit()));

grant select, insert, update (user_id, kind, settings, is_granted, updated_at), delete on endpoints to gantry_hub;
