using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

public sealed class WaitingSpecs
{
    private static readonly JsonElement Nothing = JsonElement.Parse("null");
    private readonly LanguageStage stage = new();

    [Fact]
    public async Task A_wait_goes_on_when_its_time_has_come()
    {
        var running = stage.RunAsync("steps: [{wait: 10m}, {use: fake.do, with: {text: after}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromMinutes(10));

        (await running).Output?.Value.GetString().ShouldBe("after");
    }

    [Theory]
    [InlineData("2026-01-31T12:30:00Z", 30)]
    [InlineData("2026-01-31T14:00:00+01:00", 60)]
    [InlineData("2026-02-01", 720)]
    [InlineData("${input.t}", 15)]
    public async Task Nothing_else_going_on_the_run_ends_and_says_when_to_wake_it(string wait, int minutes)
    {
        var run = stage.Run($"inputs: {{t: string}}\nsteps: [{{wait: '{wait}'}}, {{use: fake.do}}]", """{"t":"15m"}""") with { Stays = TimeSpan.FromSeconds(2) };

        var outcome = await stage.RunAsync(run);

        outcome.Status.ShouldBe(ExecutionStatus.Waiting);
        outcome.WakeAt.ShouldBe(stage.Clock.GetUtcNow().AddMinutes(minutes));
        outcome.Waits.ShouldHaveSingleItem().StepPath.ShouldBe("0");
        stage.Attempt("0").Status.ShouldBe(StepStatus.Waiting);
    }

    [Theory]
    [InlineData("2020-01-01")]
    [InlineData("0s")]
    public async Task A_time_that_is_past_is_not_waited_for(string time)
    {
        (await stage.RunAsync(stage.Run($"steps: [{{wait: '{time}'}}]") with { Stays = TimeSpan.Zero })).Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task What_is_no_time_fails_the_step()
    {
        (await stage.RunAsync("inputs: {t: any}\nsteps: [{wait: '${input.t}'}]", """{"t":5}""")).Error!.Message.ShouldStartWith("Step 0 (wait) cannot run: 'wait' needs a number and a unit");
    }

    [Fact]
    public async Task A_wait_counts_from_its_record_and_not_from_the_restart()
    {
        const string Plan = "steps: [{wait: 10m}, {use: fake.do}]";
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        var recorded = stage.Journal.Attempts;
        stage.Clock.Advance(TimeSpan.FromMinutes(9));

        var again = await stage.RunAsync(stage.Run(Plan, recorded: recorded) with { Stays = TimeSpan.Zero });
        stage.Clock.Advance(TimeSpan.FromMinutes(1));
        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: recorded) with { Stays = TimeSpan.Zero });

        (again.Status, again.WakeAt).ShouldBe((ExecutionStatus.Waiting, stage.Clock.GetUtcNow()));
        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task The_run_stays_while_something_else_goes_on_and_hears_signals_live()
    {
        var running = stage.RunAsync(stage.Run("""
            steps:
              - parallel:
                  - [{approve: {ask: "Sure?", by: [editor]}}, {use: fake.do, with: {text: yes}}]
                  - [{use: fake.do, with: {text: block}}]
            """) with { Stays = TimeSpan.Zero });
        await stage.BegunAsync("0.branches[1].0");
        stage.Signals.Add(Signal.Approval("0.branches[0].0", isApproved: true, "fine", "Ann", stage.Clock.GetUtcNow()));
        await stage.BegunAsync("0.branches[0].1");
        stage.Release();
        var outcome = await running;

        outcome.Output?.Value.GetRawText().ShouldBe("""["yes","block"]""");
        stage.Attempt("0.branches[0].0").Output?.Value.GetRawText().ShouldBe("""{"approved":true,"by":"Ann","comment":"fine","at":"2026-01-31T12:00:00Z"}""");
    }

    [Fact]
    public async Task An_approval_tells_what_is_asked_of_whom_until_when()
    {
        var outcome = await stage.RunAsync(stage.Run("inputs: {s: string}\nsteps: [{id: ok, approve: {ask: 'Publish ${input.s}?', by: [editor, ann@example.org], within: 2d}}]", """{"s":"x"}""") with { Stays = TimeSpan.FromMinutes(1) });

        var wait = outcome.Waits.ShouldHaveSingleItem();
        (wait.Kind, wait.Ask, wait.StepId, wait.Until).ShouldBe((WaitKind.Approval, "Publish x?", "ok", stage.Clock.GetUtcNow().AddDays(2)));
        wait.By.ShouldBe(["editor", "ann@example.org"]);
        outcome.WaitingFor.ShouldBe("an approval ('Publish x?') by editor or ann@example.org until 2026-02-02 12:00:00 UTC");
        outcome.WakeAt.ShouldBe(wait.Until);
    }

    [Theory]
    [InlineData(true, ExecutionStatus.Succeeded, null)]
    [InlineData(false, ExecutionStatus.Failed, "Ann refused: no")]
    public async Task An_answer_on_record_is_found_at_the_next_run(bool isApproved, ExecutionStatus status, string? message)
    {
        const string Plan = "steps: [{approve: {ask: 'Go?'}}]";
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        stage.Signals.Add(Signal.Approval("0", isApproved, "no", "Ann", stage.Clock.GetUtcNow()));

        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts));

