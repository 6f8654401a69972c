using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

public sealed class ExecutionSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string ThreeSteps = """
        {"steps":[{"use":"test.echo","with":{"value":1}},{"use":"test.call","with":{"value":{"b":2,"a":"\u0000"}}},{"use":"test.echo","with":{"value":"${steps.1.output}"}}]}
        """;

    // Stops as a crash does: what runs keeps its claim.
    private static readonly ExecutionOptions Mortal = new() { Drain = TimeSpan.Zero };

    private readonly ScriptedProvider provider = new();

    [Fact]
    public async Task An_execution_ends_with_every_step_on_record()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        var actor = await database.CreateActorAsync();

        var end = await hub.RunAsync(actor, ThreeSteps);

        end.Status.ShouldBe("succeeded");
        end.Output.ShouldBe("""{"b":2,"a":"\u0000"}""");
        (await hub.AskAsync<string>($"select string_agg(step_path || status, ' ' order by step_path) from execution_steps where execution_id = '{end.ExecutionId}'"))
            .ShouldBe("0succeeded 1succeeded 2succeeded");
        (await hub.AskAsync<string>($"select status from executions where id = '{end.ExecutionId}'")).ShouldBe("succeeded");
        (await hub.AskAsync<long>($"select count(*) from execution_logs where execution_id = '{end.ExecutionId}'")).ShouldBe(4);
    }

    [Fact]
    public async Task The_numbers_of_an_executions_events_have_no_gap_and_no_double()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);

        var end = await hub.RunAsync(await database.CreateActorAsync(), ThreeSteps);

        var numbers = await hub.AskAsync<int[]>($"""
            select array_agg(n order by n) from (
              select 1 n union all select 2
              union all select seq from execution_logs where execution_id = '{end.ExecutionId}'
              union all select unnest(array[started_seq, ended_seq]) from execution_steps where execution_id = '{end.ExecutionId}'
              union all select ended_seq from executions where id = '{end.ExecutionId}') x where n is not null
            """);
        numbers.ShouldBe(Enumerable.Range(1, numbers.Length));
    }

    [Fact]
    public async Task A_failed_step_ends_the_execution_and_is_named()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        provider.Act = (_, _) => Task.FromResult(ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.NotFound, Message = "There is no file." }));

        var end = await hub.RunAsync(await database.CreateActorAsync(), ThreeSteps);

        end.Status.ShouldBe("failed");
        end.FailedStep.ShouldBe("1");
        JsonElement.Parse(end.Error!).GetProperty("message").GetString().ShouldBe("There is no file.");
        (await hub.AskAsync<string>($"select status from execution_steps where execution_id = '{end.ExecutionId}' and step_path = '1'")).ShouldBe("failed");
    }

    [Fact]
    public async Task A_step_that_prints_100_MB_is_kept_up_to_a_bound_and_that_is_said()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        var line = new string('x', 32_000);
        provider.Act = (call, _) =>
        {
            for (var i = 0; i < 3_200; i++)
                call.Log.Write(StepLogLevel.Info, line);
            return Task.FromResult(ProviderResult.Success());
        };

        var end = await hub.RunAsync(await database.CreateActorAsync(), """{"steps":[{"use":"test.call"}]}""");

        end.Status.ShouldBe("succeeded");
        (await hub.AskAsync<long>($"select sum(length(message)) from execution_logs where execution_id = '{end.ExecutionId}'")).ShouldBeLessThan(11_000_000);
        (await hub.AskAsync<long>($"select count(*) from execution_logs where execution_id = '{end.ExecutionId}' and level = 'warning' and message ~ 'left out'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task An_output_of_more_than_64_KB_rests_apart_and_once()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        var large = JsonElement.Parse($"\"{new string('x', 100_000)}\"");
        provider.Act = (_, _) => Task.FromResult(ProviderResult.Success(large));

        var end = await hub.RunAsync(await database.CreateActorAsync(), """{"steps":[{"use":"test.call"}]}""");

        end.Output.ShouldBeNull();
        end.OutputBytes.ShouldBe(100_002);
        (await hub.AskAsync<string>($"select content from execution_blobs where execution_id = '{end.ExecutionId}'")).Length.ShouldBe(100_002);
        (await hub.AskAsync<bool>($"select output is null and output_blob is not null from execution_steps where execution_id = '{end.ExecutionId}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_dead_hub_of_the_same_folder_held_goes_on_at_once_and_repeats_no_complete_step()
    {
        var actor = await database.CreateActorAsync();
        var identity = HubIdentity.New();
        var begun = new TaskCompletionSource();
        provider.Act = async (_, _) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            throw new InvalidOperationException();
        };
        var dead = RunningHub.Create(database, provider, identity, Mortal);
        await dead.StartAsync();
        var id = await dead.AcceptAsync(actor, """{"steps":[{"use":"test.safe","id":"first"},{"use":"test.echo","with":{"value":7}}]}""");
        await begun.Task;
        await dead.StopAsync();

        var second = new ScriptedProvider();
        await using var hub = RunningHub.Create(database, second, identity);
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(id);
        await hub.StartAsync();
        var end = await wait.End;

        end.Status.ShouldBe("succeeded");
        second.Calls.ShouldBe(provider.Calls);
        (await hub.AskAsync<string>($"select string_agg(attempt || status, ' ' order by step_path, attempt) from execution_steps where execution_id = '{id}'"))
            .ShouldBe("1may_have_run 2succeeded 1succeeded");
    }

    [Fact]
    public async Task A_step_with_effects_begins_when_all_before_it_is_durable()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        var actor = await database.CreateActorAsync();
        long durable = 0;
        provider.Act = async (_, _) =>
        {
            durable = await hub.AskAsync<long>($"select count(*) from execution_steps where workspace_id = '{actor.WorkspaceId}' and status = 'succeeded'");
            return ProviderResult.Success();
        };

        var end = await hub.RunAsync(actor, """{"steps":[{"use":"test.echo"},{"use":"test.echo"},{"use":"test.echo"},{"use":"test.call"},{"use":"test.echo"}]}""");

        end.Status.ShouldBe("succeeded");
        durable.ShouldBe(3);
        (await hub.AskAsync<long>($"select count(*) from execution_steps where workspace_id = '{actor.WorkspaceId}' and status = 'succeeded'")).ShouldBe(5);
    }

    [Fact]
    public async Task A_step_that_may_have_run_and_is_not_repeatable_is_left_to_a_person()
    {
        var actor = await database.CreateActorAsync();
        var identity = HubIdentity.New();
        var begun = new TaskCompletionSource();
        provider.Act = (_, _) =>
        {
            begun.SetResult();
            return new TaskCompletionSource<ProviderResult>().Task;
        };
        var dead = RunningHub.Create(database, provider, identity, Mortal);
        await dead.StartAsync();
        var id = await dead.AcceptAsync(actor, """{"steps":[{"use":"test.call"}]}""");
        await begun.Task;
        await dead.StopAsync();

        var second = new ScriptedProvider();
        await using var hub = RunningHub.Create(database, second, identity);
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(id);
        await hub.StartAsync();
        var end = await wait.End;

        end.Status.ShouldBe("failed");
        second.Calls.ShouldBeEmpty();
        (await hub.AskAsync<string>($"select status from execution_steps where execution_id = '{id}'")).ShouldBe("may_have_run");
    }

    [Fact]
    public async Task A_hub_that_lost_its_claim_records_nothing_more_and_stops_its_step()
    {
        var actor = await database.CreateActorAsync();
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        provider.Act = async (_, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            return ProviderResult.Success();
        };
        await using var slow = await RunningHub.StartAsync(database, provider);
        var id = await slow.AcceptAsync(actor, """{"steps":[{"use":"test.safe"},{"use":"test.safe"}]}""");
        await begun.Task;
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"update gantry.executions set fence = fence + 1 where id = '{id}'");

        release.SetResult();
        await slow.Get<Dispatcher>().IdleAsync();

        provider.Calls.Count.ShouldBe(1);
        (await slow.AskAsync<string>($"select status from execution_steps where execution_id = '{id}'")).ShouldBe("running");
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"delete from gantry.executions where id = '{id}'");
    }

    [Fact]
    public async Task The_executions_of_a_hub_whose_lease_is_over_are_taken_over_by_another()
    {
        var actor = await database.CreateActorAsync();
        var begun = new TaskCompletionSource();
        provider.Act = (_, _) =>
        {
            begun.TrySetResult();
            return new TaskCompletionSource<ProviderResult>().Task;
        };
        var dead = RunningHub.Create(database, provider, options: Mortal);
        await dead.StartAsync();
        var id = await dead.AcceptAsync(actor, """{"steps":[{"use":"test.safe"}]}""");
        await begun.Task;
        await dead.StopAsync();
        await using var other = RunningHub.Create(database, new ScriptedProvider());
        using var wait = other.Get<ExecutionEvents>().WaitForEnd(id);
        await other.StartAsync();

        await TestPostgres.ExecuteAsync(database.ConnectionString,
            $"update gantry.execution_hubs set lease_until = now() - interval '1 second' where id = '{dead.Get<HubIdentity>().Id}'");

        (await wait.End).Status.ShouldBe("succeeded");
    }

    [Fact]
    public async Task More_executions_than_slots_wait_their_turn_and_all_end()
    {
        await using var hub = await RunningHub.StartAsync(database, provider, options: new ExecutionOptions { RunsMax = 3, ClaimsMax = 2, QueueMax = 10 });
        var actor = await database.CreateActorAsync();
        var (most, now) = (0, 0);
        provider.Act = async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return ProviderResult.Success();
        };

        var ends = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => hub.RunAsync(actor, """{"steps":[{"use":"test.call"}]}""")));

        ends.ShouldAllBe(end => end.Status == "succeeded");
        most.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Connections_cut_under_load_lose_nothing_and_double_nothing()
    {
        await using var hub = await RunningHub.StartAsync(database, provider, options: new ExecutionOptions { RunsMax = 20 });
        var actor = await database.CreateActorAsync();
        var calls = 0;
        provider.Act = async (_, _) =>
        {
            if (Interlocked.Increment(ref calls) % 25 == 0)
            {
                await hub.AskAsync<long>(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'gantry_worker' and datname = current_database()");
            }

            return ProviderResult.Success();
        };

        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => hub.RunAsync(actor, """{"steps":[{"use":"test.call"},{"use":"test.call"}]}""")));

        ends.ShouldAllBe(end => end.Status == "succeeded");
        calls.ShouldBe(200);
        (await hub.AskAsync<long>($"select count(*) from executions where workspace_id = '{actor.WorkspaceId}' and status = 'succeeded'")).ShouldBe(100);
        (await hub.AskAsync<long>($"select count(*) from execution_steps where workspace_id = '{actor.WorkspaceId}' and status = 'succeeded'")).ShouldBe(200);

        // The database is the other tests' too: a start finds no connection that was cut here.
        database.Database.Worker.Clear();
    }

    [Fact]
    public async Task What_a_hub_has_claimed_while_nobody_in_it_is_at_it_is_taken_up_again()
    {
        var identity = HubIdentity.New();
        await using var hub = await RunningHub.StartAsync(database, provider, identity);
        var actor = await database.CreateActorAsync();
        var id = Guid.CreateVersion7();
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(id);

        // As a claim leaves it whose answer was lost.
        await TestPostgres.ExecuteAsync(database.ConnectionString, $$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at)
            values ('{{id}}', '{{actor.WorkspaceId}}', '{{actor.UserId}}', '{"steps":[{"use":"test.call"}]}', '{}', 'running', 3, '{{identity.Id}}', now())
            """);

        (await wait.End).Status.ShouldBe("succeeded");
        (await hub.AskAsync<int>($"select fence from executions where id = '{id}'")).ShouldBe(5);
    }

    [Fact]
    public async Task What_runs_in_a_hub_stays_its_own_however_long_it_takes()
    {
        await using var hub = await RunningHub.StartAsync(database, provider);
        var actor = await database.CreateActorAsync();
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        provider.Act = async (_, _) =>
        {
            begun.SetResult();
            await goOn.Task;
            return ProviderResult.Success();
        };
        var run = hub.RunAsync(actor, """{"steps":[{"use":"test.call"}]}""");
        await begun.Task;
        var id = await hub.AskAsync<Guid>($"select id from executions where workspace_id = '{actor.WorkspaceId}'");

        // One that nobody is at is found only by a look that comes after it: by then this one was looked at as well.
        var identity = await hub.AskAsync<Guid>($"select hub_id from executions where id = '{id}'");
        var stray = Guid.CreateVersion7();
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(stray);
        await TestPostgres.ExecuteAsync(database.ConnectionString, $$$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status, fence, hub_id, started_at)
            values ('{{{stray}}}', '{{{actor.WorkspaceId}}}', '{{{actor.UserId}}}', '{"steps":[{"use":"test.echo","with":{"value":1}}]}', '{}', 'running', 1, '{{{identity}}}', now())
            """);
        await wait.End;
        goOn.SetResult();

        (await run).Status.ShouldBe("succeeded");
        (await hub.AskAsync<int>($"select fence from executions where id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_that_can_no_longer_be_read_fails_its_execution_and_says_so()
    {
        await using var hub = RunningHub.Create(database, provider);
        var actor = await database.CreateActorAsync();
        var id = Guid.CreateVersion7();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status)
            values ('{{id}}', '{{actor.WorkspaceId}}', '{{actor.UserId}}', '{"stepz":[]}', '{}', 'queued')
            """);
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(id);

        await hub.StartAsync();
        var end = await wait.End;

        end.Status.ShouldBe("failed");
        end.Error.ShouldNotBeNull().ShouldContain("stepz");
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
