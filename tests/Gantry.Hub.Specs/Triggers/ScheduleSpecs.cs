using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Specs.Executions;
using Gantry.Hub.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

public sealed class ScheduleSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task An_occurrence_that_is_due_starts_the_plan_once_and_the_next_one_is_set()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("daily", "[ { schedule: { every: 1h } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();
        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("accepted schedule");
        (await stage.AskAsync<string>($"select string_agg(status, ' ') from executions where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe("succeeded");
        var seen = await stage.SeenAsync();
        seen.GetProperty("kind").GetString().ShouldBe("schedule");
        seen.GetProperty("missed").GetBoolean().ShouldBeFalse();
        (await stage.AskAsync<bool>($"select next_at > now() and next_at <= now() + interval '1 hour' from triggers where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_due_is_left_alone()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("daily", "[ { schedule: { every: 1h } } ]");

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("once", 1, "accepted schedule")]
    [InlineData("skip", 0, "filtered schedule")]
    public async Task Of_ten_thousand_missed_occurrences_the_policy_makes_one_or_none(string policy, int executions, string events)
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("often", $"[ {{ schedule: {{ every: 1h, missed: {policy} }} }} ]");
        await stage.ExecuteAsync("update triggers set anchor = now() - interval '20000 hours 30 minutes'");
        await stage.MakeDueAsync(TimeSpan.FromHours(10_000.5));

        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(executions);
        (await stage.EventsAsync()).ShouldBe(events);
        (await stage.AskAsync<bool>($"select next_at > now() from triggers where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Ten_thousand_missed_occurrences_are_each_made_up_for_when_the_policy_says_all()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("often", "[ { schedule: { every: 1h, missed: all } } ]");
        await stage.ExecuteAsync("update triggers set anchor = date_trunc('second', now()) - interval '20000 hours 30 minutes'");
        await stage.ExecuteAsync($"update triggers set next_at = anchor + interval '10001 hours' where workspace_id = '{stage.Actor.WorkspaceId}'");

        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(10_000);
        (await stage.CountAsync("events", "status = 'accepted'")).ShouldBe(10_000);
        (await stage.AskAsync<long>($"select count(distinct key) from events where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe(10_000);
    }

    [Fact]
    public async Task Two_hubs_start_each_of_a_thousand_schedules_that_are_due_at_once_once()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await using var other = await RunningHub.StartAsync(database, new ScriptedProvider());
        var plan = await stage.SaveAsync("many", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync($"""
            insert into triggers (id, workspace_id, plan_id, plan_version, user_id, kind, identity, watches, settings, next_at)
            select gen_random_uuid(), workspace_id, plan_id, plan_version, user_id, kind, 'n ' || n, watches, settings, now() - interval '1 second'
            from triggers, generate_series(1, 1000) n where plan_id = '{plan.Id}'
            """);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(index => Task.Run(() => (index % 2 == 0 ? stage.Hub : other).Get<Scheduler>().TickAsync(CancellationToken.None))));
        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(1000);
        (await stage.CountAsync("events", "status = 'accepted'")).ShouldBe(1000);
        (await stage.CountAsync("triggers", "next_at > now()")).ShouldBe(1001);
    }

    [Fact]
    public async Task An_occurrence_that_was_taken_by_a_hub_that_died_is_started_by_another()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("daily", "[ { schedule: { every: 1h } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        (await stage.Hub.Get<TriggerWork>().TakeSchedulesAsync(CancellationToken.None)).Count.ShouldBe(1);
        await stage.TickAsync();
        (await stage.CountAsync()).ShouldBe(0);

        await stage.ExecuteAsync("update triggers set held_until = now() - interval '1 second'");
        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_schedule_whose_zone_is_gone_says_so_and_goes_on_when_the_zone_is_back()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("zoned", "[ { schedule: { cron: '0 6 * * *', zone: Europe/Berlin } } ]");
        await stage.ExecuteAsync($"update triggers set settings = replace(settings, 'Europe/Berlin', 'Europe/Atlantis') where plan_id = '{plan.Id}'");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.AskAsync<string>($"select broken from triggers where plan_id = '{plan.Id}'")).ShouldContain("There is no time zone 'Europe/Atlantis' on this machine.");
        (await stage.EventsAsync()).ShouldBe("alert schedule");
        await stage.ExecuteAsync($"update triggers set settings = replace(settings, 'Europe/Atlantis', 'Europe/Berlin') where plan_id = '{plan.Id}'");
        await stage.Hub.Get<Scheduler>().MendAsync(CancellationToken.None);
        (await stage.AskAsync<bool>($"select broken is null and next_at > now() from triggers where plan_id = '{plan.Id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_clock_that_was_set_far_ahead_and_back_leaves_no_schedule_asleep()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("jumped", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync($"update triggers set next_at = now() + interval '9 years' where plan_id = '{plan.Id}'");

        await stage.Hub.Get<Scheduler>().MendAsync(CancellationToken.None);

        (await stage.AskAsync<bool>($"select next_at <= now() + interval '1 hour' from triggers where plan_id = '{plan.Id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_brings_no_occurrence_twice_and_the_next_one_comes()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("backward", "[ { schedule: { every: 1h } } ]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));
        var planned = await stage.AskAsync<DateTime>($"select next_at from triggers where plan_id = '{plan.Id}'");
        await stage.TickAsync();

        // As it is looked at for mending by a clock that is behind.
        await stage.ExecuteAsync($"update triggers set next_at = '{planned:O}' where plan_id = '{plan.Id}'");
        await stage.TickAsync();

        (await stage.CountAsync()).ShouldBe(1);
        (await stage.EventsAsync()).ShouldBe("accepted schedule");
        (await stage.AskAsync<bool>($"select next_at > now() and held_by is null from triggers where plan_id = '{plan.Id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_clock_that_is_set_ahead_brings_what_was_leapt_over_once()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("forward", "[ { schedule: { every: 1h } } ]");

        // What was due in an hour is due since a day.
        await stage.MakeDueAsync(TimeSpan.FromDays(1));
        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("accepted schedule");
        (await stage.SeenAsync()).GetProperty("missed").GetBoolean().ShouldBeTrue();
        (await stage.AskAsync<bool>($"select next_at between now() and now() + interval '1 hour' from triggers where plan_id = '{plan.Id}'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_changed_plan_is_used_from_the_next_occurrence_on_and_keeps_its_beat()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("beat", "[ { schedule: { every: 1h } } ]");
        await stage.ExecuteAsync("update triggers set next_at = next_at + interval '7 minutes'");
        var next = await stage.AskAsync<DateTime>($"select next_at from triggers where workspace_id = '{stage.Actor.WorkspaceId}'");
        var second = await stage.SaveAsync("beat", "[ { schedule: { every: 1h } } ]", use: "test.safe");

        (await stage.AskAsync<DateTime>($"select next_at from triggers where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe(next);
        await stage.MakeDueAsync(TimeSpan.FromSeconds(1));
        await stage.TickAsync();

        (await stage.AskAsync<int>($"select plan_version from executions where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe(second.Version);
    }

    [Fact]
    public async Task A_schedule_that_was_changed_while_its_occurrence_was_started_keeps_its_new_time()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        var plan = await stage.SaveAsync("moved", "[ { schedule: { every: 1h } } ]");
        var before = await stage.AskAsync<string>($"select next_at::text from triggers where workspace_id = '{stage.Actor.WorkspaceId}'");
        var trigger = await stage.AskAsync<Guid>($"select id from triggers where workspace_id = '{stage.Actor.WorkspaceId}'");
        var started = TimeProvider.System.GetUtcNow().AddDays(-1);

        var record = EventRecord.Of(new EventRow
        {
            Id = Guid.CreateVersion7(),
            WorkspaceId = stage.Actor.WorkspaceId!.Value,
            TriggerId = trigger,
            PlanId = plan.Id,
            Kind = "schedule",
            Status = "filtered",
            Summary = "late",
            Attempts = 1,
            OccurredAt = started,
            Step = new ScheduleStep(started, started.AddHours(1)),
        });
        stage.Hub.Get<JournalWriter>().Add(record);
        await record.Settled;

        (await stage.AskAsync<string>($"select next_at::text from triggers where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldBe(before);
    }

    [Fact]
    public async Task A_trigger_that_the_new_text_does_not_have_starts_nothing_more()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("gone", "[ { schedule: { every: 1h } } ]");
        await stage.SaveAsync("gone", "[]");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.EventsAsync()).ShouldBe("");
        (await stage.CountAsync("triggers", "removed_at is null")).ShouldBe(0);
    }

    [Fact]
    public async Task Inputs_of_the_trigger_are_given_to_the_execution()
    {
        await using var stage = await TriggerStage.StartAsync(database);
        await stage.SaveAsync("given", "[ { schedule: { every: 1h, inputs: { at: \"${trigger.planned_at}\", n: 3 } } } ]", inputs: "{ at: string, n: integer }");
        await stage.MakeDueAsync(TimeSpan.FromSeconds(5));

        await stage.TickAsync();

        (await stage.AskAsync<string>($"select inputs from executions where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldContain("\"n\":3");
    }
}
