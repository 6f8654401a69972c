using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

public sealed class ControlStepSpecs
{
    private readonly LanguageStage stage = new();

    [Theory]
    [InlineData("true", "0.then.0", "yes")]
    [InlineData("false", "0.else.0", "no")]
    [InlineData("'true'", "0.then.0", "yes")]
    public async Task If_runs_one_list_or_the_other(string given, string path, string answer)
    {
        var outcome = await stage.RunAsync(
            $"inputs: {{x: any}}\nsteps: [{{if: '${{input.x}}', then: [{{use: fake.do, with: {{text: yes}}}}], else: [{{use: fake.do, with: {{text: no}}}}]}}]", $"{{\"x\":{given.Replace('\'', '"')}}}");

        (outcome.Status, outcome.Output?.Value.GetString()).ShouldBe((ExecutionStatus.Succeeded, answer));
        stage.Called.ShouldBe([path]);
    }

    [Fact]
    public async Task If_without_else_does_nothing_when_the_condition_does_not_hold()
    {
        var outcome = await stage.RunAsync("steps: [{id: c, if: false, then: [{use: fake.do}]}, {use: fake.do, with: {text: '${steps.c.output ?? \"none\"}'}}]");

        outcome.Output?.Value.GetString().ShouldBe("none");
        stage.Called.ShouldBe(["1"]);
    }

    [Theory]
    [InlineData("${input.x}", "\"maybe\"", "Step 0 (if) cannot run: the condition must be true or false, and is this text")]
    [InlineData("${input.x.y}", "{}", "Step 0 (if) cannot run: ${input.x.y}: there is no 'y' in input.x. It is empty.")]
    public async Task A_condition_that_is_none_fails_the_step(string condition, string given, string message)
    {
        var outcome = await stage.RunAsync($"inputs: {{x: any}}\nsteps: [{{if: '{condition}', then: [{{use: fake.do}}]}}]", $"{{\"x\":{given}}}");

        (outcome.FailedStepPath, outcome.Error?.Message).ShouldBe(("0", message));
    }

    [Fact]
    public async Task An_item_answers_a_map_of_its_steps_with_ids()
    {
        var outcome = await stage.RunAsync("""
            inputs: { items: list }
            steps:
              - id: pages
                each: ${input.items}
                parallel: 8
                steps:
                  - { id: text, use: fake.do, with: { text: "About ${item.title}" } }
                  - { use: fake.do, with: { text: "${steps.text.output}!" } }
              - if: ${steps.pages.output[0].text != null}
                then: [ { use: fake.do, with: { text: "${steps.pages.output[1].text}" } } ]
            """, """{"items":[{"title":"One"},{"title":"Two"}]}""");

        outcome.Output?.Value.GetString().ShouldBe("About Two");
        stage.Attempt("0").Output?.Value.GetRawText().ShouldBe("""[{"text":"About One"},{"text":"About Two"}]""");
    }

    [Fact]
    public async Task Each_over_nothing_answers_an_empty_list()
    {
        var outcome = await stage.RunAsync("steps: [{each: [], steps: [{use: fake.do}]}]");

        (outcome.Status, outcome.Output?.Value.GetRawText()).ShouldBe((ExecutionStatus.Succeeded, "[]"));
        stage.Called.ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_fails_with_more_failures_than_it_may_have_and_begins_nothing_more()
    {
        var outcome = await stage.RunAsync("steps: [{each: [a, fail, fail, b], max_failures: 1, steps: [{use: fake.do, with: {text: '${item}'}}]}]");

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        outcome.FailedStepPath.ShouldBe("0.items[2].0");
        outcome.Error?.Message.ShouldBe("More than 1 items failed, the last of them item 2: It is down.");
        stage.Called.ShouldBe(["0.items[0].0", "0.items[1].0", "0.items[2].0"]);
    }

    [Fact]
    public async Task Items_that_may_fail_answer_null_and_their_errors_are_kept()
    {
        var outcome = await stage.RunAsync("steps: [{each: [a, fail, b], max_failures: 1, steps: [{use: fake.do, with: {text: '${item}'}}]}]");

        (outcome.Status, outcome.Output?.Value.GetRawText()).ShouldBe((ExecutionStatus.Succeeded, """["a",null,"b"]"""));
        stage.Attempt("0").Metadata!["errors"].ShouldBe("""[{"item":1,"step":"0.items[1].0","kind":"unavailable","message":"It is down."}]""");
        stage.Attempt("0").Metadata!["failed"].ShouldBe("1");
    }

    [Fact]
    public async Task An_each_that_nobody_can_read_to_the_end_says_so()
    {
        stage.Stage.Fake.Answer = (_, _) => Task.FromResult(ProviderResult.Success(JsonSerializer.SerializeToElement(new string('x', 6_000_000))));

        var outcome = await stage.RunAsync("steps: [{id: a, each: [1, 2, 3], steps: [{use: fake.do}]}, {use: fake.do, with: {text: '${length(steps.a.output)}'}}]");

        outcome.Error?.Message.ShouldBe("The items of Step 'a' (each) answer more than the 16 MB that are kept. Let the steps within answer less.");
    }

    [Fact]
    public async Task What_an_each_answers_is_left_out_when_it_is_too_much_and_nobody_asks()
    {
        stage.Stage.Fake.Answer = (_, _) => Task.FromResult(ProviderResult.Success(JsonSerializer.SerializeToElement(new string('x', 6_000_000))));

        var outcome = await stage.RunAsync("steps: [{each: [1, 2, 3], steps: [{use: fake.do}]}]");

        (outcome.Status, outcome.Output).ShouldBe((ExecutionStatus.Succeeded, null));
    }

    [Fact]
    public async Task Parallel_runs_its_branches_beside_each_other()
    {
        var running = stage.RunAsync("steps: [{parallel: [{use: fake.do, with: {text: block}}, [{use: fake.do, with: {text: block}}, {use: fake.do, with: {text: b}}]]}]");
        await Task.WhenAll(stage.BegunAsync("0.branches[0].0"), stage.BegunAsync("0.branches[1].0"));
        stage.Release();
        var outcome = await running;

        outcome.Output?.Value.GetRawText().ShouldBe("""["block","b"]""");
    }

    [Fact]
    public async Task When_a_branch_fails_what_runs_beside_it_ends_and_nothing_more_begins()
    {
        var running = stage.RunAsync("""
            steps:
              - parallel:
                  - [{use: fake.do, with: {text: block}}, {use: fake.do}]
                  - [{wait: 1h}]
                  - [{use: fake.do, with: {text: fail}}]
            """);
        await Task.WhenAll(stage.BegunAsync("0.branches[0].0"), stage.BegunAsync("0.branches[2].0"));
        stage.Release();
        var outcome = await running;

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0.branches[2].0"));
        stage.Attempt("0.branches[0].0").Status.ShouldBe(StepStatus.Succeeded);
        stage.Attempt("0.branches[1].0").Status.ShouldBe(StepStatus.Cancelled);
        stage.Called.ShouldNotContain("0.branches[0].1");
    }

    [Fact]
    public async Task A_graph_runs_at_once_what_can()
    {
        var running = stage.RunAsync("""
            steps:
              - {id: a, use: fake.do, with: {text: block}}
              - {id: b, use: fake.do, with: {text: block}}
              - {id: c, use: fake.do, with: {text: "${steps.a.output} ${steps.b.output}"}, needs: [a, b]}
            """);
        await Task.WhenAll(stage.BegunAsync("0"), stage.BegunAsync("1"));
        stage.Called.ShouldNotContain("2");
        stage.Release();
        var outcome = await running;

        (outcome.Status, outcome.Output?.Value.GetString()).ShouldBe((ExecutionStatus.Succeeded, "block block"));
    }

    [Fact]
    public async Task In_a_graph_what_needs_a_failed_step_is_skipped_and_the_rest_ends()
    {
        var outcome = await stage.RunAsync("""
            steps:
              - {id: a, use: fake.do, with: {text: fail}}
              - {id: b, use: fake.do, with: {text: b}}
              - {id: c, use: fake.do, needs: [a]}
              - {id: d, use: fake.do, needs: [c]}
              - {id: e, use: fake.do, with: {text: e}, needs: [b]}
            """);

        (outcome.Status, outcome.FailedStepPath, outcome.Output?.Value.GetString()).ShouldBe((ExecutionStatus.Failed, "0", "e"));
        stage.Called.Order().ShouldBe(["0", "1", "4"]);
        (stage.Attempt("2").Status, stage.Attempt("3").Status).ShouldBe((StepStatus.Skipped, StepStatus.Skipped));
    }

    [Fact]
    public async Task In_a_graph_what_keeps_going_lets_others_go_on()
    {
        var outcome = await stage.RunAsync("steps: [{id: a, use: fake.do, with: {text: fail}, keep_going: true}, {use: fake.do, with: {text: b}, needs: a}]");

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0"));
        stage.Called.ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task Catch_runs_on_a_failure_and_knows_it()
    {
        var outcome = await stage.RunAsync("""
            steps:
              - id: t
                try:
                  - {id: first, use: fake.do, with: {text: one}}
                  - {id: second, use: fake.do, with: {text: fail}}
                  - {use: fake.do}
                catch:
                  - {use: fake.do, with: {text: "${error.step} ${error.kind}: ${error.message} ${steps.first.output} ${steps.second.output ?? 'nothing'}"}}
              - {use: fake.do, with: {text: "after ${steps.t.output}"}}
            """);

        (outcome.Status, outcome.Output?.Value.GetString()).ShouldBe((ExecutionStatus.Succeeded, "after second unavailable: It is down. one nothing"));
        stage.Called.ShouldBe(["0.try.0", "0.try.1", "0.catch.0", "1"]);
    }

    [Fact]
    public async Task Finally_runs_in_any_case_and_the_failure_stays()
    {
        var outcome = await stage.RunAsync("steps: [{try: [{use: fake.do, with: {text: fail}}], finally: [{use: fake.do, with: {text: f}}]}, {use: fake.do}]");

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0.try.0"));
        stage.Called.ShouldBe(["0.try.0", "0.finally.0"]);
    }

    [Theory]
    [InlineData("succeeded", ExecutionStatus.Succeeded)]
    [InlineData("failed", ExecutionStatus.Failed)]
    [InlineData("cancelled", ExecutionStatus.Cancelled)]
    public async Task Stop_ends_the_execution_from_wherever_it_is(string status, ExecutionStatus expected)
    {
        var outcome = await stage.RunAsync("""
            steps:
              - each: [1, 2]
                keep_going: true
                steps:
                  - try: [{if: true, then: [{stop: {status: STATUS, message: "Item ${item}.", output: [1]}}]}]
                    catch: [{use: fake.do, with: {text: caught}}]
                    finally: [{use: fake.do, with: {text: finally}}]
              - {use: fake.do}
            on_failure: [{use: fake.do, with: {text: "${error.kind} ${error.message}"}}]
            """.Replace("STATUS", status, StringComparison.Ordinal));

        (outcome.Status, outcome.Output?.Value.GetRawText()).ShouldBe((expected, "[1]"));
        stage.Called.ShouldBe(expected == ExecutionStatus.Failed ? (string[])["0.items[0].0.finally.0", "on_failure.0"] : ["0.items[0].0.finally.0"]);
        if (expected == ExecutionStatus.Failed)
        {
            (outcome.Error?.Message, outcome.FailedStepPath).ShouldBe(("Item 1.", "0.items[0].0.try.0.then.0"));
            stage.Attempt("on_failure.0").Output?.Value.GetString().ShouldBe("stopped Item 1.");
        }
    }

    [Fact]
    public async Task On_failure_runs_before_the_execution_ends_and_changes_nothing_about_it()
    {
        var outcome = await stage.RunAsync("""
            name: p
            steps: [{id: a, use: fake.do, with: {text: one}}, {id: b, use: fake.do, with: {text: fail}}, {id: c, use: fake.do}]
            on_failure: [{use: fake.do, with: {text: "${plan.name} ${error.step}: ${error.message} ${steps.a.output} ${steps.c.output ?? 'no c'}"}}, {use: fake.do, with: {text: fail}}]
            """);

        (outcome.Status, outcome.FailedStepPath, outcome.Error?.Message, outcome.Output?.Value.GetString()).ShouldBe((ExecutionStatus.Failed, "1", "It is down.", "one"));
        stage.Attempt("on_failure.0").Output?.Value.GetString().ShouldBe("p b: It is down. one no c");
    }

    [Fact]
    public async Task On_failure_does_not_run_when_the_execution_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var running = stage.RunAsync("steps: [{try: [{use: fake.do, with: {text: block}}], catch: [{use: fake.do}]}]\non_failure: [{use: fake.do}]", cancellationToken: cancel.Token);
        await stage.BegunAsync("0.try.0");
        await cancel.CancelAsync();
        var outcome = await running;

        outcome.Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Called.ShouldBe(["0.try.0"]);
    }

    [Fact]
    public async Task On_failure_runs_when_a_credential_is_missing_at_the_beginning()
    {
        stage.Stage.Secrets["THERE"] = "x";

        var outcome = await stage.RunAsync("""
            steps: [{use: fake.do, with: {token: "${cred:MISSING}"}}]
            on_failure: [{use: fake.do, with: {token: "${cred:THERE}", text: "${error.message}"}}]
            """);

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        stage.Called.ShouldBe(["on_failure.0"]);
        stage.Attempt("on_failure.0").Output!.Value.GetString()!.ShouldContain("MISSING");
    }

    [Fact]
    public async Task The_timeout_of_a_control_step_ends_what_is_within_and_is_a_failure()
    {
        var running = stage.RunAsync("""
            steps:
              - try: [{timeout: 10s, each: [1], steps: [{use: fake.do, with: {text: block}}]}]
                catch: [{use: fake.do, with: {text: "${error.kind}: ${error.message}"}}]
            """);
        await stage.BegunAsync("0.try.0.items[0].0");
        stage.Clock.Advance(TimeSpan.FromSeconds(10));
        var outcome = await running;

        outcome.Output?.Value.GetString().ShouldBe("timed_out: Step 0.try.0 (each) did not end within its timeout of 10s.");
        stage.Attempt("0.try.0.items[0].0").Status.ShouldBe(StepStatus.Cancelled);
    }

    [Fact]
    public async Task The_timeout_of_the_plan_is_a_failure_that_is_handled()
    {
        var running = stage.RunAsync("timeout: 1m\nsteps: [{use: fake.do, with: {text: block}}]\non_failure: [{use: fake.do, with: {text: '${error.kind}'}}]");
        await stage.BegunAsync("0");
        stage.Clock.Advance(TimeSpan.FromMinutes(1));
        var outcome = await running;

        (outcome.Status, outcome.Error?.Kind, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, ProviderErrorKind.TimedOut, "The execution did not end within its timeout of 1m."));
        stage.Attempt("on_failure.0").Output?.Value.GetString().ShouldBe("timed_out");
    }

    [Fact]
    public async Task The_timeout_of_the_plan_counts_from_its_first_beginning()
    {
        var run = stage.Run("timeout: 1h\nsteps: [{use: fake.do, with: {text: block}}]") with { StartedAt = stage.Clock.GetUtcNow() - TimeSpan.FromMinutes(59) };
        var running = stage.RunAsync(run);
        await stage.BegunAsync("0");
        stage.Clock.Advance(TimeSpan.FromMinutes(1));

        (await running).Error?.Kind.ShouldBe(ProviderErrorKind.TimedOut);
    }

    [Fact]
    public async Task A_step_that_keeps_going_within_a_list_fails_that_list_at_its_end()
    {
        var outcome = await stage.RunAsync("steps: [{if: true, then: [{use: fake.do, with: {text: fail}, keep_going: true}, {use: fake.do, with: {text: b}}]}, {use: fake.do}]");

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0.then.0"));
        stage.Called.ShouldBe(["0.then.0", "0.then.1"]);
    }

    [Fact]
    public async Task References_find_trigger_item_index_and_steps_further_out()
    {
        var run = stage.Run("""
            steps:
              - {id: a, use: fake.do, with: {text: A}}
              - each: [x]
                steps:
                  - {id: b, use: fake.do, with: {text: B}}
                  - if: true
                    then: [{use: fake.do, with: {text: "${trigger.body.y} ${steps.a.output} ${steps.0.output} {{step_1.output}} ${steps.b.output} ${item}${index} ${execution.id}"}}]
            """) with { Trigger = JsonElement.Parse("""{"body":{"y":7}}""") };

        var outcome = await stage.RunAsync(run);

        outcome.Error?.Message.ShouldBeNull();
        stage.Attempt("1.items[0].1.then.0").Output?.Value.GetString().ShouldBe("7 A A A B x0 01900000-0000-7000-8000-000000000001");
        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task A_reference_out_of_range_fails_the_step_by_name()
    {
        var outcome = await stage.RunAsync("steps: [{id: a, each: [1, 2], steps: [{use: fake.pure, with: {value: '${item}'}}]}, {id: b, use: fake.do, with: {value: '${steps.a.output[2]}'}}]");

        outcome.Error?.Message.ShouldBe("Step 'b' (fake.do) cannot run: ${steps.a.output[2]}: there is no [2] in steps.a.output: it is a list of 2, counted from 0.");
    }

    [Fact]
    public async Task Numbers_beyond_two_to_the_53_stay_exact_through_lists_and_items()
    {
        var outcome = await stage.RunAsync("steps: [{id: a, each: [9007199254740993, 12345678901234567890123], steps: [{use: fake.pure, with: {value: '${item}'}}]}, {use: fake.pure, with: {value: '${steps.a.output}'}}]");

        outcome.Output?.Value.GetRawText().ShouldBe("[9007199254740993,12345678901234567890123]");
    }

    [Fact]
    public async Task Each_step_of_each_item_has_its_own_idempotency_key()
    {
        await stage.RunAsync("steps: [{each: [1, 2, 3], steps: [{use: fake.do}, {use: fake.do}]}]");

        stage.Stage.Fake.Calls.Select(call => call.IdempotencyKey).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task A_long_chain_of_needs_is_no_deep_stack()
    {
        var steps = Enumerable.Range(1, 5_000).Select(number => $"{{id: s{number}, needs: s{number - 1}, use: fake.pure, with: {{value: '${{steps.s{number - 1}.output}}'}}}}");

        var outcome = await stage.RunAsync("steps: [{id: s0, use: fake.pure, with: {value: first}}, " + string.Join(", ", steps) + "]");

        outcome.Output?.Value.GetString().ShouldBe("first");
    }

    [Theory]
    [InlineData("steps: [{timeout: 10s, try: [{use: fake.do}], finally: [{use: fake.do, with: {text: f}}]}]", "0.try.0", "Step 0 (try) did not end within its timeout of 10s.")]
    [InlineData("timeout: 10s\nsteps: [{use: fake.do}]", "0", "The execution did not end within its timeout of 10s.")]
    public async Task What_does_not_stop_when_its_time_is_over_has_timed_out_all_the_same(string plan, string path, string message)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Stage.Fake.Answer = async (_, _) =>
        {
            begun.TrySetResult();
            await new TaskCompletionSource().Task;
            return ProviderResult.Success();
        };

        var running = stage.RunAsync(plan);
        await begun.Task;
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(10));
        await stage.Clock.WaitForTimersAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(2));
        var outcome = await running;

        (outcome.Status, outcome.FailedStepPath, outcome.Error?.Kind, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, path, ProviderErrorKind.TimedOut, message));
        stage.Attempt(path).Status.ShouldBe(StepStatus.MayHaveRun);
    }
}
