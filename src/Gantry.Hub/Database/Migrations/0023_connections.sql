-- Connections to providers: what is known of each, and the tokens that a person agreed to.
--
-- A token rests as a credential of the type 'oauth_token' beside the credential that it signs in with: NAME/WAY, its owner the same. It is renewed by
-- whoever runs an execution with it, so that those who may use a shared one may change it, while only editors bring it in or take it away.

create table connections (
  workspace_id  uuid        not null references workspaces on delete cascade,
  -- The credential's name.
  name          text        not null check (length(name) between 1 and 128),
  provider      text        not null check (length(provider) between 1 and 64),
  -- Whose credential it is; null means the workspace's.
  user_id       uuid,
  checked_by    uuid        not null,
  checked_at    timestamptz not null default now(),
  -- Who the provider says it belongs to.
  who           text        check (length(who) <= 500),
  -- Why it is not good; null when it is.
  problem       text        check (length(problem) <= 2000),
  -- A person has to agree again.
  needs_consent boolean     not null default false,
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id) on delete cascade
);
create unique index connections_own on connections (workspace_id, user_id, provider, name) where user_id is not null;
create unique index connections_shared on connections (workspace_id, provider, name) where user_id is null;

alter table connections enable row level security, force row level security;
create policy owner_all on connections to gantry_owner using (true) with check (true);
create policy connections_select on connections for select to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id is null or user_id = current_user_id()) and (select is_member()));
create policy connections_insert on connections for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and checked_by = current_user_id() and (user_id is null or user_id = current_user_id()) and (select may_use_credentials()));
create policy connections_update on connections for update to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id is null or user_id = current_user_id()) and (select may_use_credentials()))
  with check (workspace_id = current_workspace_id() and checked_by = current_user_id() and (user_id is null or user_id = current_user_id()));
create policy connections_delete on connections for delete to gantry_hub
  using (workspace_id = current_workspace_id() and case when user_id is null then (select may_edit()) else user_id = current_user_id() end);
grant select, insert, update (checked_by, checked_at, who, problem, needs_consent), delete on connections to gantry_hub;

drop policy provider_credentials_update on provider_credentials;
create policy provider_credentials_update on provider_credentials for update to gantry_hub
  using (workspace_id = current_workspace_id()
    and case when user_id is null then (select may_edit()) or (type = 'oauth_token' and (select may_use_credentials())) else user_id = current_user_id() and (select may_use_credentials()) end)
  with check (workspace_id = current_workspace_id() and saved_by = current_user_id()
    and case when user_id is null then (select may_edit()) or (type = 'oauth_token' and (select may_use_credentials())) else user_id = current_user_id() and (select may_use_credentials()) end);

-- With a credential goes the token that was agreed to by it, and what is known of the connection.
create function forget_connection() returns trigger language plpgsql security definer set search_path = gantry, pg_temp as $$
begin
  if old.type is distinct from 'oauth_token' then
    delete from provider_credentials where workspace_id = old.workspace_id and user_id is not distinct from old.user_id and type = 'oauth_token' and starts_with(name, old.name || '/');
    delete from connections where workspace_id = old.workspace_id and user_id is not distinct from old.user_id and name = old.name;
  end if;
  return null;
end $$;
create trigger forget_connection after delete on provider_credentials for each row execute function forget_connection();
