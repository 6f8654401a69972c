using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.Hub.Executions.Journal;
using Npgsql;

namespace Gantry.Hub.Executions.Manifests;

/// <summary>
/// Keeps what becomes of each file, and how the step stands, while the transfer goes on: whoever tells only leaves it here, and one loop brings it to the
/// database twice a second. The last chunk is written anew until it is full.
/// </summary>
internal sealed class ManifestWriter : IKeptManifest
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource database;
    private readonly Claim claim;
    private readonly string stepPath;
    private readonly int attempt;
    private readonly Func<TransferProgress?> progress;
    private readonly Redactor redactor;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Queue<SealedChunk> full = new();
    private readonly Task loop;
    private TaskCompletionSource arrived = NewSignal();
    private List<ManifestEntry> told = [];
    private ManifestChunk open = new();
    private int openWritten;
    private int number;
    private string? toldProgress;
    private JournalLostException? lost;

    public ManifestWriter(
        NpgsqlDataSource database, Claim claim, string stepPath, int attempt, Func<TransferProgress?> progress, Redactor redactor, TimeProvider clock)
    {
        (this.database, this.claim, this.stepPath, this.attempt) = (database, claim, stepPath, attempt);
        (this.progress, this.redactor, this.clock) = (progress, redactor, clock);
        loop = Task.Run(WriteAllAsync);
    }

    public string Name => $"{claim.ExecutionId}/{stepPath}";

    public void Add(in ManifestEntry entry)
    {
        lock (gate)
        {
            told.Add(entry.Reason is null ? entry : entry with { Reason = redactor.Text(entry.Reason) });
            if (told.Count == ManifestChunk.FilesMax)
                arrived.TrySetResult();
        }
    }

    public async ValueTask CompleteAsync(TransferResult? result, CancellationToken cancellationToken)
    {
        await EndLoopAsync();
        while (!await TryWriteAsync(isComplete: result is { EndedBy: null }, cancellationToken))
            await Task.Delay(Interval, clock, cancellationToken);
        if (lost is not null)
            throw lost;
    }

    /// <summary>Without a completion before, what was told so far is kept if the database takes it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!stop.IsCancellationRequested)
        {
            await EndLoopAsync();
            using var limit = new CancellationTokenSource(Patience, clock);
            await TryWriteAsync(isComplete: false, limit.Token);
        }

        stop.Dispose();
    }

    private async Task EndLoopAsync()
    {
        await stop.CancelAsync();
        await loop;
    }

    private async Task WriteAllAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await arrived.Task.WaitAsync(Interval, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
                await TryWriteAsync(isComplete: null, CancellationToken.None);
        }
    }

    /// <summary>False when the database does not take it now. What is written once more does no harm.</summary>
    /// <param name="isComplete">Null while the transfer goes on.</param>
    private async Task<bool> TryWriteAsync(bool? isComplete, CancellationToken cancellationToken)
    {
        Take();
        var stand = StandNow(isComplete);
        if (lost is not null || (stand is null && full.Count == 0 && open.Files.Count == openWritten))
            return true;
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await WriteAsync(connection, stand, isComplete == true, cancellationToken);
            toldProgress = stand ?? toldProgress;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception passing) when (JournalWriter.IsPassing(passing))
        {
            return false;
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, string? stand, bool isComplete, CancellationToken cancellationToken)
    {
        if (number == 0)
        {
            await using var look = connection.Command(ManifestSql.LastChunk, claim.WorkspaceId, claim.ExecutionId);
            number = (int)(await look.ExecuteScalarAsync(cancellationToken))! + 1;
        }

        // The step's state follows the files that it counts.
        while (full.TryPeek(out var chunk))
        {
            await WriteChunkAsync(connection, chunk, cancellationToken);
            full.Dequeue();
            number++;
        }

        if (open.Files.Count > openWritten)
        {
            await WriteChunkAsync(connection, open.Seal(), cancellationToken);
            openWritten = open.Files.Count;
        }

        if (stand is not null)
            await ExecuteAsync(connection, ManifestSql.Stand, cancellationToken, stepPath, attempt, stand, isComplete);
    }

    private Task WriteChunkAsync(NpgsqlConnection connection, SealedChunk chunk, CancellationToken cancellationToken) => ExecuteAsync(
        connection, ManifestSql.Chunk, cancellationToken,
        number, stepPath, attempt, chunk.Files, chunk.Copied, chunk.Skipped, chunk.Deleted, chunk.Failed, chunk.Content);

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        if (lost is not null)
            return;
        await using var command = connection.Command(sql, [claim.WorkspaceId, claim.ExecutionId, claim.Fence, .. values]);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
            lost = new JournalLostException($"The claim on execution {claim.ExecutionId} is lost: another hub has it.");
    }

    /// <summary>Takes over what was told. Full chunks are small, so that many may wait for a database that is away.</summary>
    private void Take()
    {
        List<ManifestEntry> taken;
        lock (gate)
        {
            if (arrived.Task.IsCompleted)
                arrived = NewSignal();
            if (told.Count == 0)
                return;
            (taken, told) = (told, []);
        }

        foreach (var file in taken)
        {
            if (open.IsFull)
            {
                full.Enqueue(open.Seal());
                (open, openWritten) = (new ManifestChunk(), 0);
            }

            open.Add(file);
        }
    }

    /// <summary>Null when it is as it was told last.</summary>
    private string? StandNow(bool? isComplete)
    {
        if (progress() is not { } now)
            return isComplete is null ? null : "{}";
        var text = redactor.Json(TransferReport.ToJson(now)).GetRawText();
        return isComplete is null && text == toldProgress ? null : text;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
