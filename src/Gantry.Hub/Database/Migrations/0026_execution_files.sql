-- Files that steps were answered with and that nobody named a place for. They are deleted with their execution, at the latest.

create table execution_files (
  id           uuid        not null,
  execution_id uuid        not null,
  workspace_id uuid        not null,
  step_path    text        not null,
  attempt      int         not null,
  -- Of the claim under which it comes: what another claim left unfinished is nobody's.
  fence        int         not null,
  name         text        not null,
  content_type text        not null,
  -- Both null until the last byte is here: before, it is no file.
  bytes        bigint,
  sha256       bytea,
  created_at   timestamptz not null default now(),
  check ((bytes is null) = (sha256 is null)),
  primary key (workspace_id, execution_id, id),
  foreign key (workspace_id, execution_id) references executions on delete cascade
);
create index execution_files_by_age on execution_files (created_at);
create index execution_files_unfinished on execution_files (workspace_id, execution_id) where bytes is null;

create table execution_file_chunks (
  file_id      uuid  not null,
  execution_id uuid  not null,
  workspace_id uuid  not null,
  chunk        int   not null,
  content      bytea not null,
  primary key (workspace_id, execution_id, file_id, chunk),
  foreign key (workspace_id, execution_id, file_id) references execution_files on delete cascade
);
-- Most files are packed already.
alter table execution_file_chunks alter column content set storage external;

do $$
declare
  part text;
begin
  foreach part in array array['execution_files', 'execution_file_chunks'] loop
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy owner_all on %I to gantry_owner using (true) with check (true)', part);
    execute format('create policy %I on %I to gantry_worker using (true) with check (true)', part || '_worker', part);
    execute format('create policy %I on %I for select to gantry_hub using (workspace_id = current_workspace_id() and (select is_member()))',
      part || '_select', part);
  end loop;
end $$;

grant select on execution_files, execution_file_chunks to gantry_hub;
grant select, insert, update, delete on execution_files, execution_file_chunks to gantry_worker;
