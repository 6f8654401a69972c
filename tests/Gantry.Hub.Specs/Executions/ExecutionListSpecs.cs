using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>A page of the list reads about as many rows as it shows, however long the history; counted and not timed.</summary>
public sealed class ExecutionListSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Executions = 50_000;
    private const int Page = 50;
    private const int RowsReadMax = 1_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_reads_few_rows_by_every_filter(bool hasStatistics)
    {
        var actor = await database.CreateActorAsync();
        var (often, rare) = (await SaveAsync(actor, "often"), await SaveAsync(actor, "rare"));
        await FillAsync(actor, often, rare, hasStatistics);

        foreach (var status in (string?[])[null, .. StatusNames.Executions])
        {
            foreach (var plan in (Guid?[])[null, often, rare])
                await CheckAsync(actor, status, plan);
        }
    }

    private async Task CheckAsync(Actor actor, string? status, Guid? plan)
    {
        await using var session = await database.Database.OpenAsync(actor, CancellationToken.None);
        var before = await RowsReadAsync(session);

        var found = await ExecutionStore.ListAsync(session, new ExecutionFilter { Status = status, PlanId = plan, Count = Page }, CancellationToken.None);

        var read = await RowsReadAsync(session) - before;
        read.ShouldBeLessThan(RowsReadMax, $"status {status}, plan {plan}");
        found.ShouldAllBe(execution => (status == null || execution.Status == status) && (plan == null || execution.PlanId == plan));
        found.Select(execution => execution.Id).ShouldBe(found.Select(execution => execution.Id).OrderByDescending(id => id.ToString()));
    }

    /// <summary>Counted on from one transaction of the connection to the next, until the server has collected it.</summary>
    private static Task<long> RowsReadAsync(HubSession session) => session.FindAsync<long>(
        "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relid = 'executions'::regclass", null, CancellationToken.None);

    /// <summary>One in a hundred failed, one in two hundred was cancelled, one in five thousand waits; ten are of the rare plan.</summary>
    private Task FillAsync(Actor actor, Guid often, Guid rare, bool hasStatistics) => TestPostgres.ExecuteAsync(database.ConnectionString, $$$"""
        set search_path = gantry;
        insert into executions (id, workspace_id, user_id, plan_id, plan_version, inputs, status, ended_at, error)
        select (lpad(to_hex(1780000000000 + i), 12, '0') || '7000' || '8000' || lpad(to_hex(i), 12, '0'))::uuid,
          '{{{actor.WorkspaceId}}}', '{{{actor.UserId}}}', (case when i % 5000 = 11 then '{{{rare}}}' else '{{{often}}}' end)::uuid, 1, '{}', x.status,
          case when x.status <> 'waiting' then now() end, case when x.status in ('failed', 'cancelled') then '{}' end
        from generate_series(1, {{{Executions}}}) i, lateral (select case
          when i % 100 = 7 then 'failed' when i % 200 = 9 then 'cancelled' when i % 5000 = 1 then 'waiting' else 'succeeded' end as status) x;
        {{{(hasStatistics ? "analyze executions" : "")}}}
        """);

    private async Task<Guid> SaveAsync(Actor actor, string name)
    {
        await using var session = await database.Database.OpenAsync(actor, CancellationToken.None);
        var row = await PlanStore.CreateAsync(session, name, null, "{}", CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return row.ShouldNotBeNull().Id;
    }
}
