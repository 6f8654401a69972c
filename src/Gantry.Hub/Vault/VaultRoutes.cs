using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>The key ring, for administrators: which keys there are, what each seals, and a rotation of them.</summary>
internal sealed class VaultRoutes(HubDatabase database, KeyRing ring, Rotation rotation)
{
    public async Task<VaultView> ShowAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Worker.OpenConnectionAsync(cancellationToken);
        var masters = await KeyRingStore.MasterKeysAsync(connection, cancellationToken);
        var generations = await KeyRingStore.GenerationsAsync(connection, cancellationToken);
        var last = await KeyRingStore.LastRotationAsync(connection, cancellationToken);
        return new VaultView(
            ring.Masters.Place,
            [.. masters.Select(key => new MasterKeyView(
                key.Fingerprint, key.Fingerprint == ring.Masters.All[0].Fingerprint, ring.Masters.Find(key.Fingerprint) is not null, key.DataKeys, key.CreatedAt, key.RetiredAt))],
            [.. generations.Select(row => new DataKeysView(row.Generation, row.DataKeys, row.Credentials, row.CreatedAt))],
            last is null ? null : ViewOf(last, generations));
    }

    /// <summary>Returns at once; the rotation goes on by itself, also after a restart.</summary>
    public async Task<IResult> RotateAsync(Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            var generation = await session.FindAsync<int>("select begin_vault_rotation()", null, cancellationToken);
            await AuditLog.AppendAsync(session, context, "vault.rotated", null, new { generation }, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        rotation.Begin();
        return TypedResults.Accepted("/api/vault", await ShowAsync(cancellationToken));
    }

    private static RotationView ViewOf(RotationRow row, IReadOnlyList<GenerationRow> generations) => new(
        row.Generation, row.EndedAt is not null, row.StartedAt, row.EndedAt, generations.Where(other => other.Generation < row.Generation).Sum(other => other.Credentials), row.Unreadable);
}

/// <summary>The key ring. Fingerprints tell nothing about the keys.</summary>
/// <param name="Place">Where the hub has its master keys from.</param>
/// <param name="DataKeys">By generation, the newest first.</param>
/// <param name="Rotation">The last one; null before the first.</param>
internal sealed record VaultView(string Place, IReadOnlyList<MasterKeyView> MasterKeys, IReadOnlyList<DataKeysView> DataKeys, RotationView? Rotation);

/// <summary>A master key that this database knows.</summary>
/// <param name="IsFirst">It wraps what is new.</param>
/// <param name="IsGiven">This hub has it.</param>
/// <param name="DataKeys">How many it wraps.</param>
/// <param name="RetiredAt">Null while it is in use.</param>
internal sealed record MasterKeyView(string Fingerprint, bool IsFirst, bool IsGiven, long DataKeys, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt);

/// <summary>The data keys of one generation, at most one a workspace.</summary>
/// <param name="Credentials">How many rows they seal.</param>
internal sealed record DataKeysView(int Generation, long Keys, long Credentials, DateTimeOffset CreatedAt);

/// <summary>A rotation.</summary>
/// <param name="Left">Credentials that an older key still seals.</param>
/// <param name="Unreadable">Those that could not be opened, and so keep their key.</param>
internal sealed record RotationView(int Generation, bool IsComplete, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, long Left, int Unreadable);
