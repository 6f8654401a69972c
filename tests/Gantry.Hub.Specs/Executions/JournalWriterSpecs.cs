using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

public sealed class JournalWriterSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly HubIdentity identity = HubIdentity.New();

    [Fact]
    public async Task An_accepted_execution_is_in_the_database_when_its_task_completes()
    {
        await using var writer = Writer();
        var accept = Accept(await database.CreateActorAsync());

        writer.Add(accept);
        writer.Start();
        await accept.Settled;

        (await StatusOf(accept)).ShouldBe("queued");
        (await Ask<long>($"select count(*) from audit_log where target = '{accept.ExecutionId}' and action = 'execution.started'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_record_the_database_refuses_fails_alone()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        AcceptRecord[] good = [Accept(actor), Accept(actor), Accept(actor)];
        var poisoned = Accept(actor, inputs: "{\"a\":\"\0\"}");

        writer.Add(good[0]);
        writer.Add(poisoned);
        writer.Add(good[1]);
        writer.Add(good[2]);
        writer.Start();
        await Task.WhenAll(good.Select(record => record.Settled));

        await Should.ThrowAsync<JournalRefusedException>(poisoned.Settled);
        foreach (var record in good)
            (await StatusOf(record)).ShouldBe("queued");
    }

    [Fact]
    public async Task A_record_under_a_lost_claim_is_not_written_and_its_neighbours_are()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        var (held, lost) = (Accept(actor, isClaimed: true), Accept(actor, isClaimed: true));
        writer.Start();
        writer.Add(held);
        writer.Add(lost);
        await Task.WhenAll(held.Settled, lost.Settled);
        await Execute($"update executions set fence = fence + 1 where id = '{lost.ExecutionId}'");

        var (heldEnd, lostEnd) = (End(held), End(lost));
        writer.Add(lostEnd);
        writer.Add(heldEnd);
        await heldEnd.Settled;

        await Should.ThrowAsync<JournalLostException>(lostEnd.Settled);
        (await StatusOf(held)).ShouldBe("succeeded");
        (await StatusOf(lost)).ShouldBe("running");
    }

    [Fact]
    public async Task A_fault_while_it_is_told_that_records_are_durable_does_not_end_the_writer()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        var (faulty, later) = (Accept(actor), Accept(actor));
        faulty.Committed = () => throw new InvalidOperationException("A fault.");
        writer.Start();

        writer.Add(faulty);
        await Should.ThrowAsync<JournalLostException>(faulty.Settled);
        writer.Add(later);
        await later.Settled;

        (await StatusOf(faulty)).ShouldBe("queued");
        (await StatusOf(later)).ShouldBe("queued");
    }

    [Fact]
    public async Task What_follows_a_refused_record_is_not_durable_without_it()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        var (accept, neighbour) = (Accept(actor, isClaimed: true), Accept(actor, isClaimed: true));
        writer.Start();
        writer.Add(accept);
        writer.Add(neighbour);
        await Task.WhenAll(accept.Settled, neighbour.Settled);
        var (step, end, late, other) = (Step(accept, message: "\0"), End(accept), End(accept), End(neighbour));
        (end.After, late.After) = (step, end);

        writer.Add(step);
        writer.Add(end);
        writer.Add(other);
        await other.Settled;
        writer.Add(late);

        await Should.ThrowAsync<JournalRefusedException>(step.Settled);
        await Should.ThrowAsync<JournalRefusedException>(end.Settled);
        await Should.ThrowAsync<JournalRefusedException>(late.Settled);
        (await StatusOf(accept)).ShouldBe("running");
        (await StatusOf(neighbour)).ShouldBe("succeeded");
    }

    [Fact]
    public async Task What_is_on_record_of_a_steps_end_is_not_written_over()
    {
        await using var writer = Writer();
        var accept = Accept(await database.CreateActorAsync(), isClaimed: true);
        var late = Step(accept, message: "late");
        writer.Start();
        foreach (var record in new JournalRecord[] { accept, Step(accept, message: "first") })
        {
            writer.Add(record);
            await record.Settled;
        }

        writer.Add(late);
        await late.Settled;

        (await Ask<string>($"select string_agg(message, ', ') from execution_steps where execution_id = '{accept.ExecutionId}'")).ShouldBe("first");
    }

    [Fact]
    public async Task A_batch_that_is_written_twice_counts_once()
    {
        var actor = await database.CreateActorAsync();
        var accept = Accept(actor, isClaimed: true);
        var batch = new JournalBatch();
        batch.TryAdd(accept);
        var ends = new JournalBatch();
        ends.TryAdd(End(accept));
        await using var connection = new JournalConnection(database.Database.Worker, identity);

        await connection.WriteAsync(batch, CancellationToken.None);
        await connection.WriteAsync(batch, CancellationToken.None);
        await connection.WriteAsync(ends, CancellationToken.None);
        await connection.WriteAsync(ends, CancellationToken.None);

        ends.Lost.ShouldBeEmpty();
        (await StatusOf(accept)).ShouldBe("succeeded");
        (await Ask<long>($"select count(*) from audit_log where target = '{accept.ExecutionId}'")).ShouldBe(1);
        (await Ask<long>($"select count(*) from execution_steps where execution_id = '{accept.ExecutionId}'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_execution_that_ends_in_the_batch_that_accepts_it_is_written_once_with_all_that_belongs_to_it()
    {
        var accept = Accept(await database.CreateActorAsync(), isClaimed: true);
        var batch = new JournalBatch();
        foreach (var record in new JournalRecord[] { accept, Line(accept), Step(accept, "1"), End(accept, accept) })
            batch.TryAdd(record).ShouldBeTrue();
        await using var connection = new JournalConnection(database.Database.Worker, identity);

        await connection.WriteAsync(batch, CancellationToken.None);
        await connection.WriteAsync(batch, CancellationToken.None);

        batch.Lost.ShouldBeEmpty();
        (await Ask<string>($"select concat_ws(' ', status, ended_seq, output, fence, hub_id is null, xmax) from executions where id = '{accept.ExecutionId}'")).ShouldBe("succeeded 4 1 1 t 0");
        (await Ask<long>($"select count(*) from execution_steps where execution_id = '{accept.ExecutionId}' and status = 'succeeded'")).ShouldBe(2);
        (await Ask<long>($"select count(*) from execution_logs where execution_id = '{accept.ExecutionId}'")).ShouldBe(1);
        (await Ask<long>($"select count(*) from audit_log where target = '{accept.ExecutionId}'")).ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_execution_that_began_while_another_counts_in_its_place()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            set search_path = gantry;
            insert into execution_plans (id, workspace_id, user_id, name, version) values ('{actor.UserId}', '{actor.WorkspaceId}', '{actor.UserId}', 'hooked', 1);
            insert into triggers (id, workspace_id, plan_id, user_id, kind, identity, watches, settings, path, verb)
            values ('{actor.UserId}', '{actor.WorkspaceId}', '{actor.UserId}', '{actor.UserId}', 'webhook', 'a', 'POST a', '', 'a', 'POST')
            """);
        var (first, same) = (Accept(actor, isClaimed: true, delivery: "d"), Accept(actor, isClaimed: true, delivery: "d"));
        var (known, again) = (Accept(actor, isClaimed: true, key: "k", hash: 1), Accept(actor, isClaimed: true, key: "k", hash: 1));
        var ends = new[] { first, same, known, again }.ToDictionary(accept => accept, accept => End(accept, accept));

        foreach (var accept in ends.Keys)
        {
            writer.Add(accept);
            writer.Add(Line(accept));
            writer.Add(ends[accept]);
        }

        writer.Start();
        await Task.WhenAll(ends[first].Settled, ends[known].Settled);

        await Should.ThrowAsync<JournalLostException>(ends[same].Settled);
        await Should.ThrowAsync<JournalLostException>(ends[again].Settled);
        new[] { first.IsAccepted, same.IsAccepted, known.IsAccepted, again.IsAccepted }.ShouldBe([true, false, true, false]);
        foreach (var table in new[] { "executions", "execution_steps", "execution_logs" })
            (await Ask<long>($"select count(*) from {table} where workspace_id = '{actor.WorkspaceId}'")).ShouldBe(2, table);
    }

    [Fact]
    public async Task Of_an_execution_whose_end_the_database_refuses_the_acceptance_stands()
    {
        await using var writer = Writer();
        var accept = Accept(await database.CreateActorAsync(), isClaimed: true);
        var end = End(accept, accept, error: "\0");
        end.After = accept;

        writer.Add(accept);
        writer.Add(end);
        writer.Start();
        await accept.Settled;

        await Should.ThrowAsync<JournalRefusedException>(end.Settled);
        (await StatusOf(accept)).ShouldBe("running");
    }

    [Fact]
    public async Task Of_an_execution_whose_acceptance_the_database_refuses_nothing_is_kept()
    {
        await using var writer = Writer();
        var accept = Accept(await database.CreateActorAsync(), inputs: "\0", isClaimed: true);
        var end = End(accept, accept);
        end.After = accept;

        writer.Add(accept);
        writer.Add(Line(accept));
        writer.Add(end);
        writer.Start();

        await Should.ThrowAsync<JournalRefusedException>(accept.Settled);
        await Should.ThrowAsync<JournalRefusedException>(end.Settled);
        (await Ask<long>($"select count(*) from execution_logs where execution_id = '{accept.ExecutionId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task One_key_of_one_user_starts_one_execution_also_when_both_come_at_once()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        var (first, second, other) = (Accept(actor, key: "k", hash: 1), Accept(actor, key: "k", hash: 1), Accept(actor, key: "k", hash: 2));
        var foreign = Accept(await database.CreateActorAsync(), key: "k", hash: 1);

        foreach (var record in new[] { first, second, other, foreign })
            writer.Add(record);
        writer.Start();
        await Task.WhenAll(first.Settled, second.Settled, other.Settled, foreign.Settled);

        first.Known.ShouldBeNull();
        second.Known.ShouldBe(new KnownStart(first.ExecutionId, IsSameRequest: true));
        other.Known.ShouldBe(new KnownStart(first.ExecutionId, IsSameRequest: false));
        foreign.Known.ShouldBeNull();
        (await Ask<long>($"select count(*) from executions where user_id = '{actor.UserId}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_key_is_free_again_after_a_day()
    {
        await using var writer = Writer();
        var actor = await database.CreateActorAsync();
        var (first, later) = (Accept(actor, key: "k", hash: 1), Accept(actor, key: "k", hash: 2, age: TimeSpan.FromHours(-25)));

        writer.Start();
        writer.Add(first);
        await first.Settled;
        writer.Add(later);
        await later.Settled;

        later.Known.ShouldBeNull();
        (await StatusOf(later)).ShouldBe("queued");
    }

    private JournalWriter Writer() =>
        new(database.Database.Worker, identity, TimeProvider.System, NullLogger<JournalWriter>.Instance);

    private static AcceptRecord Accept(
        Actor actor, string inputs = "{}", bool isClaimed = false, string? key = null, byte hash = 0, TimeSpan age = default, string? delivery = null)
    {
        var executionId = Guid.CreateVersion7();
        return new()
        {
            ExecutionId = executionId,
            WorkspaceId = actor.WorkspaceId!.Value,
            UserId = actor.UserId!.Value,
            PlanText = "{}",
            Inputs = inputs,
            CreatedAt = TimeProvider.System.GetUtcNow() - age,
            IsClaimed = isClaimed,
            Key = key,
            RequestHash = key is null ? null : [hash],
            Event = delivery is null ? null : new EventRow
            {
                Id = Guid.CreateVersion7(),
                WorkspaceId = actor.WorkspaceId!.Value,
                TriggerId = actor.UserId!.Value,
                PlanId = Guid.Empty,
                Kind = "webhook",
                Status = "accepted",
                Key = delivery,
                Summary = delivery,
                ExecutionId = executionId,
                Attempts = 1,
                OccurredAt = TimeProvider.System.GetUtcNow(),
            },
        };
    }

    private static LogRecord Line(AcceptRecord accept) => new()
    {
        WorkspaceId = accept.WorkspaceId,
        ExecutionId = accept.ExecutionId,
        Fence = 1,
        Sequence = 3,
        Line = new ExecutionLogLine { Time = TimeProvider.System.GetUtcNow(), Level = StepLogLevel.Info, Message = "" },
        Message = "said",
    };

    private static FinalRecord End(AcceptRecord accept, AcceptRecord? together = null, string? error = null) => new()
    {
        WorkspaceId = accept.WorkspaceId,
        ExecutionId = accept.ExecutionId,
        Fence = 1,
        Status = error is null ? ExecutionStatus.Succeeded : ExecutionStatus.Failed,
        EndedAt = TimeProvider.System.GetUtcNow(),
        Sequence = 4,
        Output = Payload.Of("1"),
        Error = error,
        LastStep = Step(accept),
        Accept = together,
    };

    private static StepRecord Step(AcceptRecord accept, string path = "0", string? message = null) => new()
    {
        WorkspaceId = accept.WorkspaceId,
        ExecutionId = accept.ExecutionId,
        Fence = 1,
        Attempt = new StepAttempt
        {
            StepPath = path,
            Use = "test.echo",
            Attempt = 1,
            Status = StepStatus.Succeeded,
            StartedAt = TimeProvider.System.GetUtcNow(),
        },
        Message = message,
        Metadata = null,
        Error = null,
        EndedSequence = 3,
        Output = Payload.Of("1"),
    };

    private Task<string> StatusOf(AcceptRecord record) => Ask<string>($"select status from executions where id = '{record.ExecutionId}'");

    private async Task<T> Ask<T>(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("set search_path = gantry; " + sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private Task Execute(string sql) => TestPostgres.ExecuteAsync(database.ConnectionString, "set search_path = gantry; " + sql);
}
