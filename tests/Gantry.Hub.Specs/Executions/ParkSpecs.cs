using Gantry.Engine.Plans;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Waiting executions, their signals, calls and turns, as the database keeps them: without a runner.</summary>
public sealed class ParkSpecs(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly HubIdentity identity = HubIdentity.New();
    private readonly List<Guid> ready = [];
    private int accepted;
    private JournalWriter writer = null!;
    private Actor actor = null!;

    public async ValueTask InitializeAsync()
    {
        writer = new JournalWriter(database.Database.Worker, identity, TimeProvider.System, NullLogger<JournalWriter>.Instance)
        {
            Brought = news =>
            {
                lock (ready)
                    ready.AddRange(news.Ready);
            },
        };
        writer.Start();
        actor = await database.CreateActorAsync();
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    [Fact]
    public async Task A_parked_execution_is_queued_by_its_signal_and_not_before()
    {
        var id = await AcceptAsync();
        await WriteAsync(Waiting(id, Approval("0")));

        var park = await ParkAsync(id);
        (await StatusOf(id)).ShouldBe("waiting");
        (await SignalAsync(id, "0", "approval")).ShouldBe("taken");

        park.IsReady.ShouldBeFalse();
        (await StatusOf(id)).ShouldBe("queued");
        (await Ask<bool>($"select hub_id is null and fence = 2 and not is_parked from executions where id = '{id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_signal_that_came_while_the_run_gave_up_is_not_lost()
    {
        var id = await AcceptAsync();
        await WriteAsync(Waiting(id, Approval("0")));
        await SignalAsync(id, "0", "approval");

        var park = await ParkAsync(id);

        park.IsReady.ShouldBeTrue();
        (await StatusOf(id)).ShouldBe("queued");
        ready.ShouldContain(id);
    }

    [Fact]
    public async Task A_signal_and_a_parking_at_the_same_moment_leave_the_execution_queued()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = await AcceptAsync();
            await WriteAsync(Waiting(id, Approval("0")));

            await Task.WhenAll(ParkAsync(id), SignalAsync(id, "0", "approval"));

            (await StatusOf(id)).ShouldBe("queued");
        }
    }

    [Fact]
    public async Task A_step_is_answered_once_and_not_after_its_time()
    {
        var id = await AcceptAsync();
        await WriteAsync(Waiting(id, Approval("0")));
        await WriteAsync(Waiting(id, Approval("1") with { Until = TimeProvider.System.GetUtcNow().AddSeconds(-1) }));

        (await SignalAsync(id, "0", "approval")).ShouldBe("taken");
        (await SignalAsync(id, "0", "approval")).ShouldBe("answered");
        (await SignalAsync(id, "1", "approval")).ShouldBe("late");
        (await SignalAsync(id, "2", "approval")).ShouldBe("gone");
        (await Ask<long>($"select count(*) from execution_signals where execution_id = '{id}'")).ShouldBe(1);
        (await Ask<int>($"select signals from executions where id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_claim_that_was_lost_parks_nothing()
    {
        var id = await AcceptAsync();
        await Execute($"update executions set fence = 7 where id = '{id}'");

        await Should.ThrowAsync<JournalLostException>(() => ParkAsync(id));

        (await StatusOf(id)).ShouldBe("running");
    }

    [Fact]
    public async Task The_end_of_a_called_execution_is_its_callers_signal_in_the_same_transaction()
    {
        var parent = await AcceptAsync();
        var child = Accept(isClaimed: true, caller: new CallLink(parent, "0", 1, IsAwaited: true, Depth: 1));
        await WriteAsync(Waiting(parent, Call("0", child.ExecutionId), child));
        await ParkAsync(parent);

        await WriteAsync(End(child.ExecutionId, new ParentLink(parent, "0", true)));

        (await StatusOf(parent)).ShouldBe("queued");
        ready.ShouldContain(parent);
        (await Ask<string>($"select payload from execution_signals where execution_id = '{parent}' and step_path = '0'"))
            .ShouldContain($"\"execution\":\"{child.ExecutionId}\",\"status\":\"succeeded\",\"output\":1");
    }

    [Fact]
    public async Task A_call_is_not_started_under_a_claim_that_was_lost()
    {
        var parent = await AcceptAsync();
        await Execute($"update executions set fence = 7 where id = '{parent}'");
        var child = Accept(isClaimed: false, caller: new CallLink(parent, "0", 1, IsAwaited: true, Depth: 1));

        await Should.ThrowAsync<JournalLostException>(() => WriteAsync(Waiting(parent, Call("0", child.ExecutionId), child)));

        (await Ask<long>($"select count(*) from executions where id = '{child.ExecutionId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Cancelling_a_waiting_execution_ends_what_it_called_and_waits_for()
    {
        var top = await AcceptAsync();
        var middle = Accept(isClaimed: true, caller: new CallLink(top, "0", 1, true, 1));
        await WriteAsync(Waiting(top, Call("0", middle.ExecutionId), middle));
        var bottom = Accept(isClaimed: false, caller: new CallLink(middle.ExecutionId, "0", 1, true, 2));
        await WriteAsync(Waiting(middle.ExecutionId, Call("0", bottom.ExecutionId), bottom));
        var free = Accept(isClaimed: false, caller: new CallLink(middle.ExecutionId, "1", 1, false, 2));
        await WriteAsync(Waiting(middle.ExecutionId, Approval("1"), free));
        await ParkAsync(top);
        await ParkAsync(middle.ExecutionId);

        await CancelAsync(top);

        foreach (var id in (Guid[])[top, middle.ExecutionId, bottom.ExecutionId])
            (await StatusOf(id)).ShouldBe("cancelled");
        (await StatusOf(free.ExecutionId)).ShouldBe("queued");
        (await Ask<long>($"select count(*) from execution_waits where execution_id in ('{top}', '{middle.ExecutionId}')")).ShouldBe(0);
        (await Ask<long>($"select count(*) from execution_steps where execution_id in ('{top}', '{middle.ExecutionId}') and status <> 'cancelled'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_place_of_a_key_passes_on_with_the_end_of_its_holder()
    {
        AcceptRecord[] three = [Accept(turn: new("p/a", 1, "queue")), Accept(turn: new("p/a", 1, "queue")), Accept(turn: new("p/a", 1, "queue"))];
        foreach (var accept in three)
            await WriteAsync(accept);
        await ClaimAsync(three[0].ExecutionId);

        (await BehindAsync("p/a")).ShouldBe(2);
        three[1].Standing.ShouldNotBeNull().WaitingFor.ShouldNotBeNull().ShouldContain("'a'");
        await WriteAsync(End(three[0].ExecutionId, key: "p/a"));

        (await BehindAsync("p/a")).ShouldBe(1);
        ready.ShouldContain(three[1].ExecutionId);
        (await Ask<bool>($"select is_behind from executions where id = '{three[2].ExecutionId}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_place_is_held_while_its_holder_waits_and_free_when_that_is_cancelled()
    {
        var (first, second) = (Accept(turn: new("p/b", 1, "queue")), Accept(turn: new("p/b", 1, "queue")));
        await WriteAsync(first);
        await WriteAsync(second);
        await ClaimAsync(first.ExecutionId);
        await WriteAsync(Waiting(first.ExecutionId, Approval("0")));
        await ParkAsync(first.ExecutionId);

        (await BehindAsync("p/b")).ShouldBe(1);
        await CancelAsync(first.ExecutionId);

        (await BehindAsync("p/b")).ShouldBe(0);
        (await StatusOf(second)).ShouldBe("queued");
    }

    [Fact]
    public async Task What_comes_while_a_key_is_full_is_skipped_or_cancels_the_oldest_when_the_plan_says_so()
    {
        var (first, skipped) = (Accept(turn: new("p/c", 1, "skip")), Accept(turn: new("p/c", 1, "skip")));
        var (old, newer) = (Accept(turn: new("p/d", 1, "cancel_oldest")), Accept(turn: new("p/d", 1, "cancel_oldest")));
        foreach (var accept in (AcceptRecord[])[first, skipped, old, newer])
            await WriteAsync(accept);

        (await StatusOf(first)).ShouldBe("queued");
        (await StatusOf(skipped)).ShouldBe("cancelled");
        skipped.Standing!.Status.ShouldBe("cancelled");
        (await StatusOf(old)).ShouldBe("cancelled");
        (await StatusOf(newer)).ShouldBe("queued");
        (await BehindAsync("p/d")).ShouldBe(0);
    }

    [Fact]
    public async Task Keys_that_are_full_make_nobody_wait_for_another_key()
    {
        var limit = new Turn("p/e", 2, "queue");
        var records = Enumerable.Range(0, 2_000).Select(_ => Accept(turn: limit)).ToList();
        var other = Accept(turn: new("p/f", 1, "queue"));

        foreach (var record in records)
            writer.Add(record);
        writer.Add(other);
        await Task.WhenAll(records.Select(record => record.Settled).Append(other.Settled));

        (await BehindAsync("p/e")).ShouldBe(1_998);
        (await BehindAsync("p/f")).ShouldBe(0);
        for (var i = 0; i < 40; i++)
        {
            var held = await Ask<Guid>("select id from executions where concurrency_key = 'p/e' and not is_behind and ended_at is null order by id limit 1");
            await ClaimAsync(held);
            await WriteAsync(End(held, key: "p/e"));
        }

        (await BehindAsync("p/e")).ShouldBe(1_958);
        (await Ask<long>("select count(*) from executions where concurrency_key = 'p/e' and not is_behind and ended_at is null")).ShouldBe(2);
    }

    private async Task<Guid> AcceptAsync()
    {
        var accept = Accept(isClaimed: true);
        await WriteAsync(accept);
        return accept.ExecutionId;
    }

    private async Task WriteAsync(JournalRecord record)
    {
        writer.Add(record);
        await record.Settled;
    }

    private async Task<ParkRecord> ParkAsync(Guid id)
    {
        var park = new ParkRecord { WorkspaceId = actor.WorkspaceId!.Value, ExecutionId = id, Fence = 1, WaitingFor = "a test", SignalsKnown = 0 };
        await WriteAsync(park);
        return park;
    }

    private AcceptRecord Accept(bool isClaimed = false, CallLink? caller = null, Turn? turn = null) => new()
    {
        // Their order is that of their milliseconds.
        ExecutionId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(10 * accepted++)),
        WorkspaceId = actor.WorkspaceId!.Value,
        UserId = actor.UserId!.Value,
        PlanText = "{}",
        Inputs = "{}",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        IsClaimed = isClaimed,
        Caller = caller,
        Turn = turn,
    };

    private StepRecord Waiting(Guid id, StepWait wait, AcceptRecord? child = null) => new()
    {
        WorkspaceId = actor.WorkspaceId!.Value,
        ExecutionId = id,
        Fence = 1,
        Attempt = new StepAttempt
        {
            StepPath = wait.StepPath,
            Use = "wait",
            Attempt = 1,
            Status = StepStatus.Waiting,
            StartedAt = TimeProvider.System.GetUtcNow(),
            Wait = wait,
        },
        Message = null,
        Metadata = null,
        Error = null,
        StartedSequence = 3,
        Output = Payload.None,
        Wait = wait,
        Child = child,
    };

    private FinalRecord End(Guid id, ParentLink? caller = null, string? key = null) => new()
    {
        WorkspaceId = actor.WorkspaceId!.Value,
        ExecutionId = id,
        Fence = 1,
        Status = ExecutionStatus.Succeeded,
        EndedAt = TimeProvider.System.GetUtcNow(),
        Sequence = 9,
        Output = Payload.Of("1"),
        Caller = caller,
        CallerPayload = caller is null ? null : $"{{\"execution\":\"{id}\",\"status\":\"succeeded\",\"output\":1}}",
        ConcurrencyKey = key,
    };

    private static StepWait Approval(string path) => new() { StepPath = path, Kind = WaitKind.Approval, Since = TimeProvider.System.GetUtcNow(), Ask = "Go?", By = ["editor", "o\"dd"] };

    private static StepWait Call(string path, Guid child) => new()
    {
        StepPath = path,
        Kind = WaitKind.Call,
        Since = TimeProvider.System.GetUtcNow(),
        Call = new PlanCall { ExecutionId = child, Plan = "other", Inputs = ExecutionJson.Parse("{}"), IsAwaited = true },
    };

    private Task ClaimAsync(Guid id) => Execute($"""
        update executions set status = 'running', fence = 1, hub_id = '{identity.Id}', started_at = now(), waiting_for = null where id = '{id}' and not is_behind
        """);

    private Task<string> SignalAsync(Guid id, string step, string kind) =>
        Ask<string>($"select outcome from store_signal('{actor.WorkspaceId}', '{id}', '{step}', '{kind}', 'ann', 'true')");

    private Task CancelAsync(Guid id) => Execute($"select * from cancel_tree('{actor.WorkspaceId}', '{id}', '{CancelErrors.Queued}', '{CancelErrors.Waiting}')");

    private Task<long> BehindAsync(string key) => Ask<long>($"select count(*) from executions where concurrency_key = '{key}' and is_behind");

    private Task<string> StatusOf(AcceptRecord record) => StatusOf(record.ExecutionId);

    private Task<string> StatusOf(Guid id) => Ask<string>($"select status from executions where id = '{id}'");

    private async Task<T> Ask<T>(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("set search_path = gantry; " + sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private Task Execute(string sql) => TestPostgres.ExecuteAsync(database.ConnectionString, "set search_path = gantry; " + sql);
}
