-- Who may do what: users, the workspaces they share, how they sign in, and the rule every later table follows.
--
-- The rule. Each session says as whom it works by the settings gantry.user_id and gantry.workspace_id, for one transaction. After a
-- transaction such a setting is an empty text and not null, hence the nullif. Every table with an owner has row security, forced, for
-- gantry_hub; when no user is set nothing is seen and nothing is written. gantry_owner owns the tables and runs the few functions below
-- that must look past row security; nobody logs in as it.

create function current_user_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('gantry.user_id', true), '')::uuid;

-- Null unless a user is set as well, so that a policy on the workspace alone denies, too.
create function current_workspace_id() returns uuid language sql stable parallel safe
  return case when nullif(current_setting('gantry.user_id', true), '') is not null
    then nullif(current_setting('gantry.workspace_id', true), '')::uuid end;

create table users (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._@+-]{0,99}$'),
  password_hash text,
  is_administrator boolean not null default false,
  must_change_password boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table workspaces (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz not null default now()
);

create table memberships (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'editor', 'operator', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index memberships_by_user on memberships (user_id);

-- A signed-in browser or program. Only a hash of its token is kept.
create table sessions (
  id uuid not null,
  user_id uuid not null references users on delete cascade,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (user_id, id)
);
create index sessions_by_token on sessions (token_hash);
create index sessions_by_expiry on sessions (expires_at);

-- A key belongs to one person in one workspace, and goes when the membership goes.
create table api_keys (
  id uuid not null,
  workspace_id uuid not null,
  user_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  secret_hash bytea not null,
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'run', 'write', 'manage']),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id) on delete cascade
);
create index api_keys_by_id on api_keys (id);
create index api_keys_by_user on api_keys (workspace_id, user_id);

-- What the policies ask. They run as the owner, since a policy that read its own table would never end.

create function is_administrator() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from users where id = current_user_id() and is_administrator and disabled_at is null) $$;

create function is_member() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from memberships where user_id = current_user_id() and workspace_id = current_workspace_id()) $$;

create function is_owner() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from memberships where user_id = current_user_id() and workspace_id = current_workspace_id() and role = 'owner') $$;

create function my_workspace_ids() returns setof uuid language sql stable security definer set search_path = gantry, pg_temp as
  $$ select workspace_id from memberships where user_id = current_user_id() $$;

create function fellow_user_ids() returns setof uuid language sql stable security definer set search_path = gantry, pg_temp as
  $$ select user_id from memberships where workspace_id = current_workspace_id() and is_member() $$;

alter table users enable row level security, force row level security;
create policy owner_all on users to gantry_owner using (true) with check (true);
create policy users_select on users for select to gantry_hub
  using (id = current_user_id() or id in (select fellow_user_ids()) or (select is_administrator()));
create policy users_insert on users for insert to gantry_hub with check ((select is_administrator()));
create policy users_update on users for update to gantry_hub
  using (id = current_user_id() or (select is_administrator()))
  with check ((id = current_user_id() and not is_administrator) or (select is_administrator()));
create policy users_delete on users for delete to gantry_hub using ((select is_administrator()));

alter table workspaces enable row level security, force row level security;
create policy owner_all on workspaces to gantry_owner using (true) with check (true);
create policy workspaces_select on workspaces for select to gantry_hub
  using (id in (select my_workspace_ids()) or (select is_administrator()));
create policy workspaces_insert on workspaces for insert to gantry_hub with check ((select is_administrator()));
create policy workspaces_update on workspaces for update to gantry_hub
  using ((id = current_workspace_id() and (select is_owner())) or (select is_administrator()));
create policy workspaces_delete on workspaces for delete to gantry_hub using ((select is_administrator()));

alter table memberships enable row level security, force row level security;
create policy owner_all on memberships to gantry_owner using (true) with check (true);
create policy memberships_select on memberships for select to gantry_hub
  using (user_id = current_user_id() or (workspace_id = current_workspace_id() and (select is_member())) or (select is_administrator()));
create policy memberships_insert on memberships for insert to gantry_hub
  with check ((workspace_id = current_workspace_id() and (select is_owner())) or (select is_administrator()));
create policy memberships_update on memberships for update to gantry_hub
  using ((workspace_id = current_workspace_id() and (select is_owner())) or (select is_administrator()));
create policy memberships_delete on memberships for delete to gantry_hub
  using ((workspace_id = current_workspace_id() and (select is_owner())) or (select is_administrator()));

alter table sessions enable row level security, force row level security;
create policy owner_all on sessions to gantry_owner using (true) with check (true);
create policy sessions_select on sessions for select to gantry_hub using (user_id = current_user_id() or (select is_administrator()));
create policy sessions_insert on sessions for insert to gantry_hub with check (user_id = current_user_id());
create policy sessions_update on sessions for update to gantry_hub using (user_id = current_user_id());
create policy sessions_delete on sessions for delete to gantry_hub using (user_id = current_user_id() or (select is_administrator()));

