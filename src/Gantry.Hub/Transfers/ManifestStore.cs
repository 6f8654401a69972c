using Gantry.Engine.Transfers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Manifests;

namespace Gantry.Hub.Transfers;

/// <summary>A line of a manifest with its place: the chunk, and the number in it.</summary>
internal sealed record ManifestLine(int Chunk, int Index, string Step, int Attempt, ManifestEntry File);

/// <summary>Which lines are shown.</summary>
internal sealed record ManifestFilter
{
    public FileOutcome? Outcome { get; init; }

    /// <summary>Part of the path, in any case; null shows all.</summary>
    public string? Text { get; init; }

    /// <summary>Of one step only; null means of all.</summary>
    public string? Step { get; init; }

    public bool Matches(in ManifestEntry file) =>
        (Outcome is null || file.Outcome == Outcome)
        && (Text is null || file.Path.Contains(Text, StringComparison.OrdinalIgnoreCase) || file.TargetPath?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true);
}

/// <summary>Manifests of the session's workspace.</summary>
internal static class ManifestStore
{
    private const int ChunksMax = 20;

    /// <summary>How the steps of an execution stand, as <see cref="LinkStand"/> reads them; null when none has begun.</summary>
    public static Task<string?> StandsAsync(HubSession session, Guid execution, CancellationToken cancellationToken) => session.FindAsync<string>("""
        select json_agg(json_build_object('step', m.step_path, 'attempt', m.attempt, 'complete', m.is_complete, 'progress', coalesce(m.progress, '{}')::json))::text
        from manifests m where m.workspace_id = @workspace and m.execution_id = @execution
        """, new { workspace = session.Actor.WorkspaceId, execution }, cancellationToken);

    /// <summary>
    /// Some of the lines behind a place, in their order, and where the look ended: its place is that of a line when lines are left, and null when it came to
    /// the manifest's end.
    /// </summary>
    public static async Task<(IReadOnlyList<ManifestLine> Lines, ManifestPlace? End)> ReadAsync(
        HubSession session, Guid execution, ManifestFilter filter, ManifestPlace after, int linesMax, CancellationToken cancellationToken)
    {
        var chunks = await session.QueryAsync<Row>("""
            select c.chunk, c.step_path, c.attempt, c.content from manifest_chunks c
            where c.workspace_id = @workspace and c.execution_id = @execution and c.chunk >= @chunk and (@step::text is null or c.step_path = @step)
              and case @outcome when 0 then c.copied when 1 then c.skipped when 2 then c.deleted when 3 then c.failed else 1 end > 0
            order by c.chunk limit @count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            execution,
            chunk = after.Chunk,
            step = filter.Step,
            outcome = filter.Outcome is { } outcome ? (int)outcome : -1,
            count = ChunksMax,
        }, cancellationToken);
        List<ManifestLine> lines = [];
        foreach (var chunk in chunks)
        {
            var files = ManifestChunk.Decode(chunk.Content);
            for (var i = chunk.Chunk == after.Chunk ? after.Index + 1 : 0; i < files.Count; i++)
            {
                if (!filter.Matches(files[i]))
                    continue;
                if (lines.Count == linesMax)
                    return (lines, new ManifestPlace(lines[^1].Chunk, lines[^1].Index));
                lines.Add(new ManifestLine(chunk.Chunk, i, chunk.StepPath, chunk.Attempt, files[i]));
            }
        }

        return (lines, chunks.Count < ChunksMax ? null : new ManifestPlace(chunks[^1].Chunk, int.MaxValue - 1));
    }

    private sealed record Row
    {
        public int Chunk { get; init; }

        public string StepPath { get; init; } = "";

        public int Attempt { get; init; }

        public byte[] Content { get; init; } = [];
    }
}
