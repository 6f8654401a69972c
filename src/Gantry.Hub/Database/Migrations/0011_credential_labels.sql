-- A single credential may say which provider it is for, as those in other stores do. What bears a provider's name is still that provider's, with its fields.

alter table provider_credentials drop constraint provider_credentials_check,
  add constraint provider_credentials_provider_check check (length(provider) between 1 and 64);
grant update (provider) on provider_credentials to gantry_hub;

-- With all there is to know about each, so that finding credentials takes one query.
drop function sealed_credentials;
create function sealed_credentials(p_names text[]) returns table (id uuid, user_id uuid, name text, website text, type text, provider text, fields text[],
    sealed bytea[], data_key_id uuid, allowed_hosts text[], version int, created_at timestamptz, updated_at timestamptz, last_used_at timestamptz)
  language sql stable security definer set search_path = gantry, pg_temp as
  $$ select c.id, c.user_id, c.name, c.website, c.type, c.provider, c.fields, c.sealed, c.data_key_id, c.allowed_hosts, c.version,
       c.created_at, c.updated_at, c.last_used_at
     from provider_credentials c
     where (select may_use_credentials()) and c.workspace_id = current_workspace_id() and c.name = any (p_names)
       and (c.user_id is null or c.user_id = current_user_id()) $$;
grant execute on function sealed_credentials to gantry_hub;
