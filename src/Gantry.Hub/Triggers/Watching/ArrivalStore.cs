using System.Security.Cryptography;
using System.Text;
using Dapper;
using Gantry.Engine.Work;
using Gantry.Hub.Executions;
using Npgsql;

namespace Gantry.Hub.Triggers.Watching;

/// <summary>One version of one file that came.</summary>
/// <param name="Path">Relative to the endpoint's root.</param>
/// <param name="Version">What tells it from other versions of the same file.</param>
internal sealed record ArrivedFile(string Path, string Version, DateTimeOffset OccurredAt, Guid EventId, string Payload)
{
    /// <summary>Paths can be longer than an index takes.</summary>
    public string Hash => HashOf(Path);

    /// <summary>In hexadecimal.</summary>
    public static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(path)).AsSpan(0, 16));
}

/// <summary>
/// What watching triggers know and find. A file's version is remembered and its event is on record in one transaction; the event then starts its execution, by the
/// further attempts at events if need be.
/// </summary>
internal sealed class ArrivalStore(NpgsqlDataSource database, HubIdentity hub)
{
    private const string Context = """
        t.id, t.workspace_id, t.user_id, t.kind, t.settings, t.plan_id, p.version as plan_version, p.name as plan_name,
        t.removed_at is not null or p.deleted_at is not null as is_removed
        """;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Takes what nobody watches, keeps what this hub does, and answers all that is this hub's.</summary>
    public async Task<IReadOnlyList<TriggerContext>> WatchedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition("""
            update triggers set held_by = @hub, held_until = now() + @lease
            where kind in ('files', 's3_events') and removed_at is null and paused_at is null
              and (held_until is null or held_until < now() or (held_by = @hub and held_until < now() + @lease / 2))
            """, new { hub = hub.Id, lease = Lease }, cancellationToken: cancellationToken));
        return (await connection.QueryAsync<TriggerContext>(new CommandDefinition($"""
            select {Context} from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
            where t.kind in ('files', 's3_events') and t.removed_at is null and t.paused_at is null and t.held_by = @hub and t.held_until > now()
            """, new { hub = hub.Id }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Another hub may take over at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "update triggers set held_by = null, held_until = null where kind in ('files', 's3_events') and held_by = @hub", new { hub = hub.Id }, cancellationToken: cancellationToken));
    }

    /// <summary>The trigger as it stands now; null when it is paused or gone.</summary>
    public async Task<TriggerContext?> RefreshAsync(TriggerContext trigger, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<TriggerContext>(new CommandDefinition($"""
            select {Context}, exists (select from who_may_start(array[t.workspace_id], array[t.user_id])) as may_start
            from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
            where t.workspace_id = @WorkspaceId and t.id = @Id and t.removed_at is null and t.paused_at is null
            """, new { trigger.WorkspaceId, trigger.Id }, cancellationToken: cancellationToken));
    }

    /// <summary>When the endpoint was last listed whole; null when it never was.</summary>
    public async Task<DateTimeOffset?> ScannedAtAsync(TriggerContext trigger, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(
            "select scanned_at from triggers where workspace_id = @WorkspaceId and id = @Id and scanned_at is not null", new { trigger.WorkspaceId, trigger.Id }, cancellationToken: cancellationToken));
    }

    /// <summary>Which versions of these files were handled last, by the hashes of their paths in hexadecimal.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HandledAsync(TriggerContext trigger, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var found = await connection.QueryAsync<(string File, string Version)>(new CommandDefinition(
            "select encode(file, 'hex'), version from trigger_files where workspace_id = @WorkspaceId and trigger_id = @Id and file in (select decode(hash, 'hex') from unnest(@files) as x(hash))",
            new { trigger.WorkspaceId, trigger.Id, files = paths.Select(ArrivedFile.HashOf).ToArray() }, cancellationToken: cancellationToken));
        return found.ToDictionary(row => row.File, row => row.Version, StringComparer.Ordinal);
    }

    /// <summary>They were there before the trigger, and are none of its business.</summary>
    public Task SkipAsync(TriggerContext trigger, IReadOnlyList<ArrivedFile> files, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into trigger_files (workspace_id, trigger_id, file, version)
            select @WorkspaceId, @Id, decode(x.file, 'hex'), x.version from unnest(@files, @versions) as x(file, version) on conflict do nothing
            """, new { trigger.WorkspaceId, trigger.Id, files = files.Select(file => file.Hash).ToArray(), versions = files.Select(file => file.Version).ToArray() }, cancellationToken);

    /// <summary>The endpoint was listed whole, from this moment of this process on.</summary>
    public Task ScannedAsync(TriggerContext trigger, TimeSpan ago, CancellationToken cancellationToken) => ExecuteAsync(
        "update triggers set scanned_at = now() - @ago, broken = null where workspace_id = @WorkspaceId and id = @Id", new { trigger.WorkspaceId, trigger.Id, ago }, cancellationToken);

    public Task BrokenAsync(TriggerContext trigger, string? reason, CancellationToken cancellationToken) => ExecuteAsync(
        "update triggers set broken = @reason where workspace_id = @WorkspaceId and id = @Id and broken is distinct from @reason",
        new { trigger.WorkspaceId, trigger.Id, reason = reason is null ? null : TriggerTexts.Summary(reason) }, cancellationToken);

    /// <summary>Puts an event for each file on record whose version is not handled yet. Answers which are new.</summary>
    public async Task<IReadOnlyList<ArrivedFile>> RecordAsync(TriggerContext trigger, IReadOnlyList<ArrivedFile> files, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        FaultPoint.Pass("arrival.before");
        var ids = (await connection.QueryAsync<Guid>(new CommandDefinition("""
            with given as (
              select decode(x.hash, 'hex') as file, x.* from unnest(@files, @versions, @ids, @keys, @summaries, @payloads, @times)
                as x(hash, version, id, key, summary, payload, occurred_at)),
            fresh as (
              insert into trigger_files as f (workspace_id, trigger_id, file, version)
              select @WorkspaceId, @Id, file, version from given
              on conflict (workspace_id, trigger_id, file) do update set version = excluded.version, handled_at = now() where f.version <> excluded.version
              returning file)
            insert into events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, payload, next_attempt_at, occurred_at)
            select g.id, @WorkspaceId, @Id, @PlanId, @Kind, 'pending', g.key, g.summary, g.payload, now() + interval '30 seconds', g.occurred_at
            from given g join fresh using (file)
            on conflict do nothing
            returning id
            """, new
        {
            trigger.WorkspaceId,
            trigger.Id,
            trigger.PlanId,
            trigger.Kind,
            files = files.Select(file => file.Hash).ToArray(),
            versions = files.Select(file => file.Version).ToArray(),
            ids = files.Select(file => file.EventId).ToArray(),
            keys = files.Select(KeyOf).ToArray(),
            summaries = files.Select(file => TriggerTexts.Summary(file.Path)).ToArray(),
            payloads = files.Select(file => file.Payload).ToArray(),
            times = files.Select(file => file.OccurredAt.UtcDateTime).ToArray(),
        }, cancellationToken: cancellationToken))).ToHashSet();
        FaultPoint.Pass("arrival.after");
        return [.. files.Where(file => ids.Contains(file.EventId))];
    }

    /// <summary>Puts one event for all the files on record whose versions are not handled yet. Answers which those are; <paramref name="payloadOf"/> makes its payload of them.</summary>
    public async Task<IReadOnlyList<ArrivedFile>> RecordTogetherAsync(
        TriggerContext trigger, Guid eventId, IReadOnlyList<ArrivedFile> files, Func<IReadOnlyList<ArrivedFile>, string> payloadOf, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var fresh = (await connection.QueryAsync<string>(new CommandDefinition("""
            insert into trigger_files as f (workspace_id, trigger_id, file, version)
            select @WorkspaceId, @Id, decode(hash, 'hex'), version from unnest(@files, @versions) as x(hash, version)
            on conflict (workspace_id, trigger_id, file) do update set version = excluded.version, handled_at = now() where f.version <> excluded.version
            returning encode(file, 'hex')
            """, new { trigger.WorkspaceId, trigger.Id, files = files.Select(file => file.Hash).ToArray(), versions = files.Select(file => file.Version).ToArray() },
            transaction, cancellationToken: cancellationToken))).ToHashSet(StringComparer.Ordinal);
        List<ArrivedFile> arrived = [.. files.Where(file => fresh.Contains(file.Hash))];
        if (arrived.Count > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition("""
                insert into events (id, workspace_id, trigger_id, plan_id, kind, status, summary, payload, next_attempt_at, occurred_at)
                values (@eventId, @WorkspaceId, @Id, @PlanId, @Kind, 'pending', @summary, @payload, now() + interval '30 seconds', @occurredAt)
                """, new
            {
                eventId,
                trigger.WorkspaceId,
                trigger.Id,
                trigger.PlanId,
                trigger.Kind,
                summary = TriggerTexts.Summary(arrived.Count == 1 ? arrived[0].Path : $"{arrived.Count} files, {arrived[0].Path} first"),
                payload = payloadOf(arrived),
                occurredAt = arrived.Min(file => file.OccurredAt),
            }, transaction, cancellationToken: cancellationToken));
        }

        await CommitAsync(transaction, cancellationToken);
        return arrived;
    }

    /// <summary>
    /// Of changes that come in any order: whether this one is newer than what is on record of the file, which it then is. 1: it is, and is on record now. 0: it is the same
    /// one once more. -1: it is older.
    /// </summary>
    public async Task<int> RecordInOrderAsync(TriggerContext trigger, ArrivedFile file, string summary, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var parameters = new
        {
            trigger.WorkspaceId,
            trigger.Id,
            trigger.PlanId,
            trigger.Kind,
            file = file.Hash,
            file.Version,
            file.EventId,
            key = KeyOf(file),
            summary = TriggerTexts.Summary(summary),
            file.Payload,
            OccurredAt = file.OccurredAt.UtcDateTime,
        };
        var isNew = await connection.ExecuteAsync(new CommandDefinition("""
            insert into trigger_files as f (workspace_id, trigger_id, file, version) values (@WorkspaceId, @Id, decode(@file, 'hex'), @Version)
            on conflict (workspace_id, trigger_id, file) do update set version = excluded.version, handled_at = now()
            where rpad(f.version, 128, '0') collate "C" < rpad(excluded.version, 128, '0') collate "C"
            """, parameters, transaction, cancellationToken: cancellationToken)) == 1;
        var order = isNew ? 1 : await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select rpad(version, 128, '0') = rpad(@Version, 128, '0') from trigger_files where workspace_id = @WorkspaceId and trigger_id = @Id and file = decode(@file, 'hex')",
            parameters, transaction, cancellationToken: cancellationToken)) ? 0 : -1;
        if (isNew)
        {
            await connection.ExecuteAsync(new CommandDefinition("""
                insert into events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, payload, next_attempt_at, occurred_at)
                values (@EventId, @WorkspaceId, @Id, @PlanId, @Kind, 'pending', @key, @summary, @Payload, now() + interval '30 seconds', @OccurredAt)
                on conflict do nothing
                """, parameters, transaction, cancellationToken: cancellationToken));
        }

        await CommitAsync(transaction, cancellationToken);
        return order;
    }

    private static async Task CommitAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        FaultPoint.Pass("arrival.before");
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Pass("arrival.after");
    }

    private static string KeyOf(ArrivedFile file) => TriggerTexts.Key($"{file.Path}\n{file.Version}");

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
