-- Two looks of every call of a webhook.

-- The events of a trigger, by an index that fits no other question. It began with the workspace, so that it also fitted the look for one event, by walking through all of
-- the workspace's; while the statistics are older than the events, as in the first minute of a new hub, PostgreSQL took it for as good as the primary key.

drop index events_by_trigger;
create index events_by_trigger on events (trigger_id, id);

-- The look for webhooks that are called, by a function whose plan is kept: one in SQL was planned anew for each call, which took four fifths of its time.

create or replace function find_webhooks(p_workspaces text[], p_paths text[], p_verbs text[], out place int, out id uuid, out workspace_id uuid, out user_id uuid,
    out settings text, out is_paused boolean, out plan_id uuid, out plan_version int, out plan_name text, out may_start boolean)
  returns setof record language plpgsql stable security definer
  set search_path = gantry, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select x.place::int, t.id, t.workspace_id, t.user_id, t.settings, t.paused_at is not null, p.id, p.version, p.name,
      exists (select from memberships m join users u on u.id = m.user_id where m.workspace_id = t.workspace_id and m.user_id = t.user_id
        and u.disabled_at is null and m.role in ('owner', 'editor', 'operator'))
    from unnest(p_workspaces, p_paths, p_verbs) with ordinality as x(workspace, path, verb, place)
    join workspaces w on w.name = x.workspace
    join triggers t on t.workspace_id = w.id and t.path = x.path and t.verb = x.verb and t.kind = 'webhook' and t.removed_at is null
    join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
    where current_user_id() is null;
end $$;
