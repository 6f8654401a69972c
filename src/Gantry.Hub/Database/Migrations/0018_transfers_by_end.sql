-- A page of the failed, or of the cancelled, transfers reads only such ones, however many of the other there are.
create index executions_transfers_by_bad_end on executions (workspace_id, status, id) where is_transfer and error is not null;
drop index executions_transfers_ended_badly;
