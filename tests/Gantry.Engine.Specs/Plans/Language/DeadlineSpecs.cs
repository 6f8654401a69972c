using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>Time limits hold while nobody is at an execution: it is taken up again after they were over.</summary>
public sealed class DeadlineSpecs
{
    private const string Within = "{wait: 10m}, {use: fake.do}";
    private readonly LanguageStage stage = new();

    [Theory]
    [InlineData("parallel: [[" + Within + "], [" + Within + "]]", "parallel")]
    [InlineData("try: [" + Within + "], catch: [{use: fake.do}], finally: [{use: fake.do}]", "try")]
    [InlineData("if: true, then: [" + Within + "]", "if")]
    [InlineData("if: false, then: [{use: fake.do}], else: [" + Within + "]", "if")]
    [InlineData("each: [1, 2, 3], parallel: 2, steps: [" + Within + "]", "each")]
    [InlineData("each: [1, 2], max_failures: 2, steps: [" + Within + "]", "each")]
    [InlineData("if: true, then: [{id: a, wait: 10m}, {id: b, needs: a, use: fake.do}, {needs: b, use: fake.do}]", "if")]
    [InlineData("if: true, then: [{if: true, then: [" + Within + "]}, {use: fake.do}]", "if")]
    [InlineData("if: true, then: [{wait: 10m}, {use: fake.do, with: {text: '${env.NONE}'}}]", "if")]
    [InlineData("if: true, then: [{wait: 10m}, {use: fake.do, with: {text: '${item}'}, keep_going: true}]", "if")]
    [InlineData("if: true, then: [{wait: {event: e}}, {use: fake.do}]", "if")]
    [InlineData("if: true, then: [{approve: {ask: a, within: 3h}}, {use: fake.do}]", "if")]
    [InlineData("if: true, then: [{wait: 10m}, {call: {plan: other}}]", "if")]
    [InlineData("if: true, then: [{wait: 10m}, {call: {plan: other, wait: false}}]", "if")]
    [InlineData("if: true, then: [{wait: 10m}, {stop: {message: done}}]", "if")]
    public async Task Nothing_within_a_control_step_begins_after_its_time(string block, string use)
    {
        var plan = $"steps: [{{timeout: 1h, {block}}}]";
        await stage.RunAsync(stage.Run(plan) with { Stays = TimeSpan.Zero });
        var attempts = stage.Journal.Attempts;
        stage.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await stage.RunAsync(stage.Run(plan, recorded: attempts) with { Stays = TimeSpan.Zero });

        stage.Called.ShouldBeEmpty();
        stage.Journal.Attempts.Select(attempt => attempt.StepPath).ShouldBe(attempts.Select(attempt => attempt.StepPath), "no step was begun");
        (outcome.Status, outcome.Error?.Kind, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, ProviderErrorKind.TimedOut, $"Step 0 ({use}) did not end within its timeout of 1h."));
        stage.Attempt("0").Status.ShouldBe(StepStatus.Failed);
    }

    [Fact]
    public async Task A_step_that_failed_for_a_passing_reason_is_not_tried_again_after_the_time_around_it()
    {
        const string Plan = "steps: [{timeout: 1h, if: true, then: [{use: fake.do, with: {text: later}, retry: {attempts: 3, delay: 10m, jitter: false}}]}]";
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        stage.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts) with { Stays = TimeSpan.Zero });

        stage.Called.Count().ShouldBe(1);
        outcome.Error?.Message.ShouldBe("Step 0 (if) did not end within its timeout of 1h.");
    }

    [Fact]
    public async Task A_step_that_was_cut_off_is_not_made_again_after_the_time_around_it()
    {
        const string Plan = "steps: [{timeout: 1h, if: true, then: [{use: fake.do, with: {text: block}, repeatable: true}]}]";
        _ = stage.RunAsync(Plan);
        await stage.BegunAsync("0.then.0");
        var attempts = stage.Journal.Attempts;
        stage.Release();
        var later = new LanguageStage();
        later.Release();
        later.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await later.RunAsync(later.Run(Plan, recorded: attempts));

        later.Called.ShouldBeEmpty();
        outcome.Error?.Message.ShouldBe("Step 0 (if) did not end within its timeout of 1h.");
        later.Journal.Lines.ShouldContain(line => line.Message == "Step 0.then.0 (fake.do) was cut off in attempt 1. It is not made again, since what it is part of has ended.");
    }

    [Theory]
    [InlineData(59, ExecutionStatus.Succeeded)]
    [InlineData(61, ExecutionStatus.Failed)]
    public async Task An_answer_counts_when_it_came_within_the_time_around_its_step(int minutes, ExecutionStatus status)
    {
        const string Plan = "steps: [{timeout: 1h, if: true, then: [{approve: {ask: 'Go?', within: 2h}}]}]";
        var waits = await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero });
        stage.Signals.Add(Signal.Approval("0.then.0", isApproved: true, null, "Ann", stage.Clock.GetUtcNow().AddMinutes(minutes)));
        stage.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts));

        outcome.Status.ShouldBe(status);
        waits.WaitingFor.ShouldBe("an approval ('Go?') until 2026-01-31 13:00:00 UTC");
    }

    [Theory]
    [InlineData("timeout: 1h, call: {plan: other}", "Step 0 (call) did not end within its timeout of 1h.")]
    [InlineData("timeout: 1h, if: true, then: [{call: {plan: other}}]", "Step 0 (if) did not end within its timeout of 1h.")]
    public async Task The_end_of_a_called_plan_comes_too_late_after_the_time_around_the_call(string step, string message)
    {
        var plan = $"steps: [{{{step}}}, {{use: fake.do}}]";
        stage.Journal = new MemoryJournal { StartCall = (_, _) => Task.CompletedTask };
        var wait = (await stage.RunAsync(stage.Run(plan) with { Stays = TimeSpan.Zero })).Waits.ShouldHaveSingleItem();
        stage.Clock.Advance(TimeSpan.FromHours(2));
        stage.Signals.Add(Signal.CallEnded(wait.StepPath, wait.Call!.ExecutionId, ExecutionStatus.Succeeded, null, null, stage.Clock.GetUtcNow()));

        var outcome = await stage.RunAsync(stage.Run(plan, recorded: stage.Journal.Attempts));

        (outcome.Status, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, message));
        wait.ClosesAt.ShouldBe(stage.Clock.GetUtcNow().AddHours(-1));
        stage.Called.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_but_what_a_failure_calls_for_begins_after_the_time_of_the_plan()
    {
        const string Plan = "timeout: 1h\nsteps: [{parallel: [[{wait: 10m}, {use: fake.do}]]}, {use: fake.do}]\non_failure: [{use: fake.do, with: {text: '${error.kind}'}}]";
        var startedAt = stage.Clock.GetUtcNow();
        await stage.RunAsync(stage.Run(Plan) with { Stays = TimeSpan.Zero, StartedAt = startedAt });
        stage.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await stage.RunAsync(stage.Run(Plan, recorded: stage.Journal.Attempts) with { StartedAt = startedAt });

        stage.Called.ShouldBe(["on_failure.0"]);
        (outcome.Status, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, "The execution did not end within its timeout of 1h."));
    }

    [Theory]
    [InlineData("steps: [{wait: 10m}, {use: fake.do}]\non_failure: [{use: fake.do}]")]
    [InlineData("timeout: 30m\nsteps: [{try: [{wait: 10m}, {use: fake.do}], catch: [{use: fake.do}]}]")]
    public async Task A_called_plan_is_cancelled_when_the_time_around_its_call_is_over(string plan)
    {
        var run = stage.Run(plan) with { Stays = TimeSpan.Zero, StartedAt = stage.Clock.GetUtcNow(), CallEndsAt = stage.Clock.GetUtcNow().AddHours(1) };
        await stage.RunAsync(run);
        stage.Clock.Advance(TimeSpan.FromHours(2));

        var outcome = await stage.RunAsync(run with { Recorded = stage.Journal.Attempts });

        stage.Called.ShouldBeEmpty();
        outcome.Status.ShouldBe(ExecutionStatus.Cancelled);
    }

    [Fact]
    public async Task What_a_called_plan_calls_has_the_time_around_the_first_call_too()
    {
        stage.Journal = new MemoryJournal { StartCall = (_, _) => Task.CompletedTask };
        var endsAt = stage.Clock.GetUtcNow().AddHours(1);

        var outcome = await stage.RunAsync(stage.Run("timeout: 3h\nsteps: [{timeout: 2h, call: {plan: other}}]") with { Stays = TimeSpan.Zero, CallEndsAt = endsAt });

        outcome.Waits.ShouldHaveSingleItem().ClosesAt.ShouldBe(endsAt);
    }

    [Fact]
    public async Task A_step_does_not_begin_between_the_end_of_the_time_and_the_timer_that_tells_of_it()
    {
        var late = new LateTimers(stage.Clock);
        stage.Stage.Fake.Answer = (call, _) =>
        {
            late.Passed += TimeSpan.FromMinutes(40);
            return Task.FromResult(ProviderResult.Success(JsonElement.Parse("1")));
        };

        var outcome = await new PlanRunner(stage.Stage.Providers, late).RunAsync(stage.Run("steps: [{timeout: 1h, each: [1, 2, 3], steps: [{use: fake.do}]}]"), stage.Journal, default);

        stage.Called.Count().ShouldBe(2);
        outcome.Error?.Message.ShouldBe("Step 0 (each) did not end within its timeout of 1h.");
    }

    /// <summary>A machine that is so busy that no timer tells of anything.</summary>
    private sealed class LateTimers(TimeProvider clock) : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Passed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
    }
}
