using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>Outputs that rest with the journal.</summary>
public sealed class LargeOutputSpecs
{
    private const int Megabyte = 1024 * 1024;

    private readonly LanguageStage stage = new();
    private readonly RestingJournal journal = new();

    [Fact]
    public async Task Two_hundred_steps_of_a_megabyte_are_not_held_though_a_later_step_refers_to_all_of_them()
    {
        var answered = new ConcurrentBag<WeakReference<JsonDocument>>();
        stage.Stage.Fake.Answer = (call, cancellationToken) =>
        {
            if (call.Parameters.TryGetProperty("text", out _))
                return Answer(call, cancellationToken);
            var megabyte = JsonSerializer.SerializeToDocument(new string('x', Megabyte));
            answered.Add(new WeakReference<JsonDocument>(megabyte));
            return Task.FromResult(ProviderResult.Success(megabyte.RootElement));
        };
        var steps = string.Join(",\n", Enumerable.Range(0, 200).Select(number => $"{{id: s{number}, use: fake.do, with: {{value: {number}}}}}"));
        var askers = string.Join(",\n", Enumerable.Range(0, 5).Select(asker =>
            $"{{use: fake.do, with: {{text: '{string.Join(" ", Enumerable.Range(40 * asker, 40).Select(number => $"${{length(steps.s{number}.output)}}"))}'}}}}"));
        var held = -1;
        journal.Recorded = attempt =>
        {
            if (attempt.StepPath != "199" || attempt.Status != StepStatus.Succeeded)
                return;
            GC.Collect();
            held = answered.Count(output => output.TryGetTarget(out _));
        };

        var outcome = await stage.Stage.Runner.RunAsync(stage.Run($"steps: [{steps}, {askers}]"), journal, default);

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded, outcome.Error?.Message);
        outcome.Output!.Value.GetString().ShouldBe(string.Join(' ', Enumerable.Repeat(Megabyte, 40)));
        answered.Count.ShouldBe(200);
        held.ShouldBeInRange(0, 10);
        journal.Places.Values.ShouldAllBe(place => place.Reads == 1);
    }

    [Fact]
    public async Task A_step_that_refers_to_more_than_it_may_need_at_once_says_so()
    {
        stage.Stage.Fake.Answer = Answer;
        var steps = string.Join(", ", Enumerable.Range(0, 65).Select(number => $"{{id: s{number}, use: fake.do, with: {{value: {number}}}}}"));
        var parts = string.Concat(Enumerable.Range(0, 65).Select(number => $"${{length(steps.s{number}.output)}}"));

        var outcome = await stage.Stage.Runner.RunAsync(stage.Run($"steps: [{steps}, {{id: last, use: fake.do, with: {{text: '{parts}'}}}}]"), journal, default);

        outcome.Error?.Message.ShouldBe("Step 'last' (fake.do) cannot run: it refers to outputs of more than 64 MB together. Refer to them in several steps.");
    }

    [Fact]
    public async Task A_large_output_is_loaded_for_the_steps_that_refer_to_it_and_for_no_other()
    {
        stage.Stage.Fake.Answer = Answer;
        const string Plan = """
            steps:
              - { id: used, use: fake.do, with: { value: 1 } }
              - { id: unused, use: fake.do, with: { value: 2 } }
              - { use: fake.do, with: { text: small } }
              - { id: items, each: [1, 2, 3], steps: [ { id: n, use: fake.do, with: { text: "${length(steps.used.output)}" } } ] }
              - { if: "${length(steps.used.output) > 5}", then: [ { stop: { output: "${steps.items.output[2].n}" } } ] }
            """;

        var outcome = await stage.Stage.Runner.RunAsync(stage.Run(Plan), journal, default);

        outcome.Output?.Value.GetString().ShouldBe(Megabyte.ToString(System.Globalization.CultureInfo.InvariantCulture));
        journal.Places["0"].Reads.ShouldBeInRange(1, 4);
        journal.Places["1"].Reads.ShouldBe(0);
    }

    [Fact]
    public async Task Outputs_that_rest_are_put_together_and_passed_on()
    {
        stage.Stage.Fake.Answer = Answer;
        const string Plan = """
            steps:
              - { id: both, parallel: [ [ { use: fake.do, with: { value: 1 } } ], [ { id: b, use: fake.do, with: { value: 2 } } ] ] }
              - { id: chosen, if: true, then: [ { use: fake.do, with: { value: 3 } } ] }
              - { use: fake.do, with: { text: "${length(steps.both.output[0])} ${length(steps.both.output[1].b)} ${length(steps.chosen.output)}" } }
            """;

        var outcome = await stage.Stage.Runner.RunAsync(stage.Run(Plan), journal, default);

        outcome.Output?.Value.GetString().ShouldBe($"{Megabyte} {Megabyte} {Megabyte}");
        // What a list answered as a whole is its last step's output: it rests where that does.
        journal.Places["1"].ShouldBeSameAs(journal.Places["1.then.0"]);
    }

    [Fact]
    public async Task What_would_be_more_than_is_kept_when_put_together_is_not_even_loaded()
    {
        stage.Stage.Fake.Answer = Answer;
        var steps = string.Join(", ", Enumerable.Range(0, 17).Select(number => $"{{id: s{number}, use: fake.do, with: {{value: {number}}}}}"));

        var unasked = await stage.Stage.Runner.RunAsync(stage.Run($"steps: [{{id: all, if: true, then: [{steps}]}}]"), journal, default);

        unasked.Status.ShouldBe(ExecutionStatus.Succeeded);
        journal.Attempt("0").Message.ShouldBe("Step 'all' (if) was done; its output is more than the 16 MB that are kept, and nobody refers to it.");
        journal.Places.Values.ShouldAllBe(place => place.Reads == 0);

        var asked = await stage.Stage.Runner.RunAsync(stage.Run($"steps: [{{id: all, if: true, then: [{steps}]}}, {{use: fake.do, with: {{text: '${{steps.all.output.s0}}'}}}}]"), new RestingJournal(), default);

        asked.Error?.Message.ShouldBe("Step 'all' (if) was done, but its output is more than the 16 MB that are kept. Let the steps within answer less.");
    }

    [Fact]
    public async Task Items_that_answer_much_rest_and_are_listed_in_order()
    {
        stage.Stage.Fake.Answer = Answer;
        const string Plan = """
            steps:
              - { id: all, each: [1, 2, 3, 4], parallel: 2, steps: [ { use: fake.do, with: { value: "${item}" } } ] }
              - { use: fake.do, with: { text: "${join(map(steps.all.output, length(item)), \" \")}" } }
            """;

        var outcome = await stage.Stage.Runner.RunAsync(stage.Run(Plan), journal, default);

        outcome.Error?.Message.ShouldBeNull();
        outcome.Output?.Value.GetString().ShouldBe($"{Megabyte} {Megabyte} {Megabyte} {Megabyte}");
    }

    /// <summary>A number is answered by a megabyte, a text by itself.</summary>
    private static Task<ProviderResult> Answer(ProviderCall call, CancellationToken cancellationToken) => Task.FromResult(ProviderResult.Success(
        call.Parameters.TryGetProperty("text", out var text) ? text : JsonSerializer.SerializeToElement(new string('x', Megabyte))));

    /// <summary>Lets every large output rest as soon as it is recorded.</summary>
    private sealed class RestingJournal : IExecutionJournal
    {
        private static readonly string Text = $"\"{new string('x', Megabyte)}\"";

        private readonly ConcurrentDictionary<string, StepAttempt> attempts = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, RestingPlace> Places { get; } = new(StringComparer.Ordinal);

        public Action<StepAttempt>? Recorded { get; set; }

        public StepAttempt Attempt(string path) => attempts[path];

        public ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken)
        {
            attempts[attempt.StepPath] = attempt;
            if (attempt.Output is { } output)
            {
                if (output.Bytes == Megabyte + 2)
                {
                    output.Rest(output.Place ?? new RestingPlace(Text));
                }
                else if (output.Bytes > Megabyte)
                {
                    output.Rest(new RestingPlace(output.Value.GetRawText()));
                }

                if (output.Place is RestingPlace place)
                {
                    Places[attempt.StepPath] = place;
                }
            }

            Recorded?.Invoke(attempt);
            return ValueTask.CompletedTask;
        }

        public void Write(ExecutionLogLine line)
        {
        }

        public void Report(string stepPath, JsonElement progress)
        {
        }
    }
}
