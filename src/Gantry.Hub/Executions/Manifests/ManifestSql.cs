using Npgsql;

namespace Gantry.Hub.Executions.Manifests;

/// <summary>Manifests as those who run executions write and read them; what is written under a claim is nothing, once the claim is another's.</summary>
internal static class ManifestSql
{
    /// <summary>How a step stands. No row is answered when the claim is lost.</summary>
    public const string Stand = """
        insert into manifests as m (workspace_id, execution_id, step_path, attempt, progress, is_complete, updated_at)
        select e.workspace_id, e.id, $4, $5, $6, $7, now() from executions e
        where e.workspace_id = $1 and e.id = $2 and e.fence = $3 and e.status = 'running'
        on conflict (workspace_id, execution_id, step_path) do update
        set attempt = excluded.attempt, progress = excluded.progress, is_complete = excluded.is_complete, updated_at = excluded.updated_at
        returning 1
        """;

    /// <summary>A chunk, again as long as it is not full. No row is answered when the claim is lost.</summary>
    public const string Chunk = """
        insert into manifest_chunks as c (workspace_id, execution_id, chunk, step_path, attempt, files, copied, skipped, deleted, failed, content)
        select e.workspace_id, e.id, $4, $5, $6, $7, $8, $9, $10, $11, $12 from executions e
        where e.workspace_id = $1 and e.id = $2 and e.fence = $3 and e.status = 'running'
        on conflict (workspace_id, execution_id, chunk) do update
        set files = excluded.files, copied = excluded.copied, skipped = excluded.skipped, deleted = excluded.deleted, failed = excluded.failed,
            content = excluded.content
        where c.step_path = excluded.step_path and c.attempt = excluded.attempt
        returning 1
        """;

    public const string LastChunk = "select coalesce(max(chunk), 0) from manifest_chunks where workspace_id = $1 and execution_id = $2";

    /// <summary>Null when there is no such manifest; else whether it was made in several attempts.</summary>
    public const string HasAttempts = """
        select exists (select from manifest_chunks c where c.workspace_id = $1 and c.execution_id = $2 and c.step_path = $3 and c.attempt <> m.attempt)
        from manifests m where m.workspace_id = $1 and m.execution_id = $2 and m.step_path = $3
        """;

    /// <summary>Chunks of a step in their order: all, or those that hold a failure.</summary>
    public const string ChunksOf = """
        select c.chunk, c.content from manifest_chunks c
        where c.workspace_id = $1 and c.execution_id = $2 and c.step_path = $3 and c.chunk > $4 and ($5 or c.failed > 0)
        order by c.chunk limit 50
        """;

    /// <summary>What is older than logs are kept.</summary>
    public const string Forget = """
        with old as (
          delete from manifest_chunks c using executions e
          where c.created_at < now() - $1 and e.workspace_id = c.workspace_id and e.id = c.execution_id and e.ended_at < now() - $1)
        delete from manifests m using executions e
        where m.updated_at < now() - $1 and e.workspace_id = m.workspace_id and e.id = m.execution_id and e.ended_at < now() - $1
        """;
}

internal static class ManifestCommands
{
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
