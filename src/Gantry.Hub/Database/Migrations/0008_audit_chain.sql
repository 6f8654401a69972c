-- The audit log becomes a chain: each entry gets a position and a hash over itself and the entry before it, so that what is changed, taken
-- out, moved or cut off afterwards is found. Entries are still written in the transaction of the change they tell of, unsealed; a hub seals
-- them in batches right after, one hub at a time, so that no change waits for another. Nobody is granted to change an entry: sealing
-- goes through a function, which only fills in what is empty.

alter table audit_log
  add column position bigint,
  add column previous bytea,
  add column hash bytea,
  add constraint audit_log_sealed check (num_nulls(position, previous, hash) in (0, 3));
-- The functions below see every entry.
create policy owner_all on audit_log to gantry_owner using (true) with check (true);
create unique index audit_log_by_position on audit_log (position) where position is not null;
create index audit_log_unsealed on audit_log (id) where position is null;

-- Where the chain ends, signed by the hub that sealed it. A hub also keeps it in its data folder.
create table audit_head (
  id boolean primary key default true check (id),
  position bigint not null,
  hash bytea not null,
  key_id text,
  signature bytea
);
alter table audit_head enable row level security, force row level security;
create policy owner_all on audit_head to gantry_owner using (true) with check (true);

-- The public halves of the keys by which hubs of this database sign; the private ones never leave a hub's data folder.
create table signing_keys (
  id text primary key,
  purpose text not null check (purpose in ('audit', 'token')),
  public_key bytea not null,
  created_at timestamptz not null default now(),
  ends_at timestamptz
);
grant select on signing_keys to gantry_hub;

create function add_signing_key(p_id text, p_purpose text, p_public_key bytea) returns timestamptz language sql volatile
  security definer set search_path = gantry, pg_temp as
  $$ insert into signing_keys (id, purpose, public_key) select p_id, p_purpose, p_public_key where current_user_id() is null on conflict do nothing;
     select created_at from signing_keys where id = p_id and purpose = p_purpose and public_key = p_public_key and ends_at is null $$;

create function end_signing_key(p_id text, p_ends_at timestamptz) returns void language sql volatile security definer set search_path = gantry, pg_temp as
  $$ update signing_keys set ends_at = p_ends_at where id = p_id and ends_at is null and current_user_id() is null $$;

-- For the sealing hub, which works as nobody.
create function unsealed_audit_entries(p_limit integer, out id bigint, out "time" timestamptz, out workspace_id uuid, out user_id uuid, out action text,
    out target text, out address text, out details text)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select a.id, a.time, a.workspace_id, a.user_id, a.action, a.target, a.address, a.details::text
     from audit_log a where a.position is null and current_user_id() is null order by a.id limit p_limit $$;

create function seal_audit_entries(p_ids bigint[], p_positions bigint[], p_previous bytea[], p_hashes bytea[]) returns bigint language sql volatile
  security definer set search_path = gantry, pg_temp as
  $$ with done as (
       update audit_log a set position = s.position, previous = s.previous, hash = s.hash
       from unnest(p_ids, p_positions, p_previous, p_hashes) as s(id, position, previous, hash)
       where a.id = s.id and a.position is null and current_user_id() is null returning 1)
     select count(*) from done $$;

create function audit_head(out "position" bigint, out hash bytea, out key_id text, out signature bytea, out "last" bigint) language sql stable
  security definer set search_path = gantry, pg_temp as
  $$ select h.position, h.hash, h.key_id, h.signature, coalesce((select max(a.position) from audit_log a), 0)
     from (select true as id) one left join audit_head h using (id) $$;

create function move_audit_head(p_position bigint, p_hash bytea, p_key_id text, p_signature bytea) returns void language sql volatile
  security definer set search_path = gantry, pg_temp as
  $$ insert into audit_head (position, hash, key_id, signature) select p_position, p_hash, p_key_id, p_signature where current_user_id() is null
     on conflict (id) do update set position = excluded.position, hash = excluded.hash, key_id = excluded.key_id, signature = excluded.signature $$;

-- The whole chain, of all workspaces: for administrators of the hub, to verify and to export it.
create function audit_chain(p_after bigint, p_limit integer, out id bigint, out "time" timestamptz, out workspace_id uuid, out user_id uuid,
    out action text, out target text, out address text, out details text, out "position" bigint, out previous bytea, out hash bytea)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select a.id, a.time, a.workspace_id, a.user_id, a.action, a.target, a.address, a.details::text, a.position, a.previous, a.hash
     from audit_log a where a.position > p_after and (select is_administrator()) order by a.position limit p_limit $$;

grant execute on function add_signing_key, end_signing_key, unsealed_audit_entries, seal_audit_entries, audit_head, move_audit_head, audit_chain to gantry_hub;
