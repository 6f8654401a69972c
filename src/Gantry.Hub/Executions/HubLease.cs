using Gantry.Engine.Work;
using Gantry.Hub.Executions.Journal;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>
/// This hub's sign of life, and what follows when another hub gives none. Whoever takes claims away holds the lock that every write of the
/// old holder needs, so none of those can come after.
/// </summary>
internal sealed class HubLease(NpgsqlDataSource database, HubIdentity hub)
{
    private const string RenewSql = """
        insert into execution_hubs (id, lease_until) values ($1, now() + $2)
        on conflict (id) do update set lease_until = excluded.lease_until
        """;

    private const string DeadHubsSql = """
        select distinct e.hub_id from executions e
        where e.ended_at is null and not e.is_parked and e.status = 'running' and e.hub_id <> $1
          and not exists (select from execution_hubs h where h.id = e.hub_id and h.lease_until > now())
        """;

    private const string TakeSql = """
        update executions e
        set status = 'queued', fence = fence + 1, hub_id = null, is_lost = true, waiting_for = 'a free worker, since the hub that ran it stopped',
            losses = case when p.seq > e.losses_seq then 1 else e.losses + 1 end, losses_seq = p.seq
        from (select l.workspace_id, l.id, coalesce((
                select max(s.ended_seq) from execution_steps s
                where s.workspace_id = l.workspace_id and s.execution_id = l.id and s.status = 'succeeded'), 0) as seq
              from executions l where l.ended_at is null and not l.is_parked and l.status = 'running' and l.hub_id = $1) as p
        where e.workspace_id = p.workspace_id and e.id = p.id and e.ended_at is null and e.status = 'running' and e.hub_id = $1
          and ($2 or not exists (select from execution_hubs h where h.id = $1 and h.lease_until > now()))
        returning e.id
        """;

    /// <summary>
    /// A hub that stopped in the middle of sending a batch holds the lock on its claims for as long as its connection stands. Once its lease is
    /// over that connection may be cut: nothing it had not committed counts.
    /// </summary>
    private const string CutSql = """
        select pg_terminate_backend(l.pid) from pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.mode = 'ShareLock'
          and l.database = (select oid from pg_database where datname = current_database())
          and l.classid::bigint << 32 | l.objid::bigint = $2
          and not exists (select from execution_hubs h where h.id = $1 and h.lease_until > now())
        """;

    private const string ForgetSql = "delete from execution_hubs where lease_until < now() - interval '1 day' and id <> $1";

    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RenewSql);
        command.Parameters.AddWithValue(hub.Id);
        command.Parameters.AddWithValue(ExecutionLimits.Lease);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>For the start: what a process of this id held is nobody's now. Answers what is to be run.</summary>
    public async Task<IReadOnlyList<WorkItem>> TakeOwnAsync(CancellationToken cancellationToken)
    {
        FaultPoint.Pass("recovery.before");
        var items = await TakeAsync(hub.Id, isKnownDead: true, cancellationToken);
        FaultPoint.Pass("recovery.after");
        return items;
    }

    /// <summary>Takes the claims of hubs whose lease is over. Answers what is to be run.</summary>
    public async Task<IReadOnlyList<WorkItem>> TakeLostAsync(CancellationToken cancellationToken)
    {
        var dead = new List<Guid>();
        await using (var command = database.CreateCommand(DeadHubsSql))
        {
            command.Parameters.AddWithValue(hub.Id);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                dead.Add(reader.GetGuid(0));
        }

        var items = new List<WorkItem>();
        foreach (var id in dead)
            items.AddRange(await TakeAsync(id, isKnownDead: false, cancellationToken));
        return items;
    }

    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForgetSql);
        command.Parameters.AddWithValue(hub.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CutAsync(NpgsqlConnection connection, Guid hubId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CutSql, connection);
        command.Parameters.AddWithValue(hubId);
        command.Parameters.AddWithValue(HubIdentity.KeyOf(hubId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<WorkItem>> TakeAsync(Guid hubId, bool isKnownDead, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select pg_advisory_xact_lock($1)", HubIdentity.KeyOf(hubId));
        batch.Add(TakeSql, hubId, isKnownDead);
        await CutAsync(connection, hubId, cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var items = new List<WorkItem>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(new WorkItem(reader.GetGuid(0)));
        return items;
    }
}
