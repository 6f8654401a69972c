using Gantry.Hub.Executions;
using Gantry.Hub.Triggers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

public sealed class EventSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_start_that_is_refused_is_tried_again_and_is_dead_in_the_end()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]", inputs: "{ site: string }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("failed schedule");
        (await stage.AskAsync<string>($"select reason from events where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldContain("'site'");
        for (var attempt = 2; attempt <= EventLimits.AttemptsMax; attempt++)
        {
            await stage.ExecuteAsync("update events set next_attempt_at = now() where next_attempt_at is not null");
            await stage.TickAsync();
        }

        (await stage.EventsAsync()).ShouldBe("dead schedule");
        (await stage.AskAsync<int>($"select attempts from events where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe(EventLimits.AttemptsMax);
        (await stage.CountAsync("events", "next_attempt_at is not null")).ShouldBe(0);
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 30)]
    [InlineData(3, 90)]
    [InlineData(EventLimits.AttemptsMax - 1, 810)]
    public void The_pause_before_the_next_attempt_is_three_times_as_long_each_time(int attempts, int seconds) =>
        EventLimits.PauseAfter(attempts).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task A_start_that_was_refused_is_made_when_what_was_in_the_way_is_gone()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]", inputs: "{ site: string }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        await stage.TickAsync();
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync("update events set next_attempt_at = now() where next_attempt_at is not null");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("accepted schedule");
        (await stage.CountAsync()).ShouldBe(1);
        (await stage.SeenAsync()).GetProperty("kind").GetString().ShouldBe("schedule");
    }

    [Fact]
    public async Task Two_hubs_that_make_the_same_attempt_start_one_execution()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]", inputs: "{ site: string }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        await stage.TickAsync();
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync($"update events set next_attempt_at = now() where next_attempt_at is not null and workspace_id = '{stage.Actor.WorkspaceId}'");

        // What other tests left in the database is due as well.
        var due = (await stage.Hub.Get<TriggerWork>().TakeEventsAsync(CancellationToken.None))
            .Where(one => one.WorkspaceId == stage.Actor.WorkspaceId).ShouldHaveSingleItem();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => stage.Hub.Get<EventDelivery>().DeliverAsync(due, CancellationToken.None)));
        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(1);
        (await stage.EventsAsync()).ShouldBe("accepted schedule");
    }

    [Fact]
    public async Task Whoever_may_not_start_executions_any_more_starts_none()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("left", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync($"update memberships set role = 'viewer' where user_id = '{stage.Actor.UserId}'");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("failed schedule");
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_end_of_an_execution_starts_the_plans_that_watch_for_it()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("build", "[ { schedule: { every: 1h } } ]");
        await stage.SaveAsync("publish", "[ { execution: { plan: build } } ]");
        await stage.SaveAsync("mourn", "[ { execution: { plan: build, status: failed } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();
        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("accepted schedule, accepted execution");
        var seen = (await stage.SeenAsync()).GetProperty("execution");
        seen.GetProperty("plan").GetString().ShouldBe("build");
        seen.GetProperty("status").GetString().ShouldBe("succeeded");
        seen.GetProperty("output").GetProperty("kind").GetString().ShouldBe("schedule");
    }

    [Fact]
    public async Task Plans_that_start_each_other_in_a_circle_come_to_an_end()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("ping", "[ { schedule: { every: 1h } }, { execution: { plan: pong } } ]");
        await stage.SaveAsync("pong", "[ { execution: { plan: ping } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        for (var i = 0; i < EventLimits.ChainMax + 3; i++)
            await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(1 + EventLimits.ChainMax);
        (await stage.CountAsync("events", "status = 'dead' and reason like '%circle%'")).ShouldBe(1);
    }

    [Fact]
    public async Task What_when_is_not_true_of_is_filtered()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("choosy", "[ { schedule: { every: 1h, when: \"${trigger.missed}\" } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("filtered schedule");
        (await stage.CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("now() - interval '90 minutes'", "accepted")]
    [InlineData("now() - interval '3 hours'", "alert")]
    public async Task Something_that_had_to_come_and_did_not_raises_an_alert_once(string arrivedAt, string last)
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("expecting", "[ { webhook: { path: daily, open: true, expect: { between: \"02:00-04:00\", zone: Europe/Berlin } } } ]");
        await stage.ExecuteAsync($"""
            update triggers set expect_from = now() - interval '2 hours', expect_to = now() - interval '1 minute' where plan_id = '{plan.Id}';
            insert into events (id, workspace_id, trigger_id, plan_id, kind, status, summary, occurred_at)
            select new_event_id(), workspace_id, id, plan_id, kind, 'accepted', '', {arrivedAt} from triggers where plan_id = '{plan.Id}'
            """);

        var window = await stage.AskAsync<DateTime>($"select expect_to from triggers where plan_id = '{plan.Id}'");
        await stage.TickAsync();
        await stage.TickAsync();

        // As when a hub died after the alert and before it moved on.
        await stage.ExecuteAsync($"update triggers set expect_from = now() - interval '2 hours', expect_to = '{window:O}' where plan_id = '{plan.Id}'");
        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldEndWith($"{last} webhook");
        (await stage.CountAsync("events", "status = 'alert'")).ShouldBe(last == "alert" ? 1 : 0);
        (await stage.AskAsync<bool>($"select expect_to > now() from triggers where plan_id = '{plan.Id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_is_only_missed_when_the_place_was_looked_at_behind_the_end_of_the_window()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("expecting", "[ { files: { endpoint: nowhere, settle: 5s, interval: 30s, expect: { between: \"02:00-04:00\" } } } ]");
        var mine = $"where workspace_id = '{stage.Actor.WorkspaceId}'";
        await stage.ExecuteAsync($"update triggers set expect_from = now() - interval '2 hours', expect_to = now() - interval '1 minute', scanned_at = now() - interval '2 minutes' {mine}");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("");
        await stage.ExecuteAsync($"update triggers set scanned_at = now() - interval '10 seconds' {mine}");
        await stage.TickAsync();
        (await stage.EventsAsync()).ShouldBe("alert files");
        (await stage.AskAsync<bool>($"select expect_to > now() from triggers {mine}")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_place_that_cannot_be_looked_at_is_told_when_something_was_to_come_there()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("expecting", "[ { files: { endpoint: nowhere, expect: { between: \"02:00-04:00\" } } } ]");
        await stage.ExecuteAsync($"""
            update triggers set expect_from = now() - interval '2 hours', expect_to = now() - interval '10 minutes', broken = 'The server is away.'
            where workspace_id = '{stage.Actor.WorkspaceId}'
            """);

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("alert files");
        (await stage.AskAsync<string>($"select summary from events where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldContain("The place cannot be watched: The server is away.");
    }

    [Fact]
    public async Task What_is_expected_in_a_zone_that_is_gone_is_told_and_expected_again_when_the_zone_is_back()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("expecting", "[ { webhook: { path: zoned, open: true, expect: { between: \"02:00-04:00\", zone: Europe/Berlin } } } ]");
        var mine = $"where workspace_id = '{stage.Actor.WorkspaceId}'";
        await stage.ExecuteAsync($"update triggers set settings = replace(settings, 'Europe/Berlin', 'Europe/Lyonesse'), expect_from = now() - interval '2 hours', expect_to = now() - interval '1 minute' {mine}");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("alert webhook");
        (await stage.AskAsync<string>($"select broken from triggers {mine}")).ShouldContain("There is no time zone 'Europe/Lyonesse'");
        await stage.Hub.Get<Scheduler>().MendAsync(CancellationToken.None);
        (await stage.CountAsync("triggers", "expect_to is null and broken is not null")).ShouldBe(1);
        await stage.ExecuteAsync($"update triggers set settings = replace(settings, 'Europe/Lyonesse', 'Europe/Berlin') {mine}");
        await stage.Hub.Get<Scheduler>().MendAsync(CancellationToken.None);
        (await stage.CountAsync("triggers", "expect_to > now() and broken is null")).ShouldBe(1);
    }

    [Fact]
    public async Task A_hub_whose_clock_is_wrong_tries_again_when_it_is_time()
    {
        await using var stage = await TriggerStage.StartAsync(database, services => services.AddSingleton<TimeProvider>(new ManualClock()));
        await stage.SaveAsync("needy", "[ { schedule: { every: 1h } } ]", inputs: "{ site: string }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("failed schedule");
        (await stage.CountAsync("events", "next_attempt_at between now() - interval '10 seconds' and now() + interval '10 seconds'")).ShouldBe(1);
    }

    [Fact]
    public async Task Events_are_forgotten_when_they_are_older_than_is_kept()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("old", "[ { schedule: { every: 1h } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        await stage.TickAsync();
        await stage.ExecuteAsync($"""
            insert into events (id, workspace_id, trigger_id, plan_id, kind, status, summary, next_attempt_at)
            select new_event_id(), workspace_id, id, plan_id, kind, 'failed', '', now() + interval '1 day' from triggers where workspace_id = '{stage.Actor.WorkspaceId}';
            update events set created_at = now() - interval '91 days' where workspace_id = '{stage.Actor.WorkspaceId}';
            update triggers set removed_at = now() - interval '89 days' where workspace_id = '{stage.Actor.WorkspaceId}'
            """);

        await stage.Hub.Get<TriggerWork>().ForgetAsync(TimeSpan.FromDays(90), CancellationToken.None);

        (await stage.EventsAsync()).ShouldBe("failed schedule", "what is still tried is kept");
        (await stage.CountAsync("triggers")).ShouldBe(1);
        await stage.Hub.Get<TriggerWork>().ForgetAsync(TimeSpan.FromDays(88), CancellationToken.None);
        (await stage.CountAsync("triggers")).ShouldBe(0);
        (await stage.CountAsync()).ShouldBe(1);
    }
}
