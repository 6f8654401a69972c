using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>What an execution may use of AIs: counted by what they say, over restarts, and refused for good when it is used up.</summary>
public sealed class AiBudgetSpecs
{
    private const string ThreeQuestions = "steps: [{use: fake.ask, with: {text: a, max_tokens: 10}}, {use: fake.ask, with: {text: b, max_tokens: 10}}, {use: fake.ask, with: {text: c, max_tokens: 10}}]";

    private readonly PlanStage stage = new();
    private (string Input, string Output, string? Cost) use = ("40", "20", null);

    public AiBudgetSpecs() => stage.Fake.Answer = (_, _) => Task.FromResult(ProviderResult.Success() with { Metadata = Metadata() });

    [Fact]
    public async Task A_step_for_which_nothing_is_left_does_not_ask_and_is_not_tried_again()
    {
        var outcome = await RunAsync("budget: {tokens: 100}\n" + ThreeQuestions);

        (outcome.Status, outcome.FailedStepPath, stage.Fake.Calls.Count).ShouldBe((ExecutionStatus.Failed, "2", 2));
        outcome.Error.ShouldNotBeNull().ShouldBe(new ProviderError
        {
            Kind = ProviderErrorKind.Stopped,
            Message = "Step 2 (fake.ask) was not asked: the budget of 100 tokens for one execution is used up: 120 with what is being asked now. The plan's 'budget' says so.",
        });
    }

    [Fact]
    public async Task Money_is_counted_as_vendors_say()
    {
        use = ("1", "1", "0.75");

        var outcome = await RunAsync("budget: {cost: 1.5}\n" + ThreeQuestions);

        (outcome.Status, stage.Fake.Calls.Count).ShouldBe((ExecutionStatus.Failed, 2));
        outcome.Error!.Message.ShouldContain("the budget of 1.5 for one execution is used up: 1.50 was spent");
    }

    [Fact]
    public async Task What_is_on_record_counts_after_a_restart()
    {
        var recorded = new StepAttempt
        {
            StepPath = "0",
            Use = "fake.ask",
            Attempt = 1,
            Status = StepStatus.Succeeded,
            StartedAt = stage.Clock.GetUtcNow(),
            EndedAt = stage.Clock.GetUtcNow(),
            Metadata = Metadata(),
        };

        var outcome = await RunAsync("budget: {tokens: 50}\n" + ThreeQuestions, recorded);

        (outcome.Status, stage.Fake.Calls.Count).ShouldBe((ExecutionStatus.Failed, 0));
    }

    [Fact]
    public async Task Many_at_once_stay_within_what_they_may_use_together()
    {
        var plan = "budget: {tokens: 5000}\ninputs: {items: list}\nsteps: [{each: '${input.items}', parallel: 20, max_failures: 100, steps: [{use: fake.ask, with: {text: a, max_tokens: 1000}}]}]";
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Fake.Answer = async (_, _) =>
        {
            if (stage.Fake.Calls.Count == 5) asked.SetResult();
            await asked.Task;
            return ProviderResult.Success() with { Metadata = Metadata("900", "200") };
        };

        await stage.Runner.RunAsync(stage.Run(PlanStage.Read(plan), $$"""{"items": [{{string.Join(',', Enumerable.Range(0, 20))}}]}"""), new MemoryJournal(), default);

        stage.Fake.Calls.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    public async Task Who_does_not_say_what_was_used_used_what_it_might_have_and_who_refused_nothing(bool answers, int calls)
    {
        stage.Fake.Answer = (call, _) => Task.FromResult(answers || call.Action == "pure" ? ProviderResult.Success() : FakeProvider.Fails(isTransient: false));
        var steps = string.Join(", ", Enumerable.Range(0, 3).Select(_ => "{try: [{use: fake.ask, with: {text: a, max_tokens: 60}}], catch: [{use: fake.pure}]}"));

        await RunAsync($"budget: {{tokens: 100}}\nsteps: [{steps}]");

        stage.Fake.Calls.Count(call => call.Action == "ask").ShouldBe(calls);
    }

    [Fact]
    public async Task A_workspace_that_has_nothing_left_gives_back_what_the_plan_had_taken()
    {
        var workspace = new Account { Left = 1 };

        var outcome = await stage.Runner.RunAsync(stage.Run(PlanStage.Read("budget: {tokens: 1000}\n" + ThreeQuestions)) with { Ai = workspace }, new MemoryJournal(), default);

        (outcome.Error!.Message, stage.Fake.Calls.Count, workspace.Used).ShouldBe(("Step 1 (fake.ask) was not asked: nothing is left.", 1, 60));
    }

    [Theory]
    [InlineData("budget: {tokens: -1}")]
    [InlineData("budget: {tokens: 1.5}")]
    [InlineData("budget: {cost: much}")]
    [InlineData("budget: {token: 1}")]
    [InlineData("budget: 100")]
    public void What_is_no_budget_is_found(string budget) => PlanReader.Read(budget + "\nsteps: [{use: fake.ask}]").Findings.ShouldNotBeEmpty();

    private Task<PlanOutcome> RunAsync(string plan, params StepAttempt[] recorded) =>
        stage.Runner.RunAsync(stage.Run(PlanStage.Read(plan)) with { Recorded = recorded }, new MemoryJournal(), default);

    private Dictionary<string, string> Metadata() => use.Cost is { } cost ? new(Metadata(use.Input, use.Output)) { ["cost"] = cost } : Metadata(use.Input, use.Output);

    private static Dictionary<string, string> Metadata(string input, string output) => new(StringComparer.Ordinal) { ["input_tokens"] = input, ["output_tokens"] = output };

    private sealed class Account : IAiAccount
    {
        public int Left { get; set; }

        public long Used { get; private set; }

        public ValueTask<string?> TakeAsync(long tokens, CancellationToken cancellationToken) => ValueTask.FromResult(Left-- > 0 ? null : "nothing is left");

        public ValueTask SettleAsync(long taken, AiUse used)
        {
            Used += used.Tokens;
            return ValueTask.CompletedTask;
        }
    }
}
