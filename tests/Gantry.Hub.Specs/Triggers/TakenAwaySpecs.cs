using Gantry.Hub.Plans;
using Gantry.Hub.Triggers;
using Gantry.Hub.Triggers.Webhooks;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Triggers that are taken away, or paused, while something comes by them: whoever did that sees nothing start afterwards.</summary>
public sealed class TakenAwaySpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_call_that_came_whole_before_its_plan_was_deleted_starts_nothing_afterwards()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var (plan, call) = await CallAsync(stage);
        await DeleteAsync(stage, plan);

        var delivered = await stage.Hub.Get<TriggerStarter>().DeliverAsync(call);

        (delivered.Status, delivered.ExecutionId, delivered.Reason).ShouldBe(("dead", null, "The plan is gone, or has no such trigger any more."));
        (await stage.EventsAsync()).ShouldBe("dead webhook");
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_comes_while_its_plan_is_being_deleted_waits_and_starts_nothing()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var (plan, call) = await CallAsync(stage);
        await using var session = await database.Database.OpenAsync(stage.Actor, CancellationToken.None);
        (await PlanStore.DeleteAsync(session, plan.Id, plan.Version, CancellationToken.None)).ShouldBeTrue();
        var delivering = stage.Hub.Get<TriggerStarter>().DeliverAsync(call);
        while (!delivering.IsCompleted && await stage.AskAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0)
        {
            // Until the start waits for the deletion, or does not.
        }

        await session.CommitAsync(CancellationToken.None);

        (await delivering).Status.ShouldBe("dead");
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_came_before_its_webhook_was_taken_out_of_the_plan_starts_nothing_afterwards_and_one_that_stayed_does()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var (_, call) = await CallAsync(stage);
        await stage.SaveAsync("hooked", "[ { webhook: { path: hooked, open: true } }, { schedule: { every: 1h } } ]");
        (await stage.Hub.Get<TriggerStarter>().DeliverAsync(call with { Id = Guid.CreateVersion7() })).Status.ShouldBe("accepted");
        await stage.SaveAsync("hooked", "[ { schedule: { every: 1h } } ]");

        var delivered = await stage.Hub.Get<TriggerStarter>().DeliverAsync(call);

        delivered.Status.ShouldBe("dead");
        (await stage.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_that_was_looked_up_before_the_plan_was_deleted_starts_nothing_afterwards()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var (plan, call) = await CallAsync(stage);
        await stage.ExecuteAsync($$"""
            insert into events (workspace_id, id, trigger_id, plan_id, kind, status, summary, payload, attempts, next_attempt_at)
            values ('{{stage.Actor.WorkspaceId}}', '{{call.Id}}', '{{call.Trigger.Id}}', '{{plan.Id}}', 'webhook', 'failed', 'a call', '{}', 1, now() + interval '1 hour')
            """);
        var due = (await stage.Hub.Get<TriggerWork>().FindEventAsync(stage.Actor.WorkspaceId!.Value, call.Id, CancellationToken.None)).ShouldNotBeNull();
        await DeleteAsync(stage, plan);

        var delivered = await stage.Hub.Get<EventDelivery>().DeliverAsync(due, CancellationToken.None);

        delivered.Status.ShouldBe("dead");
        (await stage.EventsAsync()).ShouldBe("dead webhook");
        (await stage.CountAsync("events", "next_attempt_at is not null or payload is null or execution_id is not null")).ShouldBe(0);
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_waits_for_an_attempt_is_given_up_with_its_plan_and_not_tried_again()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]", inputs: "{ site: string }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        await stage.TickAsync();
        await DeleteAsync(stage, plan);
        await stage.ExecuteAsync("update events set next_attempt_at = now() where next_attempt_at is not null");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("dead schedule");
        (await stage.AskAsync<string>($"select attempts || ' ' || reason from events where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe("2 The plan 'needy' is gone, or has no such trigger any more.");
    }

    [Fact]
    public async Task A_schedule_that_is_paused_starts_nothing()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("resting", "[ { schedule: { every: 1h } } ]");
        await PauseAsync(stage);
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("");
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_trigger_that_is_paused_nothing_is_missed()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("expecting", "[ { webhook: { path: resting, open: true, expect: { between: \"02:00-04:00\" } } } ]");
        await PauseAsync(stage);
        await stage.ExecuteAsync($"update triggers set expect_from = now() - interval '2 hours', expect_to = now() - interval '1 hour' where workspace_id = '{stage.Actor.WorkspaceId}'");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Of_a_schedule_that_skips_what_it_missed_what_is_due_now_is_started()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("skipping", "[ { schedule: { cron: \"* * * * * *\", missed: skip } } ]");
        await stage.MakeDueAsync(TimeSpan.FromMinutes(10));

        await stage.TickAsync();

        // On a slow machine the next second is due before all is done.
        (await stage.EventsAsync()).Split(", ").ShouldAllBe(seen => seen == "accepted schedule");
        (await stage.CountAsync("triggers", "next_at > now() - interval '10 seconds'")).ShouldBe(1);
    }

    private static async Task<(SavedPlanRow Plan, SeenEvent Call)> CallAsync(TriggerStage stage)
    {
        var plan = await stage.SaveAsync("hooked", "[ { webhook: { path: hooked, open: true } } ]");
        var workspace = await stage.AskAsync<string>($"select name::text from workspaces where id = '{stage.Actor.WorkspaceId}'");
        var found = await stage.Hub.Get<WebhookFinder>().FindAsync(workspace, "hooked", "POST", CancellationToken.None);
        return (plan, new SeenEvent { Trigger = found.ShouldNotBeNull(), Summary = "a call", Payload = "{}", OccurredAt = TimeProvider.System.GetUtcNow(), NotesDuplicate = true });
    }

    private async Task DeleteAsync(TriggerStage stage, SavedPlanRow plan)
    {
        await using var session = await database.Database.OpenAsync(stage.Actor, CancellationToken.None);
        (await PlanStore.DeleteAsync(session, plan.Id, plan.Version, CancellationToken.None)).ShouldBeTrue();
        await session.CommitAsync(CancellationToken.None);
    }

    private async Task PauseAsync(TriggerStage stage)
    {
        var id = await stage.AskAsync<Guid>($"select id from triggers where workspace_id = '{stage.Actor.WorkspaceId}'");
        await using var session = await database.Database.OpenAsync(stage.Actor, CancellationToken.None);
        (await TriggerStore.PauseAsync(session, id, CancellationToken.None)).ShouldBeTrue();
        await session.CommitAsync(CancellationToken.None);
    }
}
