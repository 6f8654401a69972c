using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gantry.Engine.Secrets;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Vault.Keys;

/// <summary>
/// The data keys of all workspaces, unwrapped when they are first needed. A key that another hub retired is still here and does no harm: whoever seals with it is
/// refused by the database and asks again.
/// </summary>
internal sealed class KeyRing(NpgsqlDataSource worker, MasterKeys masters) : IDisposable
{
    private static readonly byte[] CanaryText = "gantry"u8.ToArray();

    private readonly ConcurrentDictionary<(Guid WorkspaceId, Guid Id), DataKey> known = [];
    private readonly ConcurrentDictionary<Guid, DataKey> newest = [];

    public MasterKeys Masters => masters;

    /// <summary>
    /// Proves by the canaries that the given master keys are those of this database; enrols a new one, and wraps every data key by the first. An empty hub that was
    /// given none makes one, a hub with sealed data never does.
    /// </summary>
    /// <exception cref="HubStartException">A key that is needed is missing. The message names its fingerprint.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await KeyRingStore.LockAsync(connection, cancellationToken);
        var rows = await KeyRingStore.MasterKeysAsync(connection, cancellationToken);
        foreach (var row in rows.Where(row => row.RetiredAt is null)) CheckCanary(row);
        if (rows.Count == 0 && await KeyRingStore.HasDataAsync(connection, cancellationToken))
            throw new HubStartException("The database holds sealed credentials, but no longer says by which master key. Restore the table master_keys from a backup.");
        if (masters.All.Count == 0)
        {
            masters.Add();
            FaultPoint.Pass("vault.made");
        }

        await EnrolAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Pass("vault.enrolled");
    }

    /// <summary>Makes a master key in the hub's own file and wraps every data key by it. It can be cut off anywhere: the next start goes on.</summary>
    public async Task RotateMasterAsync(CancellationToken cancellationToken)
    {
        masters.Add();
        FaultPoint.Pass("vault.made");
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await KeyRingStore.LockAsync(connection, cancellationToken);
        await EnrolAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Pass("vault.enrolled");
    }

    /// <summary>The key to seal with.</summary>
    public async ValueTask<DataKey> NewestAsync(Guid workspaceId, CancellationToken cancellationToken)
    {
        if (newest.TryGetValue(workspaceId, out var key)) return key;
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        return newest[workspaceId] = await KeyRingStore.NewestDataKeyAsync(connection, workspaceId, cancellationToken) is { } row
            ? Unwrap(row)
            : await MakeAsync(connection, workspaceId, await KeyRingStore.GenerationAsync(connection, cancellationToken), cancellationToken);
    }

    /// <summary>The key by which a row says it is sealed; null when there is no such key in this workspace.</summary>
    public async ValueTask<DataKey?> FindAsync(Guid workspaceId, Guid id, CancellationToken cancellationToken)
    {
        if (known.TryGetValue((workspaceId, id), out var key)) return key;
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        return await KeyRingStore.FindDataKeyAsync(connection, workspaceId, id, cancellationToken) is { } row ? Unwrap(row) : null;
    }

    /// <summary>After another hub may have made a newer one.</summary>
    public void ForgetNewest(Guid workspaceId) => newest.TryRemove(workspaceId, out _);

    /// <summary>The workspace's key of this generation, which is made if it is not there.</summary>
    public async Task<DataKey> MakeAsync(NpgsqlConnection connection, Guid workspaceId, int generation, CancellationToken cancellationToken)
    {
        var made = DataKey.New(workspaceId, Guid.CreateVersion7());
        var row = new DataKeyRow { WorkspaceId = workspaceId, Id = made.Id, Generation = generation, MasterKey = masters.All[0].Fingerprint, Wrapped = made.Wrap(masters.All[0]) };
        made.Wipe();
        await KeyRingStore.AddDataKeyAsync(connection, row, cancellationToken);
        return newest[workspaceId] = Unwrap((await KeyRingStore.NewestDataKeyAsync(connection, workspaceId, cancellationToken))!);
    }

    public void Dispose()
    {
        foreach (var key in known.Values) key.Wipe();
    }

    private async Task EnrolAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var first = masters.All[0];
        await KeyRingStore.PutMasterKeyAsync(connection, first.Fingerprint, first.Seal(CanaryText, CanaryBinding(first)), cancellationToken);
        foreach (var row in await KeyRingStore.DataKeysNotUnderAsync(connection, first.Fingerprint, cancellationToken))
        {
            var key = Unwrap(row);
            var wrapped = key.Wrap(first);
            if (DataKey.Unwrap(row.WorkspaceId, row.Id, wrapped, first)?.IsSameAs(key) != true)
                throw new CryptographicException("A data key that was wrapped anew does not open.");
            await KeyRingStore.RewrapAsync(connection, row with { MasterKey = first.Fingerprint, Wrapped = wrapped }, cancellationToken);
        }

        await KeyRingStore.RetireMasterKeysAsync(connection, first.Fingerprint, cancellationToken);
    }

    private void CheckCanary(MasterKeyRow row)
    {
        if (masters.Find(row.Fingerprint) is not { } key)
        {
            var given = masters.All.Count == 0 ? "and none was given" : $"but {masters.Place} gives {string.Join(", ", masters.All.Select(other => other.Fingerprint))}";
            throw new HubStartException($"The credentials of this hub are sealed by the master key with the fingerprint {row.Fingerprint}, {given}. " +
                "Give that key in GANTRY_MASTER_KEY, or in the file that master_key_file names. Nothing was changed.");
        }

        if (key.TryOpen(row.Canary, CanaryBinding(key)) is not { } text || !text.AsSpan().SequenceEqual(CanaryText))
            throw new HubStartException($"The master key with the fingerprint {row.Fingerprint} does not open its canary: the table master_keys was changed. Restore it from a backup.");
    }

    private static byte[] CanaryBinding(MasterKey key) => Envelope.Bind("canary", key.Fingerprint);

    private DataKey Unwrap(DataKeyRow row)
    {
        if (known.TryGetValue((row.WorkspaceId, row.Id), out var key)) return key;
        var master = masters.Find(row.MasterKey) ?? throw new SecretStoreException(
            SecretStoreError.Sealed, $"The data key of this workspace is wrapped by the master key {row.MasterKey}, which this hub was not given. Start it with that key as well.");
        return known.GetOrAdd((row.WorkspaceId, row.Id), DataKey.Unwrap(row.WorkspaceId, row.Id, row.Wrapped, master)
            ?? throw new SecretStoreException(SecretStoreError.Tampered, $"The data key {row.Id} of this workspace cannot be opened: its row was changed. Restore the table data_keys from a backup."));
    }
}
