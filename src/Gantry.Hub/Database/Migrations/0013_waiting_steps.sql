-- Steps that wait: for a time, an event, a person, or the end of another plan.
alter table execution_steps drop constraint execution_steps_status_check;
alter table execution_steps add constraint execution_steps_status_check
  check (status in ('running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled', 'may_have_run')) not valid;
