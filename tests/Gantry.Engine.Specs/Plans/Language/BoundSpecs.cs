using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Plans.Control;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>What a plan is given or makes has an end, and says so.</summary>
public sealed class BoundSpecs
{
    private readonly LanguageStage stage = new();

    [Fact]
    public async Task Each_over_more_items_than_it_takes_is_refused_before_the_first()
    {
        var outcome = await stage.RunAsync(
            "inputs: {items: list}\nsteps: [{each: '${input.items}', steps: [{use: fake.do}]}]", $"{{\"items\":[{string.Join(',', Enumerable.Repeat('0', EachRunner.ItemsMax + 1))}]}}");

        outcome.Error?.Message.ShouldBe("Step 0 (each) cannot run: 'each' takes at most 250000 items, and got 250001. Take fewer at once, or call a plan for each part of the list");
        stage.Called.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    [InlineData(100_000)]
    public async Task An_event_that_nobody_can_raise_is_not_waited_for(int characters)
    {
        var outcome = await stage.RunAsync("inputs: {name: string}\nsteps: [{wait: {event: '${input.name}'}}]", $"{{\"name\":\"{new string('é', characters)}\"}}");

        outcome.Error?.Message.ShouldBe($"Step 0 (wait) cannot run: an event's name has 1 to 500 characters, and this one has {characters}");
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Failed);
    }

    [Fact]
    public async Task A_question_that_is_too_long_to_be_shown_is_not_asked()
    {
        var outcome = await stage.RunAsync("inputs: {text: string}\nsteps: [{approve: {ask: 'Publish ${input.text}?'}}]", $"{{\"text\":\"{new string('x', 40_000)}\"}}");

        outcome.Error?.Message.ShouldStartWith("Step 0 (approve) cannot run: the question has 40009 characters, and at most 32768 are shown.");
    }

    [Fact]
    public async Task What_is_said_of_a_step_is_shortened_and_never_within_a_character()
    {
        var much = new string('x', 32_767) + string.Concat(Enumerable.Repeat("😀", 100_000));
        stage.Stage.Fake.Answer = (call, _) => Task.FromResult(call.StepPath == "0"
            ? ProviderResult.Success() with { Message = much, Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["note"] = much } }
            : ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = much }));

        var outcome = await stage.RunAsync("steps: [{id: a, use: fake.do}, {try: [{use: fake.do}], catch: [{stop: {status: failed, message: '${error.message}${error.message}${steps.a.message}'}}]}]");

        var shortened = new string('x', 32_767) + " … (shortened)";
        stage.Attempt("0").Message.ShouldBe(shortened);
        stage.Attempt("0").Metadata!["note"].ShouldBe(shortened);
        (stage.Attempt("1.try.0").Message, stage.Attempt("1.try.0").Error?.Message).ShouldBe((shortened, shortened));
        outcome.Error?.Message.Length.ShouldBeLessThan(33_000);
        outcome.Error!.Message.ShouldEndWith(" … (shortened)");
    }

    [Theory]
    [InlineData("\"${input.x}${input.x}${input.x}${input.x}\"", "the text grows over 16 MB")]
    [InlineData("[\"${input.x}\", \"${input.x}\", \"${input.x}\", \"${input.x}\", \"${input.x}\"]", "the parameters grow over 16 MB")]
    public async Task Parameters_do_not_grow_without_end(string value, string message)
    {
        var outcome = await stage.Stage.RunValueAsync(value, $"{{\"x\":\"{new string('x', 5_000_000)}\"}}");

        outcome.Error?.Message.ShouldContain(message);
        stage.Called.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_graph_of_five_thousand_steps_and_ten_thousand_needs_is_checked_and_run()
    {
        var steps = Enumerable.Range(0, 5_000).Select(i =>
            $"  - {{id: s{i}, use: fake.pure, needs: [{(i == 0 ? "" : i == 1 ? "s0" : $"s{i - 1}, s{i - 2}")}], with: {{value: '${{steps.s{(i == 0 ? 0 : i - 1)}.output ?? 0}}'}}}}").ToList();
        steps[0] = "  - {id: s0, use: fake.pure, with: {value: first}}";
        steps.Add("  - {id: last, use: fake.pure, needs: s4999, with: {value: '${steps.s0.output} ${steps.s4999.output}'}}");
        var document = PlanReader.Read("steps:\n" + string.Join('\n', steps));

        PlanCheck.Check(document, stage.Stage.Providers).ShouldBeEmpty();
        var outcome = await stage.RunAsync(stage.Stage.Run(document.Plan!));

        outcome.Output?.Value.GetString().ShouldBe("first first");
    }

    [Theory]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("toString")]
    [InlineData("length")]
    public async Task A_name_that_means_something_elsewhere_means_nothing_here(string name)
    {
        (await Should.ThrowAsync<InvalidOperationException>(new PlanStage().ValueOfAsync($"\"${{input.x.{name}}}\"", """{"x":{}}"""))).Message.ShouldContain($"there is no '{name}' in input.x");
        (await new PlanStage().ValueOfAsync($"\"${{input.x.{name}}}\"", $$$"""{"x":{"{{{name}}}":5}}""")).GetInt32().ShouldBe(5);

        var outcome = await stage.RunAsync($"steps: [{{id: {name}, each: [1, 2], steps: [{{id: {name}, use: fake.do, with: {{value: '${{item}}'}}}}]}}, {{use: fake.do, with: {{value: '${{steps.{name}.output}}'}}}}]");

        outcome.Output?.Value.GetRawText().ShouldBe($$"""[{"{{name}}":1},{"{{name}}":2}]""");
    }

    [Fact]
    public async Task Keys_may_be_any_text()
    {
        var value = await new PlanStage().ValueOfAsync(
            JsonSerializer.Serialize(new { a = "${input.x['ключ']} ${input.x['a.b']} ${input.x['']} ${input.x['😀'][0]}", ключ = "${input.x['ключ']}" }),
            """{"x":{"ключ":1,"a.b":2,"":3,"😀":[4]}}""");

        value.GetProperty("a").GetString().ShouldBe("1 2 3 4");
        value.GetProperty("ключ").GetInt32().ShouldBe(1);
    }
}
