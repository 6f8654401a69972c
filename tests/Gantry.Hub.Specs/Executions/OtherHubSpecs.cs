using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>What another hub does reaches the one that runs an execution.</summary>
public sealed class OtherHubSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly TaskCompletionSource begun = new();

    [Fact]
    public async Task A_cancel_elsewhere_is_told_to_the_hub_that_runs_it()
    {
        var actor = await database.CreateActorAsync();
        await using var hub = await RunningHub.StartAsync(database, Stubborn(), change: services => services.AddSingleton<TimeProvider>(new NeverAgainClock()));
        var (id, end) = await BeginAsync(hub, actor);

        await using (var session = await database.Database.OpenAsync(actor, CancellationToken.None))
        {
            (await ExecutionStore.CancelAsync(session, id, CancellationToken.None)).ShouldHaveSingleItem().Status.ShouldBe("running");
            await session.CommitAsync(CancellationToken.None);
        }

        (await end).Status.ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_cancel_elsewhere_that_nobody_tells_of_is_found()
    {
        var actor = await database.CreateActorAsync();
        await using var hub = await RunningHub.StartAsync(database, Stubborn());
        var (id, end) = await BeginAsync(hub, actor);

        await TestPostgres.ExecuteAsync(database.ConnectionString, $"update gantry.executions set cancel_requested = true where id = '{id}'");

        (await end).Status.ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_called_execution_that_runs_elsewhere_is_told_when_its_callers_step_ends()
    {
        var actor = await database.CreateActorAsync();
        await using var hub = await RunningHub.StartAsync(database, Stubborn(), change: services => services.AddSingleton<TimeProvider>(new NeverAgainClock()));
        var (id, end) = await BeginAsync(hub, actor);
        var parent = Guid.CreateVersion7();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at) values ('{parent}', '{actor.WorkspaceId}', '{actor.UserId}', '{"{}"}', '{"{}"}', 'running', 1, gen_random_uuid(), now())
            """);

        var batch = new JournalBatch();
        batch.TryAdd(EndOf(actor, parent, id));
        await using var connection = new JournalConnection(database.Database.Worker, HubIdentity.New());
        await connection.WriteAsync(batch, CancellationToken.None);

        (await end).Status.ShouldBe("cancelled");
    }

    [Fact]
    public async Task Nothing_is_recorded_under_a_claim_while_it_is_taken_away_and_what_was_meant_for_it_is_lost()
    {
        var (actor, identity, id) = (await database.CreateActorAsync(), HubIdentity.New(), Guid.CreateVersion7());
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at) values ('{id}', '{actor.WorkspaceId}', '{actor.UserId}', '{"{}"}', '{"{}"}', 'running', 1, gen_random_uuid(), now())
            """);
        await using var taker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await taker.OpenAsync(TestContext.Current.CancellationToken);
        await using var taking = await taker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(taker, $"select pg_advisory_xact_lock({identity.LockKey})");

        var batch = new JournalBatch();
        batch.TryAdd(EndOf(actor, id));
        await using var connection = new JournalConnection(database.Database.Worker, identity);
        var writing = connection.WriteAsync(batch, CancellationToken.None);
        while (!await AskAsync(taker, $"select exists (select from pg_locks where locktype = 'advisory' and not granted and classid::bigint << 32 | objid::bigint = {identity.LockKey})"))
            writing.IsCompleted.ShouldBeFalse("A write does not wait for whoever takes its claim away.");
        await ExecuteAsync(taker, $"update gantry.executions set fence = 2, status = 'queued', hub_id = null where id = '{id}'");
        await taking.CommitAsync(TestContext.Current.CancellationToken);
        await writing;

        batch.Lost.ShouldBe([id]);
        (await AskAsync(taker, $"select status = 'queued' and fence = 2 and ended_at is null from gantry.executions where id = '{id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_hub_that_lives_keeps_its_lease()
    {
        await using var hub = await RunningHub.StartAsync(database, new ScriptedProvider());
        var id = hub.Get<HubIdentity>().Id;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, $"""
            create or replace function gantry.tell_lease() returns trigger language plpgsql as $$ begin perform pg_notify('lease', new.id::text); return null; end $$;
            create or replace trigger tell_lease after insert or update on gantry.execution_hubs for each row execute function gantry.tell_lease();
            listen lease;
            update gantry.execution_hubs set lease_until = now() - interval '1 day' where id = '{id}'
            """);

        // The hub tells of itself again, each few seconds.
        while (!await AskAsync(connection, $"select lease_until > now() from gantry.execution_hubs where id = '{id}'"))
            await connection.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Its step goes on until it is told to stop.</summary>
    private ScriptedProvider Stubborn() => new()
    {
        Act = async (_, stop) =>
        {
            begun.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(stop);
            return ProviderResult.Success();
        },
    };

    private async Task<(Guid Id, Task<ExecutionEnd> End)> BeginAsync(RunningHub hub, Actor actor)
    {
        var running = hub.RunAsync(actor, """{"steps":[{"use":"test.call"}]}""");
        await begun.Task;
        return (await hub.AskAsync<Guid>($"select id from executions where workspace_id = '{actor.WorkspaceId}'"), running);
    }

    private static FinalRecord EndOf(Actor actor, Guid id, params Guid[] calls) => new()
    {
        WorkspaceId = actor.WorkspaceId!.Value,
        ExecutionId = id,
        Fence = 1,
        Status = ExecutionStatus.Cancelled,
        EndedAt = TimeProvider.System.GetUtcNow(),
        Sequence = 3,
        Output = Payload.None,
        Error = """{"kind":"cancelled","message":"It was cancelled."}""",
        CancelledCalls = calls,
    };

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>What is done again and again is never due: the sweeper looks for nothing.</summary>
    private sealed class NeverAgainClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, period > TimeSpan.Zero ? Timeout.InfiniteTimeSpan : dueTime, Timeout.InfiniteTimeSpan);
    }
}
