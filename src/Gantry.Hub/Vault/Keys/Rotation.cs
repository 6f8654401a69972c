using System.Security.Cryptography;
using Dapper;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Vault.Keys;

/// <summary>
/// Seals everything anew by new keys, batch by batch, while all is in use: a row names its key, and both are there. It may be cut off anywhere and goes on from what
/// is in the database; a row that somebody changes meanwhile is theirs, sealed by the newest key already or taken up again.
/// </summary>
internal sealed partial class Rotation(NpgsqlDataSource worker, KeyRing ring, TimeProvider clock, ILogger<Rotation> logger) : BackgroundService
{
    private const int BatchRows = 200;

    private const string BatchSql = """
        select c.workspace_id, c.id, c.user_id, c.name, c.provider, c.fields, c.sealed, c.data_key_id, c.version
        from provider_credentials c join data_keys d on d.workspace_id = c.workspace_id and d.id = c.data_key_id
        where d.generation < @generation and (@workspace::uuid is null or (c.workspace_id, c.id) > (@workspace, @id))
        order by c.workspace_id, c.id limit @limit
        """;

    private const string ResealSql = """
        update provider_credentials set sealed = $1, data_key_id = $2, version = version + 1
        where workspace_id = $3 and id = $4 and version = $5
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim asked = new(1);

    /// <summary>There is a rotation to do, or to go on with.</summary>
    public void Begin()
    {
        if (asked.CurrentCount == 0) asked.Release();
    }

    /// <summary>Does what is open. False when another hub is at it.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        if (await KeyRingStore.LastRotationAsync(connection, cancellationToken) is not { EndedAt: null }) return true;
        if (!await KeyRingStore.TryLockRotationAsync(connection, cancellationToken)) return false;
        try
        {
            return await PreparedStatements.GuardAsync(connection, async () =>
            {
                // Asked again, now that nobody else can end it.
                if (await KeyRingStore.LastRotationAsync(connection, cancellationToken) is { EndedAt: null } rotation)
                    await RunAsync(connection, rotation, cancellationToken);
                return true;
            });
        }
        finally
        {
            // The lock belongs to the connection, which the pool would keep.
            await KeyRingStore.UnlockRotationAsync(connection);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await asked.WaitAsync(stoppingToken);
                while (!await RunAsync(stoppingToken)) await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // Whatever was cut off is gone on with at the next start.
                return;
            }
            catch (Exception exception)
            {
                Log.Interrupted(logger, exception);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Begin();
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, RotationRow rotation, CancellationToken cancellationToken)
    {
        Log.Started(logger, rotation.Generation);
        var masters = await KeyRingStore.MasterKeysAsync(connection, cancellationToken);
        if (ring.Masters.IsOwn && masters[0].CreatedAt < rotation.StartedAt) await ring.RotateMasterAsync(cancellationToken);
        foreach (var workspace in await KeyRingStore.WorkspacesBeforeAsync(connection, rotation.Generation, cancellationToken))
            await ring.MakeAsync(connection, workspace, rotation.Generation, cancellationToken);
        FaultPoint.Pass("vault.keys");

        var total = 0;
        Pass pass;
        do
        {
            pass = await PassAsync(connection, rotation.Generation, cancellationToken);
            total += pass.Resealed;
        }
        while (pass.IsWorthAnother);

        FaultPoint.Pass("vault.retire");
        await KeyRingStore.DeleteDataKeysBeforeAsync(connection, rotation.Generation, cancellationToken);
        await KeyRingStore.RetireMasterKeysAsync(connection, ring.Masters.All[0].Fingerprint, cancellationToken);
        FaultPoint.Pass("vault.end");
        await KeyRingStore.EndRotationAsync(connection, rotation.Generation, pass.Unreadable, cancellationToken);
        Log.Ended(logger, rotation.Generation, total, pass.Unreadable);
    }

    /// <summary>Once through all rows that an older key seals.</summary>
    private async Task<Pass> PassAsync(NpgsqlConnection connection, int generation, CancellationToken cancellationToken)
    {
        var pass = new Pass(0, 0, 0);
        (Guid WorkspaceId, Guid Id)? last = null;
        while (true)
        {
            var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
                BatchSql, new { generation, workspace = last?.WorkspaceId, id = last?.Id, limit = BatchRows }, cancellationToken: cancellationToken))).AsList();
            if (rows.Count == 0) return pass;
            last = (rows[^1].WorkspaceId, rows[^1].Id);
            pass += await BatchAsync(connection, rows, cancellationToken);
        }
    }

    private async Task<Pass> BatchAsync(NpgsqlConnection connection, List<Row> rows, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            if (await ResealedAsync(row, cancellationToken) is not { } resealed) continue;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ResealSql)
            {
                Parameters =
                {
                    new() { Value = resealed.Sealed }, new() { Value = resealed.DataKeyId }, new() { Value = row.WorkspaceId }, new() { Value = row.Id }, new() { Value = row.Version },
                },
            });
        }

        FaultPoint.Pass("vault.batch.before");
        var changed = batch.BatchCommands.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(cancellationToken);
        FaultPoint.Pass("vault.batch.after");
        return new Pass(changed, batch.BatchCommands.Count - changed, rows.Count - batch.BatchCommands.Count);
    }

    /// <summary>The values as the newest key seals them, and proven to open; null when the present ones do not.</summary>
    private async ValueTask<Row?> ResealedAsync(Row row, CancellationToken cancellationToken)
    {
        var key = await ring.FindAsync(row.WorkspaceId, row.DataKeyId, cancellationToken);
        var newest = await ring.NewestAsync(row.WorkspaceId, cancellationToken);
        var next = row with { Sealed = new byte[row.Sealed.Length][], DataKeyId = newest.Id, Version = row.Version + 1 };
        for (var i = 0; i < row.Fields.Length; i++)
        {
            if (key is null || row.Binding.TryOpen(key, row.Fields[i], row.Sealed[i]) is not { } value)
            {
                Log.Unreadable(logger, row.Name, row.WorkspaceId);
                return null;
            }

            next.Sealed[i] = next.Binding.Seal(newest, row.Fields[i], value);
            var proof = next.Binding.TryOpen(newest, row.Fields[i], next.Sealed[i]);
            var isSame = proof is not null && CryptographicOperations.FixedTimeEquals(proof, value);
            CryptographicOperations.ZeroMemory(value);
            CryptographicOperations.ZeroMemory(proof);
            if (!isSame) throw new CryptographicException($"The credential '{row.Name}' does not open after it was sealed anew; it was left as it is.");
        }

        return next;
    }

    /// <param name="Met">Rows that somebody else changed at the same moment.</param>
    /// <param name="Unreadable">Rows that stay as they are.</param>
    private sealed record Pass(int Resealed, int Met, int Unreadable)
    {
        public bool IsWorthAnother => Resealed + Met > 0;

        public static Pass operator +(Pass one, Pass other) => new(one.Resealed + other.Resealed, one.Met + other.Met, one.Unreadable + other.Unreadable);
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }

        public Guid Id { get; init; }

        public Guid? UserId { get; init; }

        public string Name { get; init; } = "";

        public string? Provider { get; init; }

        public string[] Fields { get; init; } = [];

        public byte[][] Sealed { get; init; } = [];

        public Guid DataKeyId { get; init; }

        public int Version { get; init; }

        public SealedRow Binding => new() { WorkspaceId = WorkspaceId, UserId = UserId, Provider = Provider, Name = Name, Id = Id, Version = Version };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Rotation {Generation} of the vault's keys goes on.")]
        public static partial void Started(ILogger logger, int generation);

        [LoggerMessage(Level = LogLevel.Information, Message = "Rotation {Generation} of the vault's keys is complete: {Resealed} credentials were sealed anew, {Unreadable} could not be opened and keep their key.")]
        public static partial void Ended(ILogger logger, int generation, int resealed, int unreadable);

        [LoggerMessage(Level = LogLevel.Error, Message = "The credential '{Name}' of workspace {WorkspaceId} cannot be opened: it was changed in the database. It stays as it is.")]
        public static partial void Unreadable(ILogger logger, string name, Guid workspaceId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The rotation of the vault's keys was interrupted and will go on.")]
        public static partial void Interrupted(ILogger logger, Exception exception);
    }
}