        (outcome.Status, outcome.Error?.Message).ShouldBe((status, message));
    }

    [Fact]
    public async Task An_approval_after_its_deadline_counts_as_none()
    {
        const string Plan = "steps: [{approve: {ask: 'Go?', within: 1h}}]\non_failure: [{use: fake.do, with: {text: '${error.kind}'}}]";
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        stage.Clock.Advance(TimeSpan.FromHours(2));
        stage.Signals.Add(Signal.Approval("0", isApproved: true, null, "Ann", stage.Clock.GetUtcNow()));

        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts));

        (outcome.Status, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, "Step 0 (approve) waited 1h for an answer, and none came."));
        stage.Attempt("on_failure.0").Output?.Value.GetString().ShouldBe("timed_out");
    }

    [Fact]
    public async Task An_answer_in_time_counts_even_when_it_is_found_later()
    {
        const string Plan = "steps: [{approve: {ask: 'Go?', within: 1h}}]";
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        stage.Signals.Add(Signal.Approval("0", isApproved: true, null, "Ann", stage.Clock.GetUtcNow().AddMinutes(59)));
        stage.Clock.Advance(TimeSpan.FromHours(2));

        (await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts))).Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task An_event_is_waited_for_by_its_name_and_gives_what_came_with_it()
    {
        var running = stage.RunAsync("steps: [{id: e, wait: {event: 'deployed', within: 1h}}, {use: fake.do, with: {value: '${steps.e.output.version}'}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Signals.Add(Signal.Event("0", JsonElement.Parse("""{"version":7}"""), stage.Clock.GetUtcNow()));

        (await running).Output?.Value.GetRawText().ShouldBe("7");
    }

    [Fact]
    public async Task An_event_that_does_not_come_in_time_is_a_failure()
    {
        var running = stage.RunAsync("steps: [{wait: {event: deployed, within: 1h}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromHours(1));

        (await running).Error!.ShouldSatisfyAllConditions(
            error => error.Kind.ShouldBe(ProviderErrorKind.TimedOut),
            error => error.Message.ShouldBe("Step 0 (wait) waited 1h for the event 'deployed', and none came."));
    }

    [Fact]
    public async Task A_called_plan_is_started_with_the_record_of_its_step_and_its_end_is_the_steps()
    {
        var calls = new List<(string Path, PlanCall Call)>();
        stage.Journal = new MemoryJournal { StartCall = (path, call) => { calls.Add((path, call)); return Task.CompletedTask; } };
        const string Plan = "inputs: {s: string}\nsteps: [{id: c, call: {plan: purge, with: {site: '${input.s}'}}}, {use: fake.do, with: {value: '${steps.c.output.done}'}}]";
        var outcome = await stage.RunAsync(stage.Run(Plan, """{"s":"x"}""") with { Stays = TimeSpan.Zero });
        var (path, call) = calls.ShouldHaveSingleItem();
        stage.Signals.Add(Signal.CallEnded(path, call.ExecutionId, ExecutionStatus.Succeeded, new StepOutput(JsonElement.Parse("""{"done":true}""")), null, stage.Clock.GetUtcNow()));

        var end = await stage.RunAsync(stage.Run(Plan, """{"s":"x"}""", stage.Journal.Attempts) with { Stays = TimeSpan.Zero });

        outcome.Waits.ShouldHaveSingleItem().Kind.ShouldBe(WaitKind.Call);
        (call.Plan, call.Inputs.GetRawText(), call.IsAwaited, call.ExecutionId.Version).ShouldBe(("purge", """{"site":"x"}""", true, 7));
        calls.Count.ShouldBe(1);
        end.Output?.Value.GetRawText().ShouldBe("true");
    }

    [Theory]
    [InlineData(ExecutionStatus.Failed, ProviderErrorKind.NotFound, "The plan 'purge' failed: It is gone.")]
    [InlineData(ExecutionStatus.Cancelled, ProviderErrorKind.Stopped, "The plan 'purge' was cancelled.")]
    public async Task A_called_plan_that_does_not_succeed_fails_its_step(ExecutionStatus status, ProviderErrorKind kind, string message)
    {
        stage.Journal = new MemoryJournal
        {
            StartCall = (path, call) =>
            {
                stage.Signals.Add(Signal.CallEnded(path, call.ExecutionId, status, null, new ProviderError { Kind = ProviderErrorKind.NotFound, Message = "It is gone." }, stage.Clock.GetUtcNow()));
                return Task.CompletedTask;
            },
        };

        var outcome = await stage.RunAsync("steps: [{call: {plan: purge}}]");

        (outcome.Status, outcome.Error?.Kind).ShouldBe((ExecutionStatus.Failed, kind));
        outcome.Error!.Message.ShouldStartWith(message);
    }

    [Fact]
    public async Task A_call_that_is_not_waited_for_ends_when_the_plan_is_started()
    {
        PlanCall? started = null;
        stage.Journal = new MemoryJournal { StartCall = (_, call) => { started = call; return Task.CompletedTask; } };

        var outcome = await stage.RunAsync("steps: [{call: {plan: purge, wait: false}}]");

        outcome.Output?.Value.GetProperty("execution").GetGuid().ShouldBe(started!.ExecutionId);
    }

    [Fact]
    public async Task A_call_that_is_refused_fails_its_step()
    {
        (await stage.RunAsync("steps: [{call: {plan: purge}}]")).Error?.Message.ShouldBe("The plan 'purge' cannot be called from here.");
    }

    [Fact]
    public async Task A_long_wait_before_the_next_attempt_does_not_need_the_run_to_stay()
    {
        const string Plan = "steps: [{use: fake.do, with: {text: later}, retry: {attempts: 3, delay: 1h, jitter: true, max: 2h}}]";
        var outcome = await new PlanRunner(stage.Stage.Providers, stage.Clock).RunAsync(stage.Run(Plan) with { Stays = TimeSpan.FromSeconds(1) }, stage.Journal, default);
        var wait = outcome.Waits.ShouldHaveSingleItem();
        var again = await new PlanRunner(stage.Stage.Providers, stage.Clock).RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts) with { Stays = TimeSpan.FromSeconds(1) }, stage.Journal, default);

        (outcome.Status, wait.Kind).ShouldBe((ExecutionStatus.Waiting, WaitKind.Retry));
        again.WakeAt.ShouldBe(wait.Until);
        stage.Called.Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_wait_is_woken_for_the_nearest_time_limit_around_it()
    {
        var outcome = await stage.RunAsync(stage.Run("timeout: 3h\nsteps: [{parallel: [{approve: {ask: a}}, {timeout: 1h, try: [{wait: 2h}], finally: [{use: fake.do}]}]}]") with { Stays = TimeSpan.Zero });

        (outcome.Waits.Count, outcome.WakeAt).ShouldBe((2, stage.Clock.GetUtcNow().AddHours(1)));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var running = stage.RunAsync("steps: [{parallel: [{wait: 1h}, {approve: {ask: a}}]}]", cancellationToken: cancel.Token);
        await stage.Clock.WaitForTimersAsync();
        await cancel.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Attempt("0.branches[0].0").Status.ShouldBe(StepStatus.Cancelled);
    }

    [Fact]
    public async Task A_run_that_is_handed_over_leaves_its_waits_as_they_are()
    {
        using var handOver = new CancellationTokenSource();
        var running = stage.RunAsync(stage.Run("steps: [{wait: 1h}]") with { HandOver = handOver.Token });
        await stage.Clock.WaitForTimersAsync();
        await handOver.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Queued);
        stage.Attempt("0").Status.ShouldBe(StepStatus.Waiting);
    }

    [Fact]
    public async Task What_often_comes_soon_is_stayed_for_as_long_as_the_run_says()
    {
        var running = stage.RunAsync(stage.Run("steps: [{wait: {event: e}}]") with { Stays = TimeSpan.FromSeconds(3) });
        await stage.Clock.WaitForTimersAsync();
        running.IsCompleted.ShouldBeFalse();
        stage.Clock.Advance(TimeSpan.FromSeconds(3));

        (await running).Status.ShouldBe(ExecutionStatus.Waiting);
    }

    [Fact]
    public void Of_two_signals_for_one_step_the_first_counts()
    {
        var signals = new Signals([Signal.Event("0", Nothing, stage.Clock.GetUtcNow(), "one")]);
        signals.Add(Signal.Event("0", Nothing, stage.Clock.GetUtcNow(), "other"));

        signals.Find("0")!.By.ShouldBe("one");
    }
}
