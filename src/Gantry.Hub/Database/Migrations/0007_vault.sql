-- Credentials, and the keys that seal them.
--
-- A value is sealed by the data key of its workspace, and that by a master key, which never comes here. Whoever reads all of these tables has
-- names and times, and bytes that open nowhere else: each is bound to its row, its place in the row and its version.
-- A credential is one user's own, or the workspace's (user_id is null). One's own is seen by nobody else, not by an owner and not by an administrator.
-- gantry_hub writes sealed values and never reads them but through sealed_credentials, which asks whether the user may use them.

create table master_keys (
  fingerprint text        primary key check (fingerprint ~ '^[0-9a-f]{16}$'),
  -- A known text, sealed by the key: whoever opens it has the key.
  canary      bytea       not null,
  created_at  timestamptz not null default now(),
  retired_at  timestamptz
);

-- Each rotation is a generation of data keys. The one that is open is gone on with until it is at its end, by whichever hub is there.
create table vault_rotations (
  generation int         primary key check (generation > 0),
  started_by uuid        not null,
  started_at timestamptz not null default now(),
  ended_at   timestamptz,
  -- Rows that could not be opened: they keep their key, and it is not retired.
  unreadable int         not null default 0
);

create table data_keys (
  workspace_id uuid        not null references workspaces on delete cascade,
  id           uuid        not null,
  generation   int         not null,
  -- The fingerprint of the key that wraps this one.
  master_key   text        not null,
  wrapped      bytea       not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  -- Two hubs that make one at the same time make one.
  unique (workspace_id, generation)
);

create table provider_credentials (
  workspace_id  uuid        not null references workspaces on delete cascade,
  id            uuid        not null,
  -- Whose it is; null means the workspace's.
  user_id       uuid,
  saved_by      uuid        not null,
  -- A provider's credentials bear the provider's name.
  name          text        not null check (name ~ '^[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$'),
  website       text        check (length(website) between 1 and 253),
  type          text        check (length(type) between 1 and 100),
  provider      text        check (provider = name),
  -- Each field's name, and at the same place its sealed value. A credential without a provider has one field, 'value'.
  fields        text[]      not null check (cardinality(fields) between 1 and 50),
  sealed        bytea[]     not null,
  data_key_id   uuid        not null,
  -- It is sent nowhere else; empty means anywhere.
  allowed_hosts text[]      not null default '{}',
  version       int         not null check (version > 0),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  last_used_at  timestamptz,
  primary key (workspace_id, id),
  -- What was somebody's own goes with the membership; what is the workspace's stays.
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id) on delete cascade,
  -- A key that a row needs cannot be deleted.
  foreign key (workspace_id, data_key_id) references data_keys (workspace_id, id),
  check (cardinality(sealed) = cardinality(fields))
);
create unique index provider_credentials_own on provider_credentials (workspace_id, user_id, name) where user_id is not null;
create unique index provider_credentials_shared on provider_credentials (workspace_id, name) where user_id is null;
create index provider_credentials_by_data_key on provider_credentials (workspace_id, data_key_id);

-- Where a workspace's ${cred:NAME} are looked up; without a row in this database. Secrets of the configuration are references.
create table credential_stores (
  workspace_id uuid        primary key references workspaces on delete cascade,
  saved_by     uuid        not null,
  backend      text        not null,
  config       jsonb       not null check (jsonb_typeof(config) = 'object'),
  -- An administrator chose it: it may read the hub's own files and environment.
  is_granted   boolean     not null,
  updated_at   timestamptz not null default now()
);

-- Those who may start executions may use credentials in them. Somebody who was disabled or became a viewer since may not.
create function may_use_credentials() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from memberships m join users u on u.id = m.user_id
     where m.user_id = current_user_id() and m.workspace_id = current_workspace_id()
       and m.role in ('owner', 'editor', 'operator') and u.disabled_at is null) $$;
grant execute on function may_use_credentials to gantry_hub;

-- The sealed values of one's own credentials of these names, and of the workspace's.
create function sealed_credentials(p_names text[]) returns table (id uuid, user_id uuid, name text, provider text, fields text[], sealed bytea[],
    data_key_id uuid, allowed_hosts text[], version int)
  language sql stable security definer set search_path = gantry, pg_temp as
  $$ select c.id, c.user_id, c.name, c.provider, c.fields, c.sealed, c.data_key_id, c.allowed_hosts, c.version
     from provider_credentials c
     where (select may_use_credentials()) and c.workspace_id = current_workspace_id() and c.name = any (p_names)
       and (c.user_id is null or c.user_id = current_user_id()) $$;
