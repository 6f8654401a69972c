using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Operations;

/// <summary>Counts by indexes alone, and what cannot change any more only once, so that a long history does not make it slow.</summary>
internal sealed class OverviewStore(SettledHours settled)
{
    // More than that is "many".
    private const int OpenMax = 10_000;

    /// <param name="hours">How many are counted; 0 for none, only for what is now.</param>
    public async Task<OverviewShape> ReadAsync(HubSession session, DateTimeOffset now, int hours, CancellationToken cancellationToken)
    {
        var first = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour + 1 - hours), TimeSpan.Zero);
        var present = await PresentAsync(session, first, cancellationToken);
        return new OverviewShape(
            first, present.Running, present.Waiting, present.Queued, present.Approvals, present.EventsDead, present.EventsMissed, present.TriggersBroken, present.SchedulesLate,
            present.IsMember ? await HoursAsync(session, now, [.. Enumerable.Range(0, hours).Select(hour => first.AddHours(hour))], cancellationToken) : []);
    }

    private async Task<IReadOnlyList<OverviewHour>> HoursAsync(HubSession session, DateTimeOffset now, DateTimeOffset[] times, CancellationToken cancellationToken)
    {
        var workspace = session.Actor.WorkspaceId!.Value;
        var known = times.Select(time => settled.Find(workspace, time)).OfType<OverviewHour>().ToList();
        var counted = await CountAsync(session, [.. times.Except(known.Select(hour => hour.At))], cancellationToken);
        settled.Keep(workspace, counted, now);
        return [.. known.Concat(counted).OrderBy(hour => hour.At)];
    }

    private static async Task<IReadOnlyList<OverviewHour>> CountAsync(HubSession session, DateTimeOffset[] times, CancellationToken cancellationToken) =>
        times.Length == 0 ? [] : await session.QueryAsync<OverviewHour>("""
            select h.at, a.total, b.failed, b.cancelled, o.open, m.files, m.bytes
            from unnest(@times, @from, @to) as h(at, from_id, to_id)
            cross join lateral (
              select count(*)::int as total from executions e where e.workspace_id = @workspace and e.id >= h.from_id and e.id < h.to_id) a
            cross join lateral (
              select count(*) filter (where e.status = 'failed')::int as failed, count(*) filter (where e.status = 'cancelled')::int as cancelled
              from executions e where e.workspace_id = @workspace and e.id >= h.from_id and e.id < h.to_id and e.error is not null) b
            cross join lateral (
              select count(*)::int as open
              from executions e where e.workspace_id = @workspace and e.id >= h.from_id and e.id < h.to_id and e.ended_at is null and e.is_parked in (true, false)) o
            cross join lateral (
              select coalesce(sum((p.progress::jsonb ->> 'copied')::bigint), 0)::bigint as files, coalesce(sum((p.progress::jsonb ->> 'bytes')::bigint), 0)::bigint as bytes
              from manifests p where p.workspace_id = @workspace and p.execution_id >= h.from_id and p.execution_id < h.to_id) m
            order by h.at
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            times,
            from = times.Select(ExecutionStore.IdAt).ToArray(),
            to = times.Select(time => ExecutionStore.IdAt(time.AddHours(1))).ToArray(),
        }, cancellationToken);

    private static async Task<Present> PresentAsync(HubSession session, DateTimeOffset first, CancellationToken cancellationToken) =>
        (await session.FindAsync<Present>($"""
            select
              is_member(),
              (select count(*) from (select from executions e where e.workspace_id = @workspace and e.ended_at is null and not e.is_parked and e.status = 'running' limit @max) x)::int as running,
              (select count(*) from (select from executions e where e.workspace_id = @workspace and e.ended_at is null and e.is_parked and e.status = 'waiting' limit @max) x)::int as waiting,
              (select count(*) from (select from executions e where e.workspace_id = @workspace and e.ended_at is null and e.status = 'queued' limit @max) x)::int as queued,
              (select count(*) from execution_waits w where w.workspace_id = @workspace and w.kind = 'approval' and (w.until_at is null or w.until_at > now())
                 and not exists (select from execution_signals s where s.workspace_id = w.workspace_id and s.execution_id = w.execution_id and s.step_path = w.step_path))::int as approvals,
              (select count(*) from (select from events v where v.workspace_id = @workspace and v.status = 'dead' limit @max) x)::int as events_dead,
              (select count(*) from events v where v.workspace_id = @workspace and v.status = 'alert' and v.id >= @first)::int as events_missed,
              (select count(*) from triggers t where t.workspace_id = @workspace and t.removed_at is null and t.paused_at is null
                 and (t.broken is not null or not {StartRights.Of("t")}))::int as triggers_broken,
              (select count(*) from triggers t where t.workspace_id = @workspace and t.removed_at is null and t.paused_at is null
                 and t.next_at < now() - interval '1 minute')::int as schedules_late
            """, new { workspace = session.Actor.WorkspaceId, max = OpenMax, first = ExecutionStore.IdAt(first) }, cancellationToken))!;

    private sealed record Present
    {
        /// <summary>What was counted for others is shown to nobody whom the rows would be hidden from.</summary>
        public bool IsMember { get; init; }

        public int Running { get; init; }

        public int Waiting { get; init; }

        public int Queued { get; init; }

        public int Approvals { get; init; }

        public int EventsDead { get; init; }

        public int EventsMissed { get; init; }

        public int TriggersBroken { get; init; }

        public int SchedulesLate { get; init; }
    }
}
