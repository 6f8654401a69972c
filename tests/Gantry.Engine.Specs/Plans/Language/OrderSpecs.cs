using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>What comes first where several things go on at once. What would wait for ever when the order is another one is given up.</summary>
public sealed class OrderSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly LanguageStage stage = new();

    [Fact]
    public async Task Each_takes_its_items_in_their_order()
    {
        await stage.RunAsync("steps: [{each: [a, b, c, d], steps: [{use: fake.do, with: {text: '${index} ${item}'}}]}]");

        stage.Stage.Fake.Calls.Select(call => $"{call.StepPath} {call.Parameters.GetProperty("text").GetString()}")
            .ShouldBe(["0.items[0].0 0 a", "0.items[1].0 1 b", "0.items[2].0 2 c", "0.items[3].0 3 d"]);
    }

    [Fact]
    public async Task Each_answers_in_the_order_of_the_items_though_the_last_one_ends_first()
    {
        var ended = new ConcurrentDictionary<int, TaskCompletionSource>();
        var begun = 0;
        stage.Stage.Fake.Answer = async (call, _) =>
        {
            // The third of them to begin ends at once, and each other one after the one that began behind it.
            var turn = Interlocked.Increment(ref begun);
            await (turn == 3 ? Task.CompletedTask : Of(turn + 1).WaitAsync(Patience, TimeProvider.System, CancellationToken.None));
            ended.GetOrAdd(turn, _ => new()).TrySetResult();
            return ProviderResult.Success(call.Parameters.GetProperty("text"));
        };

        var outcome = await stage.RunAsync("steps: [{each: [a, b, c], parallel: 3, steps: [{use: fake.do, with: {text: '${index} ${item}'}}]}]");

        outcome.Output?.Value.GetRawText().ShouldBe("""["0 a","1 b","2 c"]""");

        Task Of(int turn) => ended.GetOrAdd(turn, _ => new()).Task;
    }

    [Theory]
    [InlineData("steps: [{parallel: [{use: fake.do, with: {text: late}}, {use: fake.do, with: {text: soon}}]}]", "0.branches[1].0", "soon")]
    [InlineData("steps: [{parallel: [{use: fake.do, with: {text: soon}}, {use: fake.do, with: {text: late}}]}]", "0.branches[0].0", "soon")]
    [InlineData("steps: [{id: a, use: fake.do, with: {text: late}}, {id: b, use: fake.do, with: {text: soon}}, {needs: [a, b], use: fake.do}]", "1", "soon")]
    [InlineData("steps: [{id: a, use: fake.do, with: {text: soon}}, {id: b, use: fake.do, with: {text: late}}, {needs: [a, b], use: fake.do}]", "0", "soon")]
    [InlineData("steps: [{each: [late, soon], parallel: 2, steps: [{use: fake.do, with: {text: '${item}'}}]}]", "0.items[1].0", "Item 1: soon")]
    [InlineData("steps: [{each: [soon, late], parallel: 2, steps: [{use: fake.do, with: {text: '${item}'}}]}]", "0.items[0].0", "Item 0: soon")]
    public async Task Of_two_failures_the_first_in_time_is_the_executions_error(string plan, string path, string message)
    {
        var soon = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var both = new CountdownEvent(2);
        stage.Journal = new MemoryJournal(new FirstFailure(soon));
        stage.Stage.Fake.Answer = async (call, _) =>
        {
            var text = call.Parameters.GetProperty("text").GetString()!;
            if (both.Signal())
            {
                // Both have begun.
                late.TrySetResult();
            }

            await late.Task.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
            if (text == "late")
            {
                await soon.Task.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
                stage.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            return ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Upstream, Message = text });
        };

        var outcome = await stage.RunAsync(plan);

        (outcome.Status, outcome.FailedStepPath, outcome.Error?.Message).ShouldBe((ExecutionStatus.Failed, path, message));
        stage.Journal.Attempts.Count(attempt => attempt.Status == StepStatus.Failed && attempt.Use == "fake.do").ShouldBe(2);
    }

    [Fact]
    public async Task Of_two_steps_that_fail_and_keep_going_the_first_is_the_executions_error()
    {
        stage.Stage.Fake.Answer = (call, _) =>
            Task.FromResult(ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Upstream, Message = call.Parameters.GetProperty("text").GetString()! }));

        var outcome = await stage.RunAsync("steps: [{use: fake.do, with: {text: one}, keep_going: true}, {use: fake.do, with: {text: two}, keep_going: true}, {use: fake.do, with: {text: three}}]");

        (outcome.FailedStepPath, outcome.Error?.Message).ShouldBe(("0", "one"));
        stage.Called.ShouldBe(["0", "1", "2"]);
    }

    [Theory]
    [InlineData(99, ExecutionStatus.Succeeded)]
    [InlineData(100, ExecutionStatus.Failed)]
    public async Task A_step_that_is_cut_off_each_time_is_not_made_for_ever(int times, ExecutionStatus status)
    {
        List<StepAttempt> recorded = [.. Enumerable.Range(1, times).Select(number => PlanStage.Attempt(number == times ? StepStatus.Running : StepStatus.MayHaveRun) with { Attempt = number })];

        var outcome = await stage.RunAsync(stage.Run("steps: [{use: fake.do, repeatable: true}]", recorded: recorded));

        outcome.Status.ShouldBe(status);
        stage.Called.Count().ShouldBe(status == ExecutionStatus.Succeeded ? 1 : 0);
        outcome.Error?.Message.ShouldBe("Step 0 (fake.do) was cut off 100 times. It is not made again: look for what stops the program while it runs.");
    }

    [Theory]
    [InlineData("steps: [{use: fake.do}, {use: fake.do}]", 1)]
    [InlineData("steps: [{if: true, then: [{use: fake.do}]}, {use: fake.do}]", 1)]
    [InlineData("steps: [{parallel: [{use: fake.do}, [{use: fake.do}, {use: fake.do}], {approve: {ask: a}}]}]", 2)]
    [InlineData("steps: [{each: [1, 2, 3], parallel: 2, steps: [{use: fake.do}]}]", 2)]
    [InlineData("steps: [{id: a, use: fake.do}, {id: b, use: fake.do}, {needs: [a, b], use: fake.do}]", 2)]
    [InlineData("steps: [{try: [{use: fake.do}], catch: [{use: fake.do}], finally: [{use: fake.do}]}]\non_failure: [{use: fake.do}]", 1)]
    [InlineData("steps: [{each: [1], steps: [{try: [{parallel: [{use: fake.do}, {use: fake.do}]}], finally: [{use: fake.do}]}]}]", 2)]
    [InlineData("steps: [{use: fake.do, repeatable: true, retry: {attempts: 5}}]", 1)]
    public async Task Cancelling_leaves_what_does_not_listen_within_two_seconds_wherever_it_is(string plan, int running)
    {
        using var cancel = new CancellationTokenSource();
        var begun = new CountdownEvent(running);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Stage.Fake.Answer = (_, _) =>
        {
            if (begun.Signal())
            {
                all.SetResult();
            }

            return new TaskCompletionSource<ProviderResult>().Task;
        };

        var run = stage.RunAsync(plan, cancellationToken: cancel.Token);
        await all.Task.WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
        await cancel.CancelAsync();
        await stage.Clock.WaitForTimersAsync(running).WaitAsync(Patience, TimeProvider.System, CancellationToken.None);
        stage.Clock.Advance(TimeSpan.FromSeconds(2));

        stage.Clock.TimersSet.ShouldBe(0, "something is waited for longer than two seconds");
        (await run.WaitAsync(Patience, TimeProvider.System, CancellationToken.None)).Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Called.Count().ShouldBe(running);
    }

    /// <summary>Tells when a step's failure is on record.</summary>
    private sealed class FirstFailure(TaskCompletionSource recorded) : IJournalListener
    {
        public void Recorded(StepAttempt attempt)
        {
            if (attempt.Status == StepStatus.Failed)
            {
                recorded.TrySetResult();
            }
        }

        public void Wrote(ExecutionLogLine line)
        {
        }

        public void Reported(string stepPath, JsonElement progress)
        {
        }
    }
}