grant execute on function sealed_credentials to gantry_hub;

-- Opens a rotation, or answers the generation of the one that is open.
create function begin_vault_rotation() returns int language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
declare
  opened int;
begin
  if not is_administrator() then
    raise insufficient_privilege;
  end if;
  lock table vault_rotations in share row exclusive mode;
  select generation into opened from vault_rotations where ended_at is null;
  if opened is null then
    insert into vault_rotations (generation, started_by)
      select coalesce(max(generation), 0) + 1, current_user_id() from vault_rotations returning generation into opened;
  end if;
  return opened;
end $$;
grant execute on function begin_vault_rotation to gantry_hub;

alter table master_keys enable row level security, force row level security;
create policy owner_all on master_keys to gantry_owner using (true) with check (true);
create policy master_keys_worker on master_keys to gantry_worker using (true) with check (true);

alter table vault_rotations enable row level security, force row level security;
create policy owner_all on vault_rotations to gantry_owner using (true) with check (true);
create policy vault_rotations_worker on vault_rotations to gantry_worker using (true) with check (true);

alter table data_keys enable row level security, force row level security;
create policy owner_all on data_keys to gantry_owner using (true) with check (true);
create policy data_keys_worker on data_keys to gantry_worker using (true) with check (true);

alter table provider_credentials enable row level security, force row level security;
create policy owner_all on provider_credentials to gantry_owner using (true) with check (true);
create policy provider_credentials_select on provider_credentials for select to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id is null or user_id = current_user_id()) and (select is_member()));
create policy provider_credentials_insert on provider_credentials for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and saved_by = current_user_id()
    and case when user_id is null then (select may_edit()) else user_id = current_user_id() and (select may_use_credentials()) end);
create policy provider_credentials_update on provider_credentials for update to gantry_hub
  using (workspace_id = current_workspace_id()
    and case when user_id is null then (select may_edit()) else user_id = current_user_id() and (select may_use_credentials()) end)
  with check (workspace_id = current_workspace_id() and saved_by = current_user_id()
    and case when user_id is null then (select may_edit()) else user_id = current_user_id() and (select may_use_credentials()) end);
create policy provider_credentials_delete on provider_credentials for delete to gantry_hub
  using (workspace_id = current_workspace_id()
    and case when user_id is null then (select may_edit()) else user_id = current_user_id() and (select is_member()) end);
-- Sealing anew and times of use; it can neither add nor take away, and bytes it changes open for nobody.
create policy provider_credentials_worker on provider_credentials for select to gantry_worker using (true);
create policy provider_credentials_worker_update on provider_credentials for update to gantry_worker using (true);

alter table credential_stores enable row level security, force row level security;
create policy owner_all on credential_stores to gantry_owner using (true) with check (true);
create policy credential_stores_select on credential_stores for select to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_member()));
create policy credential_stores_insert on credential_stores for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and saved_by = current_user_id() and (select is_owner())
    and (not is_granted or (select is_administrator())));
-- Whoever changes it makes it theirs: a grant does not outlive the change.
create policy credential_stores_update on credential_stores for update to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_owner()))
  with check (workspace_id = current_workspace_id() and saved_by = current_user_id() and (not is_granted or (select is_administrator())));
create policy credential_stores_delete on credential_stores for delete to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_owner()));

grant select (workspace_id, id, user_id, saved_by, name, website, type, provider, fields, data_key_id, allowed_hosts, version, created_at, updated_at, last_used_at),
  insert (workspace_id, id, user_id, saved_by, name, website, type, provider, fields, sealed, data_key_id, allowed_hosts, version),
  update (user_id, saved_by, website, type, fields, sealed, data_key_id, allowed_hosts, version, updated_at),
  delete on provider_credentials to gantry_hub;
grant select (workspace_id, id, user_id, name, provider, fields, sealed, data_key_id, version, last_used_at),
  update (sealed, data_key_id, version, last_used_at) on provider_credentials to gantry_worker;
grant select, insert, update (saved_by, backend, config, is_granted, updated_at), delete on credential_stores to gantry_hub;
grant select, insert, update (retired_at) on master_keys to gantry_worker;
grant select, update (ended_at, unreadable) on vault_rotations to gantry_worker;
grant select, insert, update (master_key, wrapped), delete on data_keys to gantry_worker;
