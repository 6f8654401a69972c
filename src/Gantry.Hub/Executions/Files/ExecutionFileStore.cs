using Gantry.Hub.Database;

namespace Gantry.Hub.Executions.Files;

/// <summary>Files of executions of the session's workspace, as they are read.</summary>
internal static class ExecutionFileStore
{
    private const string Columns = "f.id, f.execution_id, f.step_path as step, f.attempt, f.name, f.content_type, f.bytes as size, encode(f.sha256, 'hex') as sha256, f.created_at";

    /// <summary>In the order in which they came, from behind an id on.</summary>
    public static Task<IReadOnlyList<ExecutionFile>> ListAsync(HubSession session, Guid executionId, Guid? after, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<ExecutionFile>($"""
            select {Columns} from execution_files f
            where f.workspace_id = current_workspace_id() and f.execution_id = @executionId and f.bytes is not null and (@after::uuid is null or f.id > @after)
            order by f.id limit @count
            """, new { executionId, after, count }, cancellationToken);

    /// <summary>Null when there is none that the session sees.</summary>
    public static Task<ExecutionFile?> FindAsync(HubSession session, Guid executionId, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<ExecutionFile>($"""
            select {Columns} from execution_files f
            where f.workspace_id = current_workspace_id() and f.execution_id = @executionId and f.id = @id and f.bytes is not null
            """, new { executionId, id }, cancellationToken);

    /// <summary>Null when the file is not there any more.</summary>
    public static Task<byte[]?> ChunkAsync(HubSession session, ExecutionFile file, int chunk, CancellationToken cancellationToken) =>
        session.FindAsync<byte[]>(
            "select content from execution_file_chunks where workspace_id = current_workspace_id() and execution_id = @ExecutionId and file_id = @Id and chunk = @chunk",
            new { file.ExecutionId, file.Id, chunk }, cancellationToken);
}

/// <summary>A file of an execution.</summary>
internal sealed record ExecutionFile
{
    public Guid Id { get; init; }

    public Guid ExecutionId { get; init; }

    /// <summary>The path of the step that was answered with it.</summary>
    public string Step { get; init; } = "";

    public int Attempt { get; init; }

    public string Name { get; init; } = "";

    public string ContentType { get; init; } = "";

    public long Size { get; init; }

    public string Sha256 { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }
}
