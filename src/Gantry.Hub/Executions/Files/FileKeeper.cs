using System.Security.Cryptography;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Executions.Manifests;
using Npgsql;

namespace Gantry.Hub.Executions.Files;

/// <summary>Keeps files of one claimed execution in the database, a piece at a time: one piece of each is in memory. A database that restarts meanwhile is waited for, a while.</summary>
internal sealed class FileKeeper(NpgsqlDataSource database, Claim claim, Redactor redactor, long bytesMax, TimeProvider clock) : IStepFiles
{
    public const int ChunkBytes = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task<StepFile> KeepAsync(string stepPath, int attempt, StepFileHead head, Stream content, CancellationToken cancellationToken)
    {
        if (head.Length > bytesMax)
            throw TooLong(head.Name);

        // What a name tells is on record for all who may see the execution.
        var name = ExecutionJson.Storable(redactor.Text(head.Name)).Replace('/', '_');
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await WriteAsync(name, ExecutionFileSql.Begin, cancellationToken, id, stepPath, attempt, name, ExecutionJson.Storable(head.ContentType));
        try
        {
            var (size, hash) = await WriteChunksAsync(id, name, content, cancellationToken);
            await WriteAsync(name, ExecutionFileSql.End, cancellationToken, id, size, hash);
            return new StepFile(ExecutionFileAddress.Of(claim.ExecutionId, id, name), id.ToString(), name, size, Convert.ToHexStringLower(hash));
        }
        catch
        {
            await DropAsync(id);
            throw;
        }
    }

    private async Task<(long Size, byte[] Hash)> WriteChunksAsync(Guid id, string name, Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        long size = 0;
        for (var chunk = 0; ; chunk++)
        {
            var count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            size += count;
            if (size > bytesMax)
                throw TooLong(name);
            if (count > 0)
            {
                hash.AppendData(buffer, 0, count);
                await WriteAsync(name, ExecutionFileSql.Chunk, cancellationToken, id, chunk, new ArraySegment<byte>(buffer, 0, count));
            }

            if (count < buffer.Length)
                return (size, hash.GetHashAndReset());
        }
    }

    private async Task WriteAsync(string name, string sql, CancellationToken cancellationToken, params object[] values)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                await using var command = connection.Command(sql, [claim.WorkspaceId, claim.ExecutionId, claim.Fence, .. values]);
                if (await command.ExecuteScalarAsync(cancellationToken) is null)
                    throw new JournalLostException($"The claim on execution {claim.ExecutionId} is lost: another hub has it.");
                return;
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.DiskFull)
            {
                throw Failed($"There is no room for the file '{name}': the disk of the database is full. Make room there, or name another place in 'save_to'.", full);
            }
            catch (Exception failure) when (JournalWriter.IsPassing(failure))
            {
                if (clock.GetElapsedTime(started) > Patience)
                    throw Failed($"The file '{name}' cannot be kept: the database does not answer.", failure, isTransient: true);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>At once if the database takes it; otherwise it is forgotten later, and nothing counts it meanwhile.</summary>
    private async Task DropAsync(Guid id)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using var command = connection.Command(ExecutionFileSql.Drop, claim.WorkspaceId, claim.ExecutionId, claim.Fence, id);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException)
        {
            // Housekeeping does it.
        }
    }

    private ProviderException TooLong(string name) => new(new ProviderError
    {
        Kind = ProviderErrorKind.BadRequest,
        Message = $"The file '{name}' is longer than the {bytesMax / 1024 / 1024:N0} MB that an execution keeps of one (the hub's setting execution_file_megabytes). Name a place for it in 'save_to'.",
    });

    private static ProviderException Failed(string message, Exception inner, bool isTransient = false) =>
        new(new ProviderError { Kind = ProviderErrorKind.Unavailable, Message = message, IsTransient = isTransient }, inner);
}
