using Gantry.Engine.Providers;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>What goes wrong around a hub that itself goes on: its database restarts, another hub stops in the middle of a write.</summary>
public sealed class FaultSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(Posix.SigInt)]
    [InlineData(9)]
    public async Task A_restart_of_PostgreSQL_under_load_loses_nothing_and_doubles_nothing(int signal)
    {
        const int executions = 120;
        var folder = Directory.CreateTempSubdirectory("gantry-fault-");
        var start = await DatabaseStart.OpenAsync(
            new DatabaseOptions(folder.FullName, null, null) { IsDurable = false }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var provider = new ScriptedProvider();
        var hub = RunningHub.Create(start.Database, start.Postgres!.ConnectionString, provider, options: new ExecutionOptions { RunsMax = 20 });
        await hub.StartAsync();
        var actor = await TestDatabase.CreateActorAsync(start.Postgres.ConnectionString, "owner");
        var calls = 0;
        provider.Act = (_, _) =>
        {
            if (Interlocked.Increment(ref calls) == executions / 2)
                Posix.Signal(start.Postgres.ProcessId, signal).ShouldBeTrue();
            return Task.FromResult(ProviderResult.Success());
        };

        // Not repeatable: a second call of a step would end its execution as failed.
        var ends = await Task.WhenAll(Enumerable.Range(0, executions).Select(_ => hub.RunAsync(actor, """{"steps":[{"use":"test.call"},{"use":"test.echo"},{"use":"test.call"}]}""")));

        ends.ShouldAllBe(end => end.Status == "succeeded");
        provider.Calls.Count.ShouldBe(2 * executions);
        provider.Calls.ShouldBeUnique();
        (await hub.AskAsync<long>("select count(*) from executions where status = 'succeeded'")).ShouldBe(executions);
        (await hub.AskAsync<long>("select count(*) from execution_steps where status = 'succeeded' and attempt = 1")).ShouldBe(3 * executions);
        await hub.DisposeAsync();
        await start.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(Posix.SigInt)]
    [InlineData(9)]
    public async Task A_restart_of_PostgreSQL_while_a_hub_recovers_loses_nothing_and_repeats_nothing(int signal)
    {
        const int executions = 60;
        var folder = Directory.CreateTempSubdirectory("gantry-fault-");
        var start = await DatabaseStart.OpenAsync(
            new DatabaseOptions(folder.FullName, null, null) { IsDurable = false }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var provider = new ScriptedProvider();
        var identity = HubIdentity.New();
        var actor = await TestDatabase.CreateActorAsync(start.Postgres!.ConnectionString, "owner");

        // What a hub left behind that is gone: each with a step that is done, whose result is large and rests apart.
        await TestPostgres.ExecuteAsync(start.Postgres.ConnectionString, $$$"""
            set search_path = gantry;
            insert into executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at)
            select ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '{{{actor.WorkspaceId}}}', '{{{actor.UserId}}}',
                   '{"steps":[{"id":"big","use":"test.call"},{"use":"test.call","with":{"value":"${length(steps.big.output)}"}}]}', '{}', 'running', 1, '{{{identity.Id}}}', now()
            from generate_series(1, {{{executions}}}) n;
            insert into execution_blobs (id, execution_id, workspace_id, bytes, content) select e.id, e.id, e.workspace_id, 100002, '"' || repeat('x', 100000) || '"' from executions e;
            insert into execution_steps (execution_id, step_path, attempt, workspace_id, step_id, use, status, started_at, ended_at, started_seq, ended_seq, output_blob)
            select e.id, '0', 1, e.workspace_id, 'big', 'test.call', 'succeeded', now(), now(), 3, 4, e.id from executions e;
            """);
        provider.Act = (call, _) =>
        {
            if (provider.Calls.Count == executions / 4)
                Posix.Signal(start.Postgres.ProcessId, signal).ShouldBeTrue();
            return Task.FromResult(ProviderResult.Success(call.Parameters.GetProperty("value")));
        };
        var hub = RunningHub.Create(start.Database, start.Postgres.ConnectionString, provider, identity, new ExecutionOptions { RunsMax = 10, ClaimsMax = 5 });
        var ends = Enumerable.Range(1, executions).Select(number => hub.Get<ExecutionEvents>().WaitForEnd(Guid.Parse($"01900000-0000-7000-8000-{number:D12}"))).ToList();

        await hub.StartAsync();
        var ended = await Task.WhenAll(ends.Select(end => end.End));

        ended.ShouldAllBe(end => end.Status == "succeeded" && end.Output == "100000");
        provider.Calls.Count.ShouldBe(executions);
        provider.Calls.ShouldBeUnique();
        ends.ForEach(end => end.Dispose());
        await hub.DisposeAsync();
        await start.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_execution_that_is_cut_off_again_and_again_fails_and_its_error_handlers_run()
    {
        var actor = await database.CreateActorAsync();
        var provider = new ScriptedProvider();
        var begun = new TaskCompletionSource();
        provider.Act = async (_, cancellationToken) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return ProviderResult.Success();
        };
        Guid id;
        await using (var first = await RunningHub.StartAsync(database, provider, options: new ExecutionOptions { Drain = TimeSpan.Zero }))
        {
            id = await first.AcceptAsync(actor, """{"steps":[{"use":"test.safe"}],"on_failure":[{"use":"test.safe","with":{"value":"${error.message}"}}]}""");
            await begun.Task;
        }

        await TestPostgres.ExecuteAsync(database.ConnectionString,
            $"update gantry.executions set losses = {ExecutionLimits.LossesMax + 1}, status = 'queued', hub_id = null, fence = fence + 1 where id = '{id}'");
        var handled = new TaskCompletionSource<string>();
        provider.Act = (call, _) =>
        {
            handled.TrySetResult(call.Parameters.GetProperty("value").GetString()!);
            return Task.FromResult(ProviderResult.Success());
        };
        await using var second = RunningHub.Create(database, provider);
        using var ended = second.Get<ExecutionEvents>().WaitForEnd(id);
        await second.StartAsync();

        (await handled.Task).ShouldContain("31 times in a row");
        (await ended.End).Status.ShouldBe("failed");
        (await second.AskAsync<string>($"select status from execution_steps where execution_id = '{id}' and step_path = 'on_failure.0'")).ShouldBe("succeeded");
    }

    [Fact]
    public async Task A_hub_that_stopped_in_the_middle_of_a_write_does_not_keep_its_claims()
    {
        var actor = await database.CreateActorAsync();
        var identity = HubIdentity.New();
        var id = Guid.CreateVersion7();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at)
            values ('{{id}}', '{{actor.WorkspaceId}}', '{{actor.UserId}}', '{"steps":[{"use":"test.call"}]}', '{}', 'running', 1, '{{identity.Id}}', now())
            """);
        await using var half = await database.Database.Worker.OpenConnectionAsync();
        await using var transaction = await half.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock_shared($1)", half) { Parameters = { new() { Value = identity.LockKey } } })
            await hold.ExecuteNonQueryAsync();
        await using var other = RunningHub.Create(database, new ScriptedProvider());
        using var wait = other.Get<ExecutionEvents>().WaitForEnd(id);

        await other.StartAsync();

        (await wait.End).Status.ShouldBe("succeeded");
        await Should.ThrowAsync<NpgsqlException>(transaction.CommitAsync());
    }

    [Fact]
    public async Task A_queued_execution_that_was_cancelled_never_runs()
    {
        var actor = await database.CreateActorAsync();
        var provider = new ScriptedProvider();
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        provider.Act = async (_, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            return ProviderResult.Success();
        };
        await using var hub = await RunningHub.StartAsync(database, provider, options: new ExecutionOptions { RunsMax = 1 });
        var running = hub.RunAsync(actor, """{"steps":[{"use":"test.call"}]}""");
        await begun.Task;
        var queued = await hub.AcceptAsync(actor, """{"steps":[{"use":"test.call"}]}""");

        await using (var session = await database.Database.OpenAsync(actor, CancellationToken.None))
        {
            (await ExecutionStore.CancelAsync(session, queued, CancellationToken.None)).ShouldHaveSingleItem().Status.ShouldBe("cancelled");
            await session.CommitAsync(CancellationToken.None);
        }

        release.SetResult();
        (await running).Status.ShouldBe("succeeded");
        (await hub.RunAsync(actor, """{"steps":[{"use":"test.echo"}]}""")).Status.ShouldBe("succeeded");
        provider.Calls.Count.ShouldBe(1);
        (await hub.AskAsync<string>($"select status from executions where id = '{queued}'")).ShouldBe("cancelled");
    }
}
