using Gantry.Engine.Plans;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Specs.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Executions that ended before they were on record, and are written once: what an end brings, they bring as well.</summary>
public sealed class EndedWhenAcceptedSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Their_ends_start_the_plans_that_watch_for_them_and_are_told()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var build = await stage.SaveAsync("build", "[ { schedule: { every: 1h } } ]");
        await stage.SaveAsync("publish", "[ { execution: { plan: build, status: [succeeded, failed] } } ]");
        await stage.SaveAsync("mourn", "[ { execution: { plan: build, status: failed } } ]");
        await TellAsync(stage, build);

        await WriteAsync(stage, build, ExecutionStatus.Failed);
        await WriteAsync(stage, build, ExecutionStatus.Succeeded, ExecutionStatus.Succeeded, ExecutionStatus.Cancelled);

        (await stage.AskAsync<string>($"""
            select string_agg(p.name || ' ' || e.summary, ', ' order by p.name, e.summary) from events e
            join execution_plans p on p.id = e.plan_id where e.workspace_id = '{stage.Actor.WorkspaceId}' and e.status = 'pending'
            """)).ShouldBe("mourn build failed, publish build failed, publish build succeeded, publish build succeeded");
        (await stage.AskAsync<string>($"select string_agg(occasion, ', ' order by seq) from notifications where workspace_id = '{stage.Actor.WorkspaceId}'"))
            .ShouldBe("failure, success, recovery, success");
        await stage.TickAsync();
        (await stage.CountAsync("executions", "plan_name in ('publish', 'mourn') and status = 'succeeded'")).ShouldBe(4);
    }

    [Fact]
    public async Task A_large_output_of_theirs_is_kept_once_and_is_that_of_the_step_and_of_the_execution()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("large", "[ { schedule: { every: 1h } } ]");
        var large = "\"" + new string('x', 100_000) + "\"";

        var execution = (await WriteAsync(stage, plan, large, ExecutionStatus.Succeeded))[0];

        (await stage.AskAsync<string>($"""
            select concat_ws(' ', e.output is null, s.output is null, e.output_blob = s.output_blob, b.bytes, b.content = '{large}')
            from executions e join execution_steps s on s.execution_id = e.id join execution_blobs b on b.execution_id = e.id where e.id = '{execution}'
            """)).ShouldBe("t t t 100002 t");
    }

    [Fact]
    public async Task One_that_could_have_been_written_whole_is_written_in_two_where_a_batch_is_full()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("parted", "[ { schedule: { every: 1h } } ]");
        var (accept, end) = RecordsOf(stage, plan, Payload.Of("1"), ExecutionStatus.Succeeded);

        await WriteAsync(accept);
        await WriteAsync(end);

        (await stage.AskAsync<string>($"select concat_ws(' ', status, ended_seq, hub_id is null, waiting_for is null) from executions where id = '{accept.ExecutionId}'")).ShouldBe("succeeded 4 t t");
        (await stage.AskAsync<long>($"select count(*) from audit_log where target = '{accept.ExecutionId}'")).ShouldBe(1);
    }

    private static Task TellAsync(TriggerStage stage, SavedPlanRow plan) => stage.ExecuteAsync($$"""
        insert into notification_rules (workspace_id, plan_id, user_id, rules)
        values ('{{stage.Actor.WorkspaceId}}', '{{plan.Id}}', '{{stage.Actor.UserId}}', '[{"on":["failure","success","recovery"],"use":"test.echo","with":{"value":1} }]')
        """);

    private Task<List<Guid>> WriteAsync(TriggerStage stage, SavedPlanRow plan, params ExecutionStatus[] ends) => WriteAsync(stage, plan, "1", ends);

    private async Task<List<Guid>> WriteAsync(TriggerStage stage, SavedPlanRow plan, string output, params ExecutionStatus[] ends)
    {
        var records = ends.Select(end => RecordsOf(stage, plan, Payload.Of(output), end)).ToList();
        var batch = await WriteAsync([.. records.SelectMany(pair => (JournalRecord[])[pair.Accept, pair.End])]);
        batch.Wholes.Count.ShouldBe(ends.Length);
        return [.. records.Select(pair => pair.Accept.ExecutionId)];
    }

    private async Task<JournalBatch> WriteAsync(params JournalRecord[] records)
    {
        var batch = new JournalBatch();
        foreach (var record in records)
            batch.TryAdd(record).ShouldBeTrue();
        await using var connection = new JournalConnection(database.Database.Worker, HubIdentity.New());
        await connection.WriteAsync(batch, CancellationToken.None);
        batch.Lost.ShouldBeEmpty();
        return batch;
    }

    private static (AcceptRecord Accept, FinalRecord End) RecordsOf(TriggerStage stage, SavedPlanRow plan, Payload output, ExecutionStatus status)
    {
        var accept = new AcceptRecord
        {
            ExecutionId = Guid.CreateVersion7(),
            WorkspaceId = stage.Actor.WorkspaceId!.Value,
            UserId = stage.Actor.UserId!.Value,
            PlanId = plan.Id,
            PlanVersion = plan.Version,
            PlanName = plan.Name,
            Inputs = "{}",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            IsClaimed = true,
        };
        return (accept, new FinalRecord
        {
            WorkspaceId = accept.WorkspaceId,
            ExecutionId = accept.ExecutionId,
            Fence = 1,
            Status = status,
            EndedAt = TimeProvider.System.GetUtcNow(),
            Sequence = 4,
            Output = output,
            Error = status == ExecutionStatus.Succeeded ? null : """{"kind":"conflict","message":"It broke."}""",
            FailedStep = status == ExecutionStatus.Failed ? "0" : null,
            LastStep = StepOf(accept, output),
            Accept = accept,
        });
    }

    private static StepRecord StepOf(AcceptRecord accept, Payload output) => new()
    {
        WorkspaceId = accept.WorkspaceId,
        ExecutionId = accept.ExecutionId,
        Fence = 1,
        Attempt = new StepAttempt { StepPath = "0", Use = "test.echo", Attempt = 1, Status = StepStatus.Succeeded, StartedAt = TimeProvider.System.GetUtcNow() },
        Message = null,
        Metadata = null,
        Error = null,
        EndedSequence = 3,
        Output = output,
    };
}
