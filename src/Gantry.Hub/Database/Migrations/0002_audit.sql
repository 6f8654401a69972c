-- Who did what. It is written in the transaction of the change itself, and only ever grows: nobody is granted update, delete or truncate.
-- It has no foreign keys, for it must outlive the users and workspaces it speaks of.

create table audit_log (
  id bigint generated always as identity primary key,
  time timestamptz not null default now(),
  workspace_id uuid,
  user_id uuid,
  action text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
  target text,
  address text,
  details jsonb not null default '{}'
);
create index audit_log_by_workspace on audit_log (workspace_id, id desc);

alter table audit_log enable row level security, force row level security;
-- An owner reads what happened in the workspace; an administrator also what happened in none, such as refused sign-ins.
create policy audit_log_select on audit_log for select to gantry_hub
  using ((workspace_id = current_workspace_id() and (select is_owner())) or (workspace_id is null and (select is_administrator())));
-- Nobody writes in another's name. Without a user only what belongs to no workspace can be written: refusals.
create policy audit_log_insert on audit_log for insert to gantry_hub
  with check (user_id is not distinct from current_user_id() and (workspace_id is null or workspace_id = current_workspace_id()));

grant select, insert (workspace_id, user_id, action, target, address, details) on audit_log to gantry_hub;
