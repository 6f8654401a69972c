using System.Collections.Concurrent;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>Random plans, killed at random writes again and again, end as if they had not been.</summary>
public sealed class KillSpecs
{
    private static readonly DateTimeOffset Answered = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_plan_that_is_killed_again_and_again_ends_as_if_it_had_not_been() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => CompareAsync(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? 5000 : 150));

    private static async Task CompareAsync(int seed)
    {
        var text = new RandomPlan(seed, isRepeatable: seed % 3 != 0).Write();
        PlanCheck.Check(PlanReader.Read(text), new PlanStage().Providers).ShouldBeEmpty(text);
        var whole = new Life(text);
        await whole.LiveAsync(() => (int.MaxValue, true), 1);
        var random = new Random(seed);

        var killed = new Life(text);
        await killed.LiveAsync(() => (1 + random.Next(whole.Writes + 2), random.Next(2) == 0), deathsMax: 12);

        whole.Outcome.ShouldNotBeNull();
        killed.Broken.ShouldBeEmpty(text);
        killed.DoneTwice.ShouldBeEmpty(text);
        if (killed.Record.Any(attempt => attempt.Status == StepStatus.MayHaveRun && attempt.Use == "fake.do"))
        {
            // What may not be repeated was cut off: a person is asked to look, and the execution goes no further than it is told to.
            return;
        }

        (killed.Outcome?.Status, killed.Outcome?.Output?.Value.GetRawText(), killed.Outcome?.FailedStepPath, killed.Outcome?.Error?.Message).ShouldBe(
            (whole.Outcome!.Status, whole.Outcome.Output?.Value.GetRawText(), whole.Outcome.FailedStepPath, whole.Outcome.Error?.Message), text);
        killed.Outputs.ShouldBe(whole.Outputs, text);
        killed.CallsStarted.ShouldBe(whole.CallsStarted, text);
    }

    /// <summary>One execution from its beginning to its end, in as many processes as it takes.</summary>
    private sealed class Life(string text)
    {
        private readonly PlanStage stage = new();
        private readonly MortalJournal journal = new();
        private readonly List<Signal> signals = [];
        private readonly ConcurrentDictionary<string, int> unsafeCalls = new(StringComparer.Ordinal);

        public PlanOutcome? Outcome { get; private set; }

        public int Writes { get; private set; }

        public int CallsStarted => journal.CallsStarted;

        public IReadOnlyList<StepAttempt> Record => journal.Record;

        /// <summary>What must not be.</summary>
        public List<string> Broken { get; } = [];

        /// <summary>The steps that may not be repeated, and were.</summary>
        public IEnumerable<string> DoneTwice => Record
            .Where(attempt => attempt.Use == "fake.do" && unsafeCalls.GetValueOrDefault(attempt.StepPath) > 1)
            .Select(attempt => attempt.StepPath);

        public string Outputs => string.Join('\n', Record
            .Where(attempt => attempt.Status is not (StepStatus.MayHaveRun or StepStatus.Running) && !(attempt.Status == StepStatus.Cancelled && attempt.Use != "stop"))
            .Where(attempt => attempt is not { Status: StepStatus.Failed, Use: not "fake.do" and not "fake.again" })
            .OrderBy(attempt => attempt.StepPath, StringComparer.Ordinal)
            .Select(attempt => $"{attempt.StepPath} {attempt.Status} {(attempt.Use == "call" ? "" : attempt.Output?.Value.GetRawText())}"));

        public async Task LiveAsync(Func<(int WritesMax, bool IsLastDurable)> next, int deathsMax)
        {
            for (var runs = 0; Outcome is null; runs++)
            {
                runs.ShouldBeLessThan(500, text);
                var (writesMax, isLastDurable) = runs < deathsMax ? next() : (int.MaxValue, true);
                await RunAsync(journal.Start(writesMax, isLastDurable));
            }
        }

        private async Task RunAsync(MortalJournal.Process process)
        {
            var done = Record.Where(attempt => attempt.Status == StepStatus.Succeeded).Select(attempt => attempt.StepPath).ToHashSet(StringComparer.Ordinal);
            stage.Fake.Answer = (call, _) =>
            {
                if (done.Contains(call.StepPath))
                {
                    Broken.Add($"{call.StepPath} ran although it is on record as done.");
                }

                if (process.IsDead)
                {
                    return Task.FromResult(ProviderResult.Success());
                }

                if (call.Action == "do" && !text.Contains("\"repeatable\":true", StringComparison.Ordinal))
                {
                    unsafeCalls.AddOrUpdate(call.StepPath, 1, (_, count) => count + 1);
                }

                var given = call.Parameters.TryGetProperty("text", out var value) ? value : call.Parameters.GetProperty("value");
                return Task.FromResult(given.ValueEquals("fail") ? FakeProvider.Fails(isTransient: false) : ProviderResult.Success(given));
            };
            var run = stage.Run(PlanStage.Read(text)) with { Recorded = [.. Record.Select(Resting)], Signals = new Signals(signals), Stays = TimeSpan.Zero };
            try
            {
                var outcome = await stage.Runner.RunAsync(run, process, CancellationToken.None);
                process.Settle();
                Writes += process.Writes;
                if (outcome.Status == ExecutionStatus.Waiting)
                {
                    Answer(outcome);
                    return;
                }

                Outcome = outcome.Output is { } output ? outcome with { Output = new StepOutput(await output.LoadAsync(CancellationToken.None)) } : outcome;
            }
            catch (MortalJournal.DeadException)
            {
                Writes += process.Writes;
            }
        }

        /// <summary>As a hub takes it up again: what a step gave is loaded when another needs it.</summary>
        private static StepAttempt Resting(StepAttempt attempt) =>
            attempt.Output is { } output ? attempt with { Output = new StepOutput(new RestingPlace(output.Value.GetRawText()), output.Bytes) } : attempt;

        private void Answer(PlanOutcome outcome)
        {
            if (outcome.WakeAt is { } wakeAt && wakeAt > stage.Clock.GetUtcNow())
            {
                stage.Clock.Advance(wakeAt - stage.Clock.GetUtcNow());
            }

            signals.AddRange(outcome.Waits.Where(wait => wait.Kind != WaitKind.Time).Select(wait => wait.Kind switch
            {
                WaitKind.Approval => Signal.Approval(wait.StepPath, isApproved: true, null, "Ann", Answered),
                WaitKind.Event => Signal.Event(wait.StepPath, JsonElement.Parse("[1]"), Answered),
                _ => Signal.CallEnded(wait.StepPath, wait.Call!.ExecutionId, ExecutionStatus.Succeeded, new StepOutput(JsonElement.Parse("{\"done\":1}")), null, Answered),
            }));
        }
    }
}
