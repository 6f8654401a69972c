using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class PlanRunnerSpecs
{
    private readonly PlanStage stage = new();

    [Fact]
    public async Task Steps_run_in_order_and_the_last_output_is_the_plans()
    {
        var outcome = await stage.RunAsync("steps: [{use: fake.do, with: {text: a}}, {use: fake.do, with: {text: b}}]");

        (outcome.Status, outcome.Output?.Value.GetRawText()).ShouldBe((ExecutionStatus.Succeeded, """{"text":"b"}"""));
        stage.Journal.Attempts.Select(attempt => (attempt.StepPath, attempt.Attempt, attempt.Status)).ShouldBe(
            [("0", 1, StepStatus.Succeeded), ("1", 1, StepStatus.Succeeded)]);
        stage.Journal.Lines.Select(line => line.Message).ShouldBe(
            ["Step 0 (fake.do) starts.", "Step 0 (fake.do) succeeded in 0s.", "Step 1 (fake.do) starts.", "Step 1 (fake.do) succeeded in 0s."]);
    }

    [Fact]
    public async Task A_failure_ends_the_execution_and_names_its_step()
    {
        stage.Fake.Answer = (_, _) => Task.FromResult(FakeProvider.Fails(isTransient: false));

        var outcome = await stage.RunAsync("steps: [{id: a, use: fake.do, retry: {attempts: 5}}, {use: fake.do}]");

        (outcome.Status, outcome.FailedStepPath, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, "0", "It is down."));
        stage.Fake.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_step_that_keeps_going_fails_the_execution_only_at_its_end()
    {
        stage.Fake.Answer = (call, _) => Task.FromResult(call.StepPath == "0" ? FakeProvider.Fails(isTransient: false) : ProviderResult.Success(call.Parameters));

        var outcome = await stage.RunAsync("steps: [{use: fake.do, keep_going: true}, {use: fake.do, with: {text: b}}]");

        (outcome.Status, outcome.FailedStepPath, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, "0", "It is down."));
        outcome.Output?.Value.GetRawText().ShouldBe("""{"text":"b"}""");
        stage.Journal.Attempts.Select(attempt => attempt.Status).ShouldBe([StepStatus.Failed, StepStatus.Succeeded]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transient_failure_is_retried_whether_returned_or_thrown(bool isThrown)
    {
        var failures = 2;
        stage.Fake.Answer = (_, _) => failures-- <= 0
            ? Task.FromResult(ProviderResult.Success())
            : isThrown
                ? throw new EndpointException(EndpointError.Disconnected, "It is down.", isTransient: true)
                : Task.FromResult(FakeProvider.Fails(isTransient: true));

        var run = stage.RunAsync("steps: [{use: fake.do, retry: {attempts: 3, delay: 1s, factor: 3, jitter: false}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromMilliseconds(999));
        stage.Fake.Calls.Count.ShouldBe(1);
        stage.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(3));
        var outcome = await run;

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        stage.Journal.Attempts.Select(attempt => (attempt.Attempt, attempt.Status)).ShouldBe(
            [(1, StepStatus.Failed), (2, StepStatus.Failed), (3, StepStatus.Succeeded)]);
        stage.Fake.Calls.Select(call => call.IdempotencyKey).Distinct().Count().ShouldBe(1);
        stage.Journal.Lines.ShouldContain(line => line.Level == StepLogLevel.Warning && line.Message.Contains("It is down. The next attempt is due in 3s.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{use: fake.again}", 3)]
    [InlineData("{use: fake.do, repeatable: true}", 3)]
    [InlineData("{use: fake.again, retry: {attempts: 1}}", 1)]
    [InlineData("{use: fake.do}", 1)]
    public async Task Without_a_word_on_retrying_only_what_may_be_repeated_is(string step, int attempts)
    {
        stage.Fake.Answer = (_, _) => Task.FromResult(FakeProvider.Fails(isTransient: true));

        var run = stage.RunAsync($"steps: [{step}]");
        for (var i = 1; i < attempts; i++)
        {
            await stage.Clock.WaitForTimersAsync();
            stage.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        (await run).Status.ShouldBe(ExecutionStatus.Failed);
        stage.Fake.Calls.Count.ShouldBe(attempts);
    }

    [Fact]
    public async Task The_other_sides_wish_is_kept_to_when_it_is_longer()
    {
        stage.Fake.Answer = (_, _) => Task.FromResult(stage.Fake.Calls.Count > 1 ? ProviderResult.Success() : FakeProvider.Fails(true, TimeSpan.FromMinutes(5)));

        var run = stage.RunAsync("steps: [{use: fake.do, retry: {attempts: 2, max: 10s}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(299));
        stage.Fake.Calls.Count.ShouldBe(1);
        stage.Clock.Advance(TimeSpan.FromSeconds(1));

        (await run).Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task A_step_that_does_not_end_in_its_time_has_failed_for_a_passing_reason()
    {
        stage.Fake.Answer = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Clock, token);
            return ProviderResult.Success();
        };

        var run = stage.RunAsync("steps: [{use: fake.do, timeout: 30s}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(30));
        var outcome = await run;

        (outcome.Status, outcome.Error?.Kind, outcome.Error?.IsTransient, outcome.Error?.Message).ShouldBe(
            (ExecutionStatus.Failed, ProviderErrorKind.TimedOut, true, "Step 0 (fake.do) did not end within its timeout of 30s."));
    }

    [Fact]
    public async Task A_step_that_blocks_without_ever_waiting_cannot_outlast_its_time()
    {
        using var release = new ManualResetEventSlim();
        stage.Fake.Answer = (_, _) =>
        {
            release.Wait(CancellationToken.None);
            return Task.FromResult(ProviderResult.Success());
        };

        var run = stage.RunAsync("steps: [{use: fake.do, timeout: 30s, retry: {attempts: 3}}]");
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(30));
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        var outcome = await run;
        release.Set();

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.MayHaveRun);
        outcome.Error!.Message.ShouldContain("may still be going on");
    }

    [Fact]
    public async Task Cancelling_stops_the_running_step()
    {
        using var cancel = new CancellationTokenSource();
        stage.Fake.Answer = async (_, token) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Clock, token);
            return ProviderResult.Success();
        };

        var outcome = await stage.RunAsync("steps: [{use: fake.do}, {use: fake.do}]", cancellationToken: cancel.Token);

        outcome.Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Cancelled);
    }

    [Fact]
    public async Task A_step_that_does_not_listen_to_cancelling_is_left_alone_within_two_seconds_and_marked()
    {
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource<ProviderResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        IStepLog? log = null;
        stage.Fake.Answer = (call, _) =>
        {
            log = call.Log;
            cancel.Cancel();
            return never.Task;
        };

        var run = stage.RunAsync("steps: [{use: fake.do}]", cancellationToken: cancel.Token);
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        stage.Clock.TimersSet.ShouldBe(0, "it is waited for longer than two seconds");
        var outcome = await run;
        log!.Write(StepLogLevel.Info, "Too late.");
        never.SetResult(ProviderResult.Success());

        outcome.Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.MayHaveRun);
        stage.Journal.Lines.ShouldNotContain(line => line.Message == "Too late.");
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_between_attempts()
    {
        using var cancel = new CancellationTokenSource();
        stage.Fake.Answer = (_, _) => Task.FromResult(FakeProvider.Fails(isTransient: true));

        var run = stage.RunAsync("steps: [{use: fake.do, retry: {attempts: 3}}]", cancellationToken: cancel.Token);
        await stage.Clock.WaitForTimersAsync();
        await cancel.CancelAsync();

        (await run).Status.ShouldBe(ExecutionStatus.Cancelled);
    }

    [Fact]
    public async Task An_execution_is_handed_over_between_its_steps()
    {
        using var stop = new CancellationTokenSource();
        stage.Fake.Answer = async (call, _) =>
        {
            await stop.CancelAsync();
            return ProviderResult.Success(call.Parameters);
        };
        var run = stage.Run(PlanStage.Read("steps: [{use: fake.do, with: {text: a}}, {use: fake.do, with: {text: '${steps.0.output.text}b'}}]"));

        var handedOver = await stage.Runner.RunAsync(run with { HandOver = stop.Token }, stage.Journal, default);
        var outcome = await stage.Runner.RunAsync(run with { Recorded = stage.Journal.Attempts }, stage.Journal, default);

        handedOver.Status.ShouldBe(ExecutionStatus.Queued);
        (outcome.Status, outcome.Output?.Value.GetRawText()).ShouldBe((ExecutionStatus.Succeeded, """{"text":"ab"}"""));
        stage.Fake.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_step_recorded_as_succeeded_never_runs_again_and_its_output_is_referred_to()
    {
        var plan = PlanStage.Read("steps: [{use: fake.do}, {use: fake.do, with: {text: '${steps.0.output.id}'}}]");

        var outcome = await stage.Runner.RunAsync(
            stage.Run(plan, recorded: PlanStage.Attempt(StepStatus.Succeeded, output: """{"id":"kept"}""")), stage.Journal, default);

        outcome.Output?.Value.GetRawText().ShouldBe("""{"text":"kept"}""");
        stage.Fake.Calls.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("{use: fake.again}")]
    [InlineData("{use: fake.do, repeatable: true}")]
    [InlineData("{use: fake.either, with: {text: safe}}")]
    [InlineData("{use: fake.pure}")]
    public async Task A_step_cut_off_is_made_again_where_that_is_safe(string step)
    {
        var outcome = await stage.Runner.RunAsync(
            stage.Run(PlanStage.Read($"steps: [{step}]"), recorded: PlanStage.Attempt(StepStatus.Running)), stage.Journal, default);

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        stage.Journal.Attempts.Select(attempt => (attempt.Attempt, attempt.Status)).ShouldBe([(1, StepStatus.MayHaveRun), (2, StepStatus.Succeeded)]);
    }

    [Theory]
    [InlineData("{use: fake.do}", StepStatus.Running)]
    [InlineData("{use: fake.do, retry: {attempts: 5}}", StepStatus.Running)]
    [InlineData("{use: fake.either, with: {text: unsafe}}", StepStatus.Running)]
    [InlineData("{use: fake.do}", StepStatus.MayHaveRun)]
    public async Task A_step_cut_off_that_may_not_be_repeated_is_marked_and_says_what_to_do(string step, StepStatus status)
    {
        var outcome = await stage.Runner.RunAsync(
            stage.Run(PlanStage.Read($"steps: [{step}]"), recorded: PlanStage.Attempt(status)), stage.Journal, default);

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0"));
        outcome.Error!.Message.ShouldContain("may have run");
        outcome.Error.Message.ShouldContain("repeatable: true");
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.MayHaveRun);
        stage.Fake.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Numbers_of_attempts_and_waits_go_on_after_a_restart()
    {
        var failed = FakeProvider.Fails(isTransient: true).Error;
        var plan = PlanStage.Read("steps: [{use: fake.do, retry: {attempts: 3, delay: 10s, factor: 2, jitter: false}}]");
        stage.Clock.Advance(TimeSpan.FromSeconds(15));
        stage.Fake.Answer = (_, _) => Task.FromResult(FakeProvider.Fails(isTransient: true));

        var run = stage.Runner.RunAsync(
            stage.Run(plan, recorded: [PlanStage.Attempt(StepStatus.Failed, 1, error: failed), PlanStage.Attempt(StepStatus.Failed, 2, error: failed)]), stage.Journal, default);
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(4));
        stage.Fake.Calls.ShouldBeEmpty();
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        var outcome = await run;

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        stage.Journal.Attempts.ShouldHaveSingleItem().Attempt.ShouldBe(3);
    }

    [Fact]
    public async Task A_step_that_had_failed_for_good_is_not_tried_again_after_a_restart()
    {
        var error = FakeProvider.Fails(isTransient: false).Error;

        var outcome = await stage.Runner.RunAsync(
            stage.Run(PlanStage.Read("steps: [{use: fake.do, retry: {attempts: 3}}]"), recorded: PlanStage.Attempt(StepStatus.Failed, error: error)), stage.Journal, default);

        (outcome.Status, outcome.Error).ShouldBe((ExecutionStatus.Failed, error));
        stage.Fake.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pure_step_is_on_record_only_when_it_has_ended()
    {
        var seen = new List<StepStatus>();
        var journal = new MemoryJournal(new Listener(seen));

        await stage.Runner.RunAsync(stage.Run(PlanStage.Read("steps: [{use: fake.pure}, {use: fake.do}]")), journal, default);

        seen.ShouldBe([StepStatus.Succeeded, StepStatus.Running, StepStatus.Succeeded]);
    }

    [Fact]
    public async Task Parameters_come_in_their_types_with_the_defaults_filled_in()
    {
        await stage.RunAsync("""
            inputs: { n: any }
            steps:
              - {use: fake.do, with: {count: "${input.n}", text: 1.50, flag: "true", wait: "5s"}}
              - {use: fake.needs, with: {url: "x${input.n}"}}
            """, """{"n":"42"}""");

        stage.Fake.Calls.Select(call => call.Parameters.GetRawText()).ShouldBe(
            ["""{"text":"1.50","count":42,"flag":true,"wait":"5s"}""", """{"url":"x42","limit":7}"""]);
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_fails_the_step_before_anything_is_called()
    {
        var outcome = await stage.RunAsync("inputs: { n: any }\nsteps: [{use: fake.do, with: {count: '${input.n}'}}]", """{"n":[1]}""");

        outcome.Error!.Message.ShouldBe("Step 0 (fake.do) cannot run: 'count' must be a whole number, not a list.");
        stage.Fake.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Secrets_stay_references_until_the_provider_asks_and_are_masked_in_all_that_is_kept()
    {
        stage.Secrets["KEY"] = "s3cr\"et";
        stage.Fake.Answer = async (call, token) =>
        {
            var header = call.Parameters.GetProperty("headers").GetProperty("a").GetString()!;
            var secret = await Engine.Secrets.SecretText.ExpandAsync(header, call.Secrets, token);
            call.Log.Write(StepLogLevel.Info, $"Sent {secret}.", JsonSerializer.SerializeToElement(new { secret }));
            return ProviderResult.Success(JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { [secret] = [secret] }), secret);
        };

        var outcome = await stage.RunAsync("steps: [{use: fake.do, with: {headers: {a: 'Bearer ${cred:KEY}'}}}, {use: fake.pure, with: {value: '${steps.0.message}'}}]");

        stage.Fake.Calls.First().Parameters.GetRawText().ShouldBe("""{"headers":{"a":"Bearer ${cred:KEY}"}}""");
        stage.Journal.Attempts[0].Output?.Value.GetRawText().ShouldBe("""{"Bearer ***":["Bearer ***"]}""");
        outcome.Output.ShouldNotBeNull();
        JsonSerializer.Serialize(stage.Journal.Attempts).ShouldNotContain("s3cr");
        stage.Journal.Lines.ShouldContain(line => line.Message == "Sent Bearer ***." && line.Fields!.Value.GetRawText() == """{"secret":"Bearer ***"}""");
        string.Join('\n', stage.Journal.Lines).ShouldNotContain("s3cr");
    }

    [Fact]
    public async Task An_input_cannot_smuggle_in_a_reference_to_a_secret()
    {
        stage.Secrets["KEY"] = "secret";
        string? sent = null;
        stage.Fake.Answer = async (call, token) =>
        {
            var headers = call.Parameters.GetProperty("headers");
            sent = await Engine.Secrets.SecretText.ExpandAsync(headers.GetProperty("a").GetString()!, call.Secrets, token)
                + await Engine.Secrets.SecretText.ExpandAsync(headers.GetProperty("b").GetProperty("c").GetString()!, call.Secrets, token);
            return ProviderResult.Success();
        };

        await stage.RunAsync(
            "inputs: {x: any}\nsteps: [{use: fake.do, with: {headers: {a: 'v ${input.x.c} ${cred:KEY}', b: '${input.x}'}}}]", """{"x":{"c":"${cred:KEY}"}}""");

        sent.ShouldBe("v ${cred:KEY} secret${cred:KEY}");
    }

    [Theory]
    [InlineData("${input.x.a}${input.x.b}", "${cred:KEY}")]
    [InlineData("${input.x.a}{cred:KEY}", "${cred:KEY}")]
    [InlineData("${input.x.a}${cred:KEY}", "$secret")]
    [InlineData("${'$'}${input.x.b}", "${cred:KEY}")]
    public async Task Two_values_side_by_side_cannot_make_a_reference_either(string header, string expected)
    {
        stage.Secrets["KEY"] = "secret";
        string? sent = null;
        stage.Fake.Answer = async (call, token) =>
        {
            sent = await Engine.Secrets.SecretText.ExpandAsync(call.Parameters.GetProperty("headers").GetProperty("a").GetString()!, call.Secrets, token);
            return ProviderResult.Success();
        };

        await stage.RunAsync($"inputs: {{x: any}}\nsteps: [{{use: fake.do, with: {{headers: {{a: \"{header}\"}}}}}}]", """{"x":{"a":"$","b":"{cred:KEY}"}}""");

        sent.ShouldBe(expected);
    }

    [Fact]
    public async Task An_output_over_the_limit_is_refused_with_a_clear_error()
    {
        stage.Fake.Answer = (_, _) => Task.FromResult(ProviderResult.Success(JsonSerializer.SerializeToElement(new string('x', 17 * 1024 * 1024))));

        var outcome = await stage.RunAsync("steps: [{use: fake.do}]");

        outcome.Error!.Message.ShouldBe("Step 0 (fake.do) was done, but its output of 17.0 MB is more than the 16 MB that are kept. Ask for less of it, or move it as a file.");
    }

    [Fact]
    public async Task A_journal_that_is_lost_stops_the_running_step_at_once()
    {
        var stopped = new TaskCompletionSource();
        stage.Fake.Answer = async (call, token) =>
        {
            token.Register(stopped.SetResult);
            Should.Throw<JournalLostException>(() => call.Log.Write(StepLogLevel.Info, "x"));
            await stopped.Task;
            return ProviderResult.Success();
        };

        await Should.ThrowAsync<JournalLostException>(
            stage.Runner.RunAsync(stage.Run(PlanStage.Read("steps: [{use: fake.do}, {use: fake.do}]")), new LostJournal(), default));

        stage.Fake.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Json_with_half_a_surrogate_pair_fails_a_step_and_nothing_else()
    {
        stage.Secrets["KEY"] = "secret";
        stage.Fake.Answer = async (call, token) =>
        {
            await call.Secrets.FindAsync("KEY", token);
            return ProviderResult.Success(JsonElement.Parse("""{"\ud800":1,"text":"\udfff"}"""));
        };

        (await stage.RunAsync("steps: [{use: fake.do}, {use: fake.pure, with: {value: 'a ${steps.0.output.text}'}}]")).Status.ShouldBe(ExecutionStatus.Failed);
        (await stage.RunAsync("steps: [{use: fake.do}, {use: fake.pure, with: {value: '${steps.0.output.b}'}}]")).Status.ShouldBe(ExecutionStatus.Failed);
        (await stage.RunAsync("steps: [{use: fake.do}]")).Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task An_exception_nobody_explains_is_an_error_of_the_step()
    {
        stage.Fake.Answer = (_, _) => throw new FormatException("Odd.");

        var outcome = await stage.RunAsync("steps: [{use: fake.do, retry: {attempts: 3}}]");

        outcome.Error!.Message.ShouldBe("The provider failed in a way it does not explain: FormatException: Odd.");
        stage.Fake.Calls.ShouldHaveSingleItem();
    }

    private sealed class Listener(List<StepStatus> seen) : IJournalListener
    {
        public void Recorded(StepAttempt attempt) => seen.Add(attempt.Status);

        public void Wrote(ExecutionLogLine line)
        {
        }

        public void Reported(string stepPath, JsonElement progress)
        {
        }
    }

    /// <summary>Its execution belongs to somebody else as soon as the step has begun.</summary>
    private sealed class LostJournal : IExecutionJournal
    {
        private bool isLost;

        public ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken) =>
            attempt.Status == StepStatus.Running ? ValueTask.CompletedTask : throw new JournalLostException("Lost.");

        public void Write(ExecutionLogLine line)
        {
            if (isLost)
            {
                throw new JournalLostException("Lost.");
            }

            isLost = true;
        }

        public void Report(string stepPath, JsonElement progress)
        {
        }
    }
}
