namespace Gantry.Hub.Executions.Files;

/// <summary>Files of steps as those who run executions write them; what is written under a claim is nothing, once the claim is another's.</summary>
internal static class ExecutionFileSql
{
    /// <summary>No row is answered when the claim is lost.</summary>
    public const string Begin = """
        insert into execution_files (workspace_id, execution_id, id, fence, step_path, attempt, name, content_type)
        select e.workspace_id, e.id, $4, e.fence, $5, $6, $7, $8 from executions e
        where e.workspace_id = $1 and e.id = $2 and e.fence = $3 and e.status = 'running'
        on conflict (workspace_id, execution_id, id) do update set name = excluded.name
        returning 1
        """;

    /// <summary>No row is answered when the claim is lost. It need not be durable by itself: what ends the file is, and all before it with that.</summary>
    public const string Chunk = """
        with hasty as materialized (select set_config('synchronous_commit', 'off', true))
        insert into execution_file_chunks (workspace_id, execution_id, file_id, chunk, content)
        select f.workspace_id, f.execution_id, f.id, $5, $6
        from hasty, execution_files f join executions e on e.workspace_id = f.workspace_id and e.id = f.execution_id
        where f.workspace_id = $1 and f.execution_id = $2 and f.fence = $3 and f.id = $4 and f.bytes is null and e.fence = f.fence and e.status = 'running'
        on conflict (workspace_id, execution_id, file_id, chunk) do update set content = excluded.content
        returning 1
        """;

    /// <summary>From now on it is a file. No row is answered when the claim is lost.</summary>
    public const string End = """
        update execution_files f set bytes = $5, sha256 = $6 from executions e
        where f.workspace_id = $1 and f.execution_id = $2 and f.fence = $3 and f.id = $4
          and e.workspace_id = f.workspace_id and e.id = f.execution_id and e.fence = f.fence and e.status = 'running'
        returning 1
        """;

    /// <summary>What is no file yet, and will not be one.</summary>
    public const string Drop = "delete from execution_files where workspace_id = $1 and execution_id = $2 and fence = $3 and id = $4";

    /// <summary>What is older than is kept, and what came to no end.</summary>
    public const string Forget = """
        delete from execution_files f using executions e
        where e.workspace_id = f.workspace_id and e.id = f.execution_id
          and (f.created_at < now() - $1 and e.ended_at < now() - $1 or f.bytes is null and (e.fence <> f.fence or e.status <> 'running'))
        """;
}
