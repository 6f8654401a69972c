-- Transfers: executions that move files, found by what they move; what became of each file; templates; and the limits of endpoints.

-- How much of the endpoint its transfers may take: texts by the names the program describes.
alter table endpoints add column limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object');
grant insert (limits), update (limits) on endpoints to gantry_hub;

-- Limits are no way out of a root, so that changing them leaves what an administrator granted. False when there is no such endpoint.
create function set_endpoint_limits(p_name text, p_limits jsonb) returns boolean language sql volatile security definer set search_path = gantry, pg_temp as
  $$ with changed as (
       update endpoints set limits = p_limits, updated_at = clock_timestamp()
       where workspace_id = current_workspace_id() and name = p_name and may_edit() returning 1)
     select exists (select from changed) $$;
grant execute on function set_endpoint_limits to gantry_hub;

-- Every hub hears at once that an endpoint's limits changed, and asks for them.
create function tell_endpoint_limits() returns trigger language plpgsql set search_path = gantry, pg_temp as $$
begin
  if tg_op <> 'UPDATE' or new.limits is distinct from old.limits then
    perform pg_notify('gantry_endpoint_limits', coalesce(new.workspace_id, old.workspace_id) || ':' || coalesce(new.name, old.name));
  end if;
  return null;
end $$;
create trigger tell_limits after insert or update or delete on endpoints for each row execute function tell_endpoint_limits();

-- For the hubs themselves, which ask for what runs there; null for an endpoint that is gone.
create function endpoint_limits(p_workspaces uuid[], p_names text[], out workspace_id uuid, out name text, out limits text, out updated_at timestamptz)
  returns setof record language sql stable security definer set search_path = gantry, pg_temp as
  $$ select x.workspace_id, x.name, e.limits::text, e.updated_at
     from unnest(p_workspaces, p_names) as x(workspace_id, name)
     left join endpoints e on e.workspace_id = x.workspace_id and e.name = x.name
     where current_user_id() is null $$;
revoke execute on function endpoint_limits from public;
grant execute on function endpoint_limits to gantry_worker;

alter table executions add column is_transfer boolean not null default false;
create index executions_transfers on executions (workspace_id, id) where is_transfer;
create index executions_transfers_ended_badly on executions (workspace_id, id) where is_transfer and error is not null;

-- What an execution moves, as it was asked for; its id is the execution's.
create table transfers (
  id           uuid    not null,
  workspace_id uuid    not null,
  name         text,
  mode         text    not null check (mode in ('copy', 'sync', 'move')),
  -- JSON: sources, targets, options.
  request      text    not null,
  template_id  uuid,
  retry_of     uuid,
  -- What is searched, in lower case, and the hashes of its pairs and triples of characters (with the workspace, so that nobody's history slows
  -- down another's search).
  search_text  text    not null,
  grams        int[]   not null,
  primary key (workspace_id, id)
);
create index transfers_by_grams on transfers using gin (grams) with (gin_pending_list_limit = 256);
create index transfers_by_template on transfers (workspace_id, template_id, id) where template_id is not null;
create index transfers_retries on transfers (workspace_id, retry_of) where retry_of is not null;

-- The saved endpoints that a transfer names.
create table transfer_endpoints (
  workspace_id uuid not null,
  endpoint     text not null,
  transfer_id  uuid not null,
  primary key (workspace_id, endpoint, transfer_id)
);

-- One for each step that moves files: how it stands, or stood at its end.
create table manifests (
  workspace_id uuid        not null,
  execution_id uuid        not null,
  step_path    text        not null,
  attempt      int         not null,
  -- JSON.
  progress     text,
  -- The step came to its end, so that each of its files is told.
  is_complete  boolean     not null default false,
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, execution_id, step_path)
) with (fillfactor = 50);

-- What became of each file, some thousand to a row, compressed: a row a file would cost small files a tenth of their time.
create table manifest_chunks (
  workspace_id uuid        not null,
  execution_id uuid        not null,
  chunk        int         not null,
  step_path    text        not null,
  attempt      int         not null,
  files        int         not null,
  copied       int         not null,
  skipped      int         not null,
  deleted      int         not null,
  failed       int         not null,
  content      bytea       not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, execution_id, chunk)
);
alter table manifest_chunks alter column content set storage external;
create index manifest_chunks_by_age on manifest_chunks using brin (created_at);

-- What a version of a plan says as a template; a version that was saved as a plan has none.
create table transfer_templates (
  workspace_id uuid not null,
  plan_id      uuid not null,
  version      int  not null,
  -- JSON.
  template     text not null,
  primary key (workspace_id, plan_id, version),
  foreign key (workspace_id, plan_id, version) references execution_plan_versions (workspace_id, plan_id, version)
);

do $$
declare
  part text;
begin
  foreach part in array array['transfers', 'transfer_endpoints', 'manifests', 'manifest_chunks'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
    execute format('grant select on %I to gantry_hub', part);
  end loop;
end $$;
grant select, insert on transfers, transfer_endpoints to gantry_worker;
grant select, insert, update, delete on manifests, manifest_chunks to gantry_worker;

alter table transfer_templates enable row level security, force row level security;
create policy owner_all on transfer_templates to gantry_owner using (true) with check (true);
create policy transfer_templates_select on transfer_templates for select to gantry_hub
  using (workspace_id = current_workspace_id() and (select is_member()));
create policy transfer_templates_insert on transfer_templates for insert to gantry_hub
  with check (workspace_id = current_workspace_id() and (select my_role()) in ('owner', 'editor'));
grant select, insert on transfer_templates to gantry_hub;

-- The text search of the history. An index cannot serve a comparison of row security's unless that comparison is known to leak nothing, and those
-- of arrays are not; so this function keeps to the workspace by itself. In the order of the index as long as there are few, else the newest first.
create function find_transfers(p_grams int[], p_text text, p_before uuid, p_limit int, p_newest boolean) returns setof uuid
  language plpgsql stable security definer set search_path = gantry, pg_temp
  set enable_bitmapscan = on set enable_sort = on set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off set jit = off as $$
begin
  if not is_member() then
    return;
  end if;
  return query execute 'select t.id from transfers t
      where t.grams @> $1 and t.workspace_id = current_workspace_id() and strpos(t.search_text, $2) > 0 and ($3 is null or t.id < $3)'
    || case when p_newest then ' order by t.id desc' else '' end || ' limit $4'
    using p_grams, p_text, p_before, p_limit;
end $$;
revoke execute on function find_transfers from public;
grant execute on function find_transfers to gantry_hub;
