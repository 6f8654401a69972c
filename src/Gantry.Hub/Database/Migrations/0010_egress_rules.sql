-- What the plans and endpoints of a workspace may reach besides the public internet: host:port, decided by the workspace's owners.

create table egress_rules (
  workspace_id uuid not null references workspaces on delete cascade,
  rule text not null check (length(rule) between 3 and 300),
  created_at timestamptz not null default now(),
  primary key (workspace_id, rule)
);
alter table egress_rules enable row level security, force row level security;
create policy owner_all on egress_rules to gantry_owner using (true) with check (true);
create policy egress_rules_select on egress_rules for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()));
create policy egress_rules_insert on egress_rules for insert to gantry_hub with check (workspace_id = current_workspace_id() and (select is_owner()));
create policy egress_rules_delete on egress_rules for delete to gantry_hub using (workspace_id = current_workspace_id() and (select is_owner()));
grant select, insert (workspace_id, rule), delete on egress_rules to gantry_hub;
