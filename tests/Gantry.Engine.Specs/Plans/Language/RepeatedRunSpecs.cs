using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>What an earlier run left is gone on with as it was meant then.</summary>
public sealed class RepeatedRunSpecs
{
    private readonly LanguageStage stage = new();

    [Fact]
    public async Task Now_is_the_same_in_every_attempt()
    {
        var failed = PlanStage.Attempt(StepStatus.Failed, error: new ProviderError { Kind = ProviderErrorKind.Unavailable, Message = "It is down.", IsTransient = true });

        await stage.RunAsync(stage.Run("steps: [{use: fake.do, with: {text: '${now}'}, retry: {attempts: 2, delay: 0s}}]", recorded: [failed]));

        stage.Stage.Fake.Calls.ShouldHaveSingleItem().Parameters.GetProperty("text").GetString().ShouldBe("2026-01-31T11:59:00Z");
    }

    [Fact]
    public async Task A_step_that_may_have_run_is_not_passed_over_though_it_keeps_going()
    {
        var outcome = await stage.RunAsync(stage.Run("steps: [{use: fake.do, keep_going: true}, {use: fake.do}]", recorded: [PlanStage.Attempt(StepStatus.Running)]));

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0"));
        stage.Called.ShouldBeEmpty();
    }

    [Fact]
    public async Task In_a_graph_a_step_that_may_have_run_fails_it_and_bars_what_needs_it()
    {
        var outcome = await stage.RunAsync(stage.Run("steps: [{id: a, use: fake.do}, {id: b, needs: a, use: fake.do}, {id: c, use: fake.do, needs: []}]", recorded: [PlanStage.Attempt(StepStatus.Running)]));

        (outcome.Status, outcome.FailedStepPath, stage.Attempt("1").Status).ShouldBe((ExecutionStatus.Failed, "0", StepStatus.Skipped));
        stage.Called.ShouldBe(["2"]);
    }

    [Fact]
    public async Task An_answer_of_another_kind_is_none()
    {
        stage.Signals.Add(Signal.Event("0", System.Text.Json.JsonElement.Parse("""{"approved":true}"""), stage.Clock.GetUtcNow()));

        var outcome = await stage.RunAsync(stage.Run("steps: [{approve: {ask: a}}, {use: fake.do}]") with { Stays = TimeSpan.Zero });

        outcome.Status.ShouldBe(ExecutionStatus.Waiting);
        stage.Called.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("20m", "10m", 10)]
    [InlineData("10m", "20m", 10)]
    public async Task Of_time_limits_around_each_other_the_nearest_wakes_a_wait(string outer, string inner, int minutes)
    {
        var outcome = await stage.RunAsync(stage.Run($"steps: [{{timeout: {outer}, if: true, then: [{{timeout: {inner}, if: true, then: [{{wait: {{event: e, within: 30m}}}}]}}]}}]") with { Stays = TimeSpan.Zero });

        outcome.WakeAt.ShouldBe(stage.Clock.GetUtcNow().AddMinutes(minutes));
    }

    [Fact]
    public async Task What_a_stop_says_and_gives_and_an_approval_asks_has_no_secret()
    {
        stage.Stage.Secrets["KEY"] = "s3cret-value";
        stage.Stage.Fake.Answer = async (call, token) =>
        {
            await SecretText.ExpandAsync(call.Parameters.GetProperty("headers").GetProperty("a").GetString()!, call.Secrets, token);
            return ProviderResult.Success();
        };
        const string Sends = "inputs: {x: string}\nsteps: [{use: fake.do, with: {headers: {a: '${cred:KEY}'}}}, ";

        var stopped = await stage.RunAsync(Sends + "{stop: {output: {all: 'is ${input.x}'}, message: 'was ${input.x}'}}]", """{"x":"s3cret-value"}""");
        var message = stage.Attempt("1").Message;
        var asking = await stage.RunAsync(stage.Run(Sends + "{approve: {ask: 'Is it ${input.x}?'}}]", """{"x":"s3cret-value"}""") with { Stays = TimeSpan.Zero });

        stopped.Output?.Value.GetRawText().ShouldBe("""{"all":"is ***"}""");
        message.ShouldBe("was ***");
        asking.Waits.ShouldHaveSingleItem().Ask.ShouldBe("Is it ***?");
    }
}
