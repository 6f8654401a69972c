using System.Data;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Hub.Executions.Journal;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>Reads outputs that rest in the database, for the steps that need them. A database that is away is waited for, as it is for records.</summary>
internal sealed class OutputStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string BlobSql = "select content from execution_blobs where workspace_id = $1 and execution_id = $2 and id = $3";

    private const string StepSql = "select output from execution_steps where workspace_id = $1 and execution_id = $2 and step_path = $3 and attempt = $4";

    private static readonly JsonDocumentOptions Documents = new() { MaxDepth = 512 };

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>An output that rests in a row of its own.</summary>
    public BlobPlace Blob(Guid workspaceId, Guid executionId, Guid blobId) => new(this, workspaceId, executionId, blobId);

    /// <summary>An output that rests in the record of its step.</summary>
    public OutputPlace OfStep(Guid workspaceId, Guid executionId, string stepPath, int attempt) => new StepPlace(this, workspaceId, executionId, stepPath, attempt);

    private async Task<JsonDocument> ReadAsync(string sql, Guid executionId, object[] key, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return JsonDocument.Parse(await BytesAsync(sql, executionId, key, cancellationToken), Documents);
            }
            catch (Exception failure) when (JournalWriter.IsPassing(failure))
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
            catch (ObjectDisposedException)
            {
                throw new JournalLostException("This hub is stopping and reads nothing more.");
            }
        }
    }

    private async Task<byte[]> BytesAsync(string sql, Guid executionId, object[] key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in key)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        // As it comes: a text of its length would be twice as large, and held besides.
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await reader.GetFieldValueAsync<byte[]>(0, cancellationToken)
            : throw new JournalRefusedException($"An output of execution {executionId} that a step refers to is not in the database any more. Run the execution again from the step that gave it.");
    }

    private sealed class StepPlace(OutputStore store, Guid workspaceId, Guid executionId, string stepPath, int attempt) : OutputPlace
    {
        protected override Task<JsonDocument> LoadAsync(CancellationToken cancellationToken) =>
            store.ReadAsync(StepSql, executionId, [workspaceId, executionId, stepPath, attempt], cancellationToken);
    }

    /// <summary>A row of the execution that may be referred to by other records of it.</summary>
    internal sealed class BlobPlace(OutputStore store, Guid workspaceId, Guid executionId, Guid blobId) : OutputPlace
    {
        public Guid BlobId => blobId;

        protected override Task<JsonDocument> LoadAsync(CancellationToken cancellationToken) =>
            store.ReadAsync(BlobSql, executionId, [workspaceId, executionId, blobId], cancellationToken);
    }
}
