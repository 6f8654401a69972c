using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>Runs while nothing else does, since it looks at how much memory the process holds.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class LargeEachSpecs
{
    [Fact]
    public async Task Each_over_a_hundred_thousand_items_runs_each_once_and_keeps_only_what_it_answers()
    {
        var stage = new LanguageStage();
        stage.Stage.Fake.Answer = (call, _) => Task.FromResult(ProviderResult.Success(call.Parameters.GetProperty("value")));
        var items = "[" + string.Join(',', Enumerable.Range(0, 100_000)) + "]";
        var journal = new CountingJournal();
        var run = stage.Run(
            "inputs: {items: list}\nsteps: [{id: all, each: '${input.items}', parallel: 8, steps: [{use: fake.pure, with: {value: '${item}'}}]}, {use: fake.pure, with: {value: '${length(steps.all.output)}'}}]",
            $"{{\"items\":{items}}}");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var outcome = await stage.Stage.Runner.RunAsync(run, journal, default);
        stage.Stage.Fake.Calls.Clear();

        outcome.Output?.Value.GetRawText().ShouldBe("100000");
        journal.Ended.ShouldBe(100_002);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(20_000_000);
    }

    private sealed class CountingJournal : IExecutionJournal
    {
        private int ended;

        public int Ended => ended;

        public ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken)
        {
            if (attempt.Status == StepStatus.Succeeded)
            {
                Interlocked.Increment(ref ended);
            }

            return ValueTask.CompletedTask;
        }

        public void Write(ExecutionLogLine line)
        {
        }

        public void Report(string stepPath, System.Text.Json.JsonElement progress)
        {
        }
    }
}
