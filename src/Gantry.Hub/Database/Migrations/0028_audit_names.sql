-- The names of users who are gone are found by their ids, however long the log is.

create index audit_log_deleted_users on audit_log ((details ->> 'id')) where action = 'user.deleted';
