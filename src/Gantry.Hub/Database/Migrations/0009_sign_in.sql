-- Sessions say what they are and from where they were opened. A session of the kind 'jwt' has no token of its own: it is used through signed
-- access tokens, and kept by refresh tokens, each of which is good for one use. One that is used a second time is in two hands, and ends
-- the session.

alter table sessions
  alter column token_hash drop not null,
  add column kind text not null default 'session' check (kind in ('session', 'jwt')),
  add column address text,
  add column program text,
  add column last_used_at timestamptz not null default now(),
  add constraint sessions_token check ((kind = 'session') = (token_hash is not null));
grant select (kind, address, program, last_used_at) on sessions to gantry_hub;

create table refresh_tokens (
  user_id uuid not null,
  session_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  -- Of the key that the use was sent with: only with it, and only shortly after, may the use be repeated.
  retry_hash bytea,
  next_id uuid,
  primary key (user_id, id),
  foreign key (user_id, session_id) references sessions (user_id, id) on delete cascade
);
create index refresh_tokens_by_hash on refresh_tokens (token_hash);
create index refresh_tokens_by_session on refresh_tokens (user_id, session_id);
alter table refresh_tokens enable row level security, force row level security;
create policy owner_all on refresh_tokens to gantry_owner using (true) with check (true);
create policy refresh_tokens_insert on refresh_tokens for insert to gantry_hub with check (user_id = current_user_id());
grant insert (user_id, session_id, id, token_hash) on refresh_tokens to gantry_hub;

create or replace function session_of(p_token_hash bytea, p_workspace text, out session_id uuid, out expires_at timestamptz, out user_id uuid,
    out user_name text, out is_administrator boolean, out must_change_password boolean, out workspace_id uuid, out workspace_name text, out role text)
  returns setof record language sql volatile security definer set search_path = gantry, pg_temp as
  $$ update sessions set last_used_at = now() where token_hash = p_token_hash and last_used_at < now() - interval '1 minute';
     select s.id, s.expires_at, c.* from sessions s, caller_of(s.user_id, p_workspace) c
     where s.token_hash = p_token_hash and s.expires_at > now() $$;

-- For an access token whose signature is good.
create function jwt_session_of(p_user uuid, p_session uuid, p_workspace text, out session_id uuid, out expires_at timestamptz, out user_id uuid,
    out user_name text, out is_administrator boolean, out must_change_password boolean, out workspace_id uuid, out workspace_name text, out role text)
  returns setof record language sql volatile security definer set search_path = gantry, pg_temp as
  $$ update sessions set last_used_at = now() where user_id = p_user and id = p_session and last_used_at < now() - interval '1 minute';
     select s.id, s.expires_at, c.* from sessions s, caller_of(s.user_id, p_workspace) c
     where s.user_id = p_user and s.id = p_session and s.kind = 'jwt' and s.expires_at > now() $$;

-- Exchanges a refresh token for the next one. The outcome is 'refreshed', 'unknown', or 'reused', and then the session is gone.
create function refresh_session(p_token_hash bytea, p_next_id uuid, p_next_hash bytea, p_retry_hash bytea, p_retry_within interval,
    out outcome text, out user_id uuid, out user_name text, out session_id uuid, out expires_at timestamptz, out must_change_password boolean)
  language plpgsql volatile security definer set search_path = gantry, pg_temp as $$
#variable_conflict use_column
declare
  given refresh_tokens;
  follower refresh_tokens;
begin
  outcome := 'unknown';
  select r.* into given from refresh_tokens r where r.token_hash = p_token_hash;
  -- One at a time for a session; whoever waited looks again.
  select s.id, s.expires_at, u.id, u.name, u.must_change_password into session_id, expires_at, user_id, user_name, must_change_password
  from sessions s join users u on u.id = s.user_id
  where s.user_id = given.user_id and s.id = given.session_id and s.expires_at > now() and u.disabled_at is null for update of s;
  if not found then
    return;
  end if;
  select r.* into strict given from refresh_tokens r where r.user_id = given.user_id and r.id = given.id;
  if given.used_at is not null then
    select r.* into follower from refresh_tokens r where r.user_id = given.user_id and r.id = given.next_id;
    if given.retry_hash = p_retry_hash and given.used_at > now() - p_retry_within and follower.used_at is null then
      -- The answer was lost on its way: the token in it is taken back, and using it would be a second use.
      update refresh_tokens r set used_at = now() where r.user_id = follower.user_id and r.id = follower.id;
    else
      delete from sessions s where s.user_id = given.user_id and s.id = given.session_id;
      outcome := 'reused';
      return;
    end if;
  end if;
  update refresh_tokens r set used_at = coalesce(r.used_at, now()), retry_hash = coalesce(r.retry_hash, p_retry_hash), next_id = p_next_id
  where r.user_id = given.user_id and r.id = given.id;
  insert into refresh_tokens (user_id, session_id, id, token_hash) values (given.user_id, given.session_id, p_next_id, p_next_hash);
  update sessions s set last_used_at = now() where s.user_id = given.user_id and s.id = given.session_id;
  outcome := 'refreshed';
end $$;

grant execute on function jwt_session_of, refresh_session to gantry_hub;
