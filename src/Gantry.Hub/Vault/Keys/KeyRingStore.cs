using Dapper;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Vault.Keys;

/// <summary>The key ring's tables, which only the worker's role sees. Each call is one statement on a connection of the caller's.</summary>
internal static class KeyRingStore
{
    private const string DataKeyColumns = "workspace_id, id, generation, master_key, wrapped";

    /// <summary>Whoever changes which master keys there are holds it until the end of the transaction.</summary>
    public static Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('gantry.vault.ring', 0))", null, cancellationToken);

    /// <summary>False when another hub is at the rotation. It is held until <see cref="UnlockRotationAsync"/>, or the connection's end.</summary>
    public static async Task<bool> TryLockRotationAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await QueryAsync<bool>(connection, "select pg_try_advisory_lock(hashtextextended('gantry.vault.rotation', 0))", null, cancellationToken)).Single();

    public static async Task UnlockRotationAsync(NpgsqlConnection connection)
    {
        if (connection.State == System.Data.ConnectionState.Open)
            await ExecuteAsync(connection, "select pg_advisory_unlock(hashtextextended('gantry.vault.rotation', 0))", null, CancellationToken.None);
    }

    /// <summary>The newest first.</summary>
    public static Task<IReadOnlyList<MasterKeyRow>> MasterKeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        QueryAsync<MasterKeyRow>(connection, """
            select m.fingerprint, m.canary, m.created_at, m.retired_at, (select count(*) from data_keys d where d.master_key = m.fingerprint) as data_keys
            from master_keys m order by m.created_at desc, m.fingerprint
            """, null, cancellationToken);

    /// <summary>Enrols a master key, or one that was retired again.</summary>
    public static Task PutMasterKeyAsync(NpgsqlConnection connection, string fingerprint, byte[] canary, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, """
            insert into master_keys (fingerprint, canary) values (@fingerprint, @canary)
            on conflict (fingerprint) do update set retired_at = null
            """, new { fingerprint, canary }, cancellationToken);

    /// <summary>Retires the master keys that wrap nothing any more, but for the one that wraps what is new.</summary>
    public static Task RetireMasterKeysAsync(NpgsqlConnection connection, string current, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, """
            update master_keys m set retired_at = now()
            where m.retired_at is null and m.fingerprint <> @current and not exists (select from data_keys d where d.master_key = m.fingerprint)
            """, new { current }, cancellationToken);

    /// <summary>Whether something is sealed although no key is known that could have done it.</summary>
    public static async Task<bool> HasDataAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await QueryAsync<bool>(connection, "select exists (select from data_keys) or exists (select from provider_credentials)", null, cancellationToken)).Single();

    public static async Task<DataKeyRow?> FindDataKeyAsync(NpgsqlConnection connection, Guid workspaceId, Guid id, CancellationToken cancellationToken) =>
        (await QueryAsync<DataKeyRow>(connection, $"select {DataKeyColumns} from data_keys where workspace_id = @workspaceId and id = @id",
            new { workspaceId, id }, cancellationToken)).SingleOrDefault();

    /// <summary>The workspace's newest; null when it has none.</summary>
    public static async Task<DataKeyRow?> NewestDataKeyAsync(NpgsqlConnection connection, Guid workspaceId, CancellationToken cancellationToken) =>
        (await QueryAsync<DataKeyRow>(connection, $"select {DataKeyColumns} from data_keys where workspace_id = @workspaceId order by generation desc limit 1",
            new { workspaceId }, cancellationToken)).SingleOrDefault();

    /// <summary>Those wrapped by another master key than this one.</summary>
    public static Task<IReadOnlyList<DataKeyRow>> DataKeysNotUnderAsync(NpgsqlConnection connection, string masterKey, CancellationToken cancellationToken) =>
        QueryAsync<DataKeyRow>(connection, $"select {DataKeyColumns} from data_keys where master_key <> @masterKey", new { masterKey }, cancellationToken);

    /// <summary>Of a generation that another hub made meanwhile, nothing is changed.</summary>
    public static Task AddDataKeyAsync(NpgsqlConnection connection, DataKeyRow key, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, $"""
            insert into data_keys ({DataKeyColumns}) values (@WorkspaceId, @Id, @Generation, @MasterKey, @Wrapped)
            on conflict (workspace_id, generation) do nothing
            """, key, cancellationToken);

    public static Task RewrapAsync(NpgsqlConnection connection, DataKeyRow key, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "update data_keys set master_key = @MasterKey, wrapped = @Wrapped where workspace_id = @WorkspaceId and id = @Id", key, cancellationToken);

    /// <summary>Workspaces whose newest key is older than the generation.</summary>
    public static Task<IReadOnlyList<Guid>> WorkspacesBeforeAsync(NpgsqlConnection connection, int generation, CancellationToken cancellationToken) =>
        QueryAsync<Guid>(connection, "select workspace_id from data_keys group by workspace_id having max(generation) < @generation order by workspace_id",
            new { generation }, cancellationToken);

    /// <summary>Retires keys of earlier generations that no row needs.</summary>
    public static Task<int> DeleteDataKeysBeforeAsync(NpgsqlConnection connection, int generation, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, """
            delete from data_keys d where d.generation < @generation
              and not exists (select from provider_credentials c where c.workspace_id = d.workspace_id and c.data_key_id = d.id)
            """, new { generation }, cancellationToken);

    /// <summary>The number of the last rotation; 0 before the first.</summary>
    public static async Task<int> GenerationAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await QueryAsync<int>(connection, "select coalesce(max(generation), 0) from vault_rotations", null, cancellationToken)).Single();

    /// <summary>The last one; null before the first.</summary>
    public static async Task<RotationRow?> LastRotationAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await QueryAsync<RotationRow>(connection,
            "select generation, started_at, ended_at, unreadable from vault_rotations order by generation desc limit 1", null, cancellationToken)).SingleOrDefault();

    public static Task EndRotationAsync(NpgsqlConnection connection, int generation, int unreadable, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "update vault_rotations set ended_at = now(), unreadable = @unreadable where generation = @generation and ended_at is null",
            new { generation, unreadable }, cancellationToken);

    /// <summary>How many rows each generation of data keys seals.</summary>
    public static Task<IReadOnlyList<GenerationRow>> GenerationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        QueryAsync<GenerationRow>(connection, """
            select d.generation, count(distinct (d.workspace_id, d.id)) as data_keys, count(c.id) as credentials, min(d.created_at) as created_at
            from data_keys d left join provider_credentials c on c.workspace_id = d.workspace_id and c.data_key_id = d.id
            group by d.generation order by d.generation desc
            """, null, cancellationToken);

    private static Task<IReadOnlyList<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        PreparedStatements.GuardAsync<IReadOnlyList<T>>(connection, async () =>
            (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList());

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        PreparedStatements.GuardAsync(connection, () => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)));
}

internal sealed record MasterKeyRow
{
    public string Fingerprint { get; init; } = "";

    public byte[] Canary { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null while it is in use.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>How many it wraps.</summary>
    public long DataKeys { get; init; }
}

internal sealed record DataKeyRow
{
    public Guid WorkspaceId { get; init; }

    public Guid Id { get; init; }

    public int Generation { get; init; }

    /// <summary>The fingerprint of the master key that wraps it.</summary>
    public string MasterKey { get; init; } = "";

    public byte[] Wrapped { get; init; } = [];
}

internal sealed record GenerationRow
{
    public int Generation { get; init; }

    public long DataKeys { get; init; }

    public long Credentials { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed record RotationRow
{
    public int Generation { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Credentials that could not be opened, and keep their old key.</summary>
    public int Unreadable { get; init; }
}