alter table api_keys enable row level security, force row level security;
create policy owner_all on api_keys to gantry_owner using (true) with check (true);
create policy api_keys_select on api_keys for select to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id = current_user_id() or (select is_owner())));
create policy api_keys_insert on api_keys for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and user_id = current_user_id() and (select is_member()));
create policy api_keys_update on api_keys for update to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id = current_user_id() or (select is_owner())));
create policy api_keys_delete on api_keys for delete to gantry_hub
  using (workspace_id = current_workspace_id() and (user_id = current_user_id() or (select is_owner())));

-- Hashes are written by the hub and never read by it: comparing goes through the functions below.
grant select (id, name, is_administrator, must_change_password, disabled_at, created_at), insert,
  update (name, password_hash, is_administrator, must_change_password, disabled_at), delete on users to gantry_hub;
grant select, insert, update (name), delete on workspaces to gantry_hub;
grant select, insert, update (role), delete on memberships to gantry_hub;
grant select (id, user_id, created_at, expires_at), insert, update (expires_at), delete on sessions to gantry_hub;
grant select (id, workspace_id, user_id, name, scopes, created_at, expires_at, last_used_at, revoked_at), insert,
  update (revoked_at), delete on api_keys to gantry_hub;

-- Signing in happens before anybody is anyone. These functions answer about exactly the one account, session or key that was named.

create function sign_in_candidate(p_name text, out user_id uuid, out password_hash text, out must_change_password boolean)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select id, password_hash, must_change_password from users where name = p_name and disabled_at is null $$;

-- The workspace asked for by name or id; without one the first the user joined. It stays null when the user is no member of it.
create function caller_of(p_user uuid, p_workspace text, out user_id uuid, out user_name text, out is_administrator boolean,
    out must_change_password boolean, out workspace_id uuid, out workspace_name text, out role text)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select u.id, u.name, u.is_administrator, u.must_change_password, w.id, w.name, w.role
     from users u left join lateral (
       select w.id, w.name, m.role from memberships m join workspaces w on w.id = m.workspace_id
       where m.user_id = u.id and (p_workspace is null or w.name = p_workspace or w.id::text = p_workspace)
       order by m.created_at, w.id limit 1) w on true
     where u.id = p_user and u.disabled_at is null $$;

create function session_of(p_token_hash bytea, p_workspace text, out session_id uuid, out expires_at timestamptz, out user_id uuid,
    out user_name text, out is_administrator boolean, out must_change_password boolean, out workspace_id uuid, out workspace_name text, out role text)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select s.id, s.expires_at, c.* from sessions s, caller_of(s.user_id, p_workspace) c
     where s.token_hash = p_token_hash and s.expires_at > now() $$;

create function api_key_of(p_id uuid, p_secret_hash bytea, out key_id uuid, out expires_at timestamptz, out scopes text[], out user_id uuid,
    out user_name text, out is_administrator boolean, out must_change_password boolean, out workspace_id uuid, out workspace_name text, out role text)
  returns setof record language sql volatile security definer set search_path = gantry, pg_temp as
  $$ update api_keys set last_used_at = now()
     where id = p_id and secret_hash = p_secret_hash and (last_used_at is null or last_used_at < now() - interval '1 minute')
       and revoked_at is null and (expires_at is null or expires_at > now());
     select k.id, k.expires_at, k.scopes, c.* from api_keys k, caller_of(k.user_id, k.workspace_id::text) c
     where k.id = p_id and k.secret_hash = p_secret_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) $$;

-- For an owner or administrator who adds somebody to a workspace by name.
create function user_id_of(p_name text) returns uuid language sql stable security definer set search_path = gantry, pg_temp as
  $$ select id from users where name = p_name and (is_owner() or is_administrator()) $$;

create function has_users() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from users) $$;

-- Asked after a change of users: somebody must be left who can undo it.
create function has_administrator() returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from users where is_administrator and disabled_at is null) $$;

create function has_owner(p_workspace uuid) returns boolean language sql stable security definer set search_path = gantry, pg_temp as
  $$ select exists (select from memberships where workspace_id = p_workspace and role = 'owner') $$;

-- Once in the life of a database. Two hubs that start together make one administrator.
create function create_first_administrator(p_user uuid, p_workspace uuid, p_name text, p_password_hash text, p_must_change boolean)
  returns boolean language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
begin
  lock table users in share row exclusive mode;
  if exists (select from users) then
    return false;
  end if;
  insert into users (id, name, password_hash, is_administrator, must_change_password) values (p_user, p_name, p_password_hash, true, p_must_change);
  insert into workspaces (id, name) values (p_workspace, 'default');
  insert into memberships (workspace_id, user_id, role) values (p_workspace, p_user, 'owner');
  return true;
end $$;

create function remove_expired_sessions() returns bigint language sql volatile security definer set search_path = gantry, pg_temp as
  $$ with gone as (delete from sessions where expires_at < now() returning 1) select count(*) from gone $$;

revoke execute on all functions in schema gantry from public;
grant execute on all functions in schema gantry to gantry_hub;
revoke execute on function caller_of from gantry_hub;
-- Functions of later migrations, too, are granted one by one.
alter default privileges revoke execute on functions from public;
