-- What the last test of an endpoint found, for whoever looks at the endpoint later.
alter table endpoints add column last_test jsonb check (jsonb_typeof(last_test) = 'object');

-- Whoever may use credentials may test, and a test changes nothing of the endpoint itself. False when it was changed meanwhile: then another was tested.
create function set_endpoint_test(p_name text, p_updated_at timestamptz, p_test jsonb) returns boolean language sql volatile security definer
  set search_path = gantry, pg_temp as
  $$ with changed as (
       update endpoints set last_test = p_test
       where workspace_id = current_workspace_id() and name = p_name and updated_at = p_updated_at and may_use_credentials() returning 1)
     select exists (select from changed) $$;
grant execute on function set_endpoint_test to gantry_hub;
