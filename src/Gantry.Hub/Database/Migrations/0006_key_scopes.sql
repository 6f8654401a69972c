-- API keys: reading a secret's value back is a right of its own, which no other scope holds; and a key can be given a new secret.

alter table api_keys drop constraint api_keys_scopes_check,
  add constraint api_keys_scopes_check check (cardinality(scopes) > 0 and scopes <@ array['read', 'run', 'write', 'manage', 'reveal']);

alter table api_keys add column rotated_at timestamptz;
grant select (rotated_at), update (secret_hash, rotated_at) on api_keys to gantry_hub;
