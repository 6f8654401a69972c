-- Providers that administrators added to this hub as manifests: for all workspaces, and for every hub of the database, which are told of each change.

create table provider_manifests (
  id         text        primary key check (length(id) between 1 and 50),
  -- YAML or JSON, as it was given.
  manifest   text        not null check (octet_length(manifest) between 1 and 33554432),
  updated_at timestamptz not null default clock_timestamp()
);
alter table provider_manifests enable row level security, force row level security;
create policy owner_all on provider_manifests to gantry_owner using (true) with check (true);
create policy provider_manifests_worker on provider_manifests for select to gantry_worker using (true);
create policy provider_manifests_administrators on provider_manifests to gantry_hub using ((select is_administrator())) with check ((select is_administrator()));
grant select on provider_manifests to gantry_worker;
grant select, delete, insert (id, manifest), update (manifest, updated_at) on provider_manifests to gantry_hub;

create function tell_provider_manifests() returns trigger language plpgsql set search_path = gantry, pg_temp as $$
begin
  perform pg_notify('gantry_provider_manifests', coalesce(new.id, old.id));
  return null;
end $$;
create trigger tell_manifests after insert or update or delete on provider_manifests for each row execute function tell_provider_manifests();
