using System.Text.Json;
using Gantry.Engine.Audit;
using Gantry.Hub.Database;

namespace Gantry.Hub.Audit;

/// <summary>The SQL of the audit log's chain.</summary>
internal static class AuditStore
{
    private const string Columns = "id, time, workspace_id, user_id, action, target, address, details::text as details, position, previous, hash";

    /// <summary>One hub at a time seals.</summary>
    /// <returns>False when another one does; never when <paramref name="waits"/>.</returns>
    public static async Task<bool> LockAsync(HubSession session, bool waits, CancellationToken cancellationToken)
    {
        const string chain = "hashtext('gantry audit chain')";
        if (!waits) return await session.FindAsync<bool>($"select pg_try_advisory_xact_lock({chain})", null, cancellationToken);
        await session.ExecuteAsync($"select pg_advisory_xact_lock({chain})", null, cancellationToken);
        return true;
    }

    public static async Task<IReadOnlyList<AuditEntry>> UnsealedAsync(HubSession session, int limit, CancellationToken cancellationToken) =>
        [.. (await session.QueryAsync<Row>("select * from unsealed_audit_entries(@limit)", new { limit }, cancellationToken)).Select(row => row.ToEntry())];

    public static async Task SealAsync(HubSession session, IReadOnlyList<SealedEntry> entries, CancellationToken cancellationToken)
    {
        var count = await session.FindAsync<long>("select seal_audit_entries(@ids, @positions, @previous, @hashes)", new
        {
            ids = entries.Select(entry => entry.Entry.Id).ToArray(),
            positions = entries.Select(entry => entry.Position).ToArray(),
            previous = entries.Select(entry => entry.Previous).ToArray(),
            hashes = entries.Select(entry => entry.Hash).ToArray(),
        }, cancellationToken);
        if (count != entries.Count) throw new InvalidOperationException($"Of {entries.Count} entries of the audit log {count} could be sealed.");
    }

    public static async Task<SignedEnd> HeadAsync(HubSession session, CancellationToken cancellationToken) =>
        (await session.FindAsync<SignedEnd>("select * from audit_head()", null, cancellationToken))!;

    public static Task MoveHeadAsync(HubSession session, SignedEnd end, CancellationToken cancellationToken) =>
        session.ExecuteAsync("select move_audit_head(@Position, @Hash, @KeyId, @Signature)", end, cancellationToken);

    /// <summary>Of all workspaces when the session is an administrator's; otherwise nothing.</summary>
    public static Task<IReadOnlyList<SealedEntry>> ChainAsync(HubSession session, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session, "select * from audit_chain(@after, @limit)", new { after, limit }, cancellationToken);

    /// <summary>Those that the session's user may see.</summary>
    public static Task<IReadOnlyList<SealedEntry>> VisibleAsync(HubSession session, long after, long last, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session, $"select {Columns} from audit_log where position > @after and position <= @last order by position limit @limit",
            new { after, last, limit }, cancellationToken);

    private static async Task<IReadOnlyList<SealedEntry>> ReadAsync(HubSession session, string sql, object parameters, CancellationToken cancellationToken) =>
        [.. (await session.QueryAsync<Row>(sql, parameters, cancellationToken)).Select(row => row.ToSealed())];

    private sealed record Row
    {
        public long Id { get; init; }

        public DateTimeOffset Time { get; init; }

        public Guid? WorkspaceId { get; init; }

        public Guid? UserId { get; init; }

        public string Action { get; init; } = "";

        public string? Target { get; init; }

        public string? Address { get; init; }

        public string Details { get; init; } = "{}";

        public long Position { get; init; }

        public byte[] Previous { get; init; } = [];

        public byte[] Hash { get; init; } = [];

        public AuditEntry ToEntry() => new()
        {
            Id = Id,
            Time = Time,
            WorkspaceId = WorkspaceId,
            UserId = UserId,
            Action = Action,
            Target = Target,
            Address = Address,
            Details = JsonElement.Parse(Details),
        };

        public SealedEntry ToSealed() => new(Position, Previous, Hash, ToEntry());
    }
}

/// <summary>Where the database says that the chain ends, and who signed it.</summary>
internal sealed record SignedEnd
{
    /// <summary>Null before the first entry was sealed.</summary>
    public long? Position { get; init; }

    public byte[]? Hash { get; init; }

    public string? KeyId { get; init; }

    public byte[]? Signature { get; init; }

    /// <summary>The greatest position there is; it is <see cref="Position"/>, unless somebody put entries in or took some out.</summary>
    public long Last { get; init; }

    public ChainEnd End => Position is { } position && Hash is { } hash ? new ChainEnd(position, hash) : ChainEnd.Beginning;

    /// <summary>What is signed.</summary>
    public byte[] SignedBytes => System.Text.Encoding.ASCII.GetBytes($"gantry audit head 1\n{Position}\n{Convert.ToHexStringLower(Hash ?? [])}\n");
}
