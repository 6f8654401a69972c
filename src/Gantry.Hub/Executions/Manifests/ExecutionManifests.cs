using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Executions.Manifests;

/// <summary>The manifests of one claimed execution, and those of its workspace that it names.</summary>
internal sealed class ExecutionManifests(NpgsqlDataSource database, Claim claim, Redactor redactor, TimeProvider clock) : IManifestStore
{
    public IKeptManifest Begin(string stepPath, int attempt, Func<TransferProgress?> progress) =>
        new ManifestWriter(database, claim, stepPath, attempt, progress, redactor, clock);

    public async ValueTask<IReadOnlyCollection<string>> FindPathsAsync(string manifest, ManifestPart part, CancellationToken cancellationToken)
    {
        var (execution, step) = NameOf(manifest);
        try
        {
            return await ReadAsync(execution, step, part, cancellationToken) ?? (execution == claim.ExecutionId ? [] : throw NotThere(manifest));
        }
        catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
        {
            throw new EndpointException(EndpointError.Disconnected, $"The manifest '{EndpointPath.Printable(manifest)}' cannot be read: the database does not answer.", isTransient: true, lost);
        }
    }

    private async ValueTask<IReadOnlyCollection<string>?> ReadAsync(Guid execution, string step, ManifestPart part, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var look = connection.Command(ManifestSql.HasAttempts, claim.WorkspaceId, execution, step);
        if (await look.ExecuteScalarAsync(cancellationToken) is not bool hasAttempts)
            return null;

        // What a later attempt says of a file is what counts.
        var last = hasAttempts ? new Dictionary<string, string?>(StringComparer.Ordinal) : null;
        List<string> paths = [];
        for (var chunk = 0; ;)
        {
            var content = await PageAsync(connection, execution, step, chunk, all: hasAttempts || part != ManifestPart.Failed, cancellationToken);
            foreach (var file in content.SelectMany(found => ManifestChunk.Decode(found.Content)))
            {
                var path = MemoryManifests.PathIn(file, part);
                if (last is not null)
                    last[file.Path] = path;
                else if (path is not null)
                    paths.Add(path);
            }

            if (content.Count == 0)
                return last is null ? paths : [.. last.Values.OfType<string>()];
            chunk = content[^1].Chunk;
        }
    }

    private async ValueTask<List<(int Chunk, byte[] Content)>> PageAsync(
        NpgsqlConnection connection, Guid execution, string step, int after, bool all, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(ManifestSql.ChunksOf, claim.WorkspaceId, execution, step, after, all);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(int Chunk, byte[] Content)> found = [];
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetInt32(0), reader.GetFieldValue<byte[]>(1)));
        return found;
    }

    private static (Guid Execution, string Step) NameOf(string manifest) =>
        manifest.IndexOf('/') is > 0 and var slash && Guid.TryParseExact(manifest.AsSpan(0, slash), "D", out var execution) && !manifest.Contains('\0')
            ? (execution, manifest[(slash + 1)..])
            : throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(manifest)}' names no manifest: that is EXECUTION/STEP, such as '${{execution.id}}/0'.");

    private static EndpointException NotThere(string manifest) => new(
        EndpointError.NotFound,
        $"There is no manifest '{EndpointPath.Printable(manifest)}' in this workspace, or it is not kept any more: manifests are kept as long as logs.");
}
