using Gantry.Engine.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

public sealed class LanguageCheckSpecs
{
    [Theory]
    [InlineData("{if: 5, then: [{use: fake.do}]}", "steps[0].if", "'if' is true, false, or a text with a reference, and this is a number.")]
    [InlineData("{if: maybe, then: [{use: fake.do}]}", "steps[0].if", "'if' is true, false, or a reference to either, and not this text. A reference is written ${steps.ID.output}.")]
    [InlineData("{if: true}", "steps[0]", "A list of steps is missing here: 'then'.")]
    [InlineData("{if: true, then: []}", "steps[0].then", "'then' needs at least one step.")]
    [InlineData("{if: true, then: {use: fake.do}}", "steps[0].then", "'then' is a list of steps, and this is a map.")]
    [InlineData("{if: true, then: [{use: fake.do}], esle: []}", "steps[0].esle", "There is no field of 'if' 'esle'. Did you mean 'else'?")]
    [InlineData("{if: true, use: fake.do, then: []}", "steps[0]", "A step does one thing, and this one says 'use' and 'if'.")]
    [InlineData("{each: 5, steps: [{use: fake.do}]}", "steps[0].each", "'each' is a list, or a text with a reference to one, and this is a number.")]
    [InlineData("{each: abc, steps: [{use: fake.do}]}", "steps[0].each", "'each' is a list, or a reference to one, and not this text. A reference is written ${steps.ID.output}.")]
    [InlineData("{each: [1], parallel: 0, steps: [{use: fake.do}]}", "steps[0].parallel", "'parallel' must be a whole number from 1 to 1000.")]
    [InlineData("{each: [1], max_failures: -1, steps: [{use: fake.do}]}", "steps[0].max_failures", "'max_failures' must be a whole number from 0 to 2147483647.")]
    [InlineData("{parallel: []}", "steps[0].parallel", "'parallel' is a list of steps and of lists of steps, which run beside each other, and this is an empty one.")]
    [InlineData("{parallel: [[]]}", "steps[0].parallel[0]", "A branch needs at least one step.")]
    [InlineData("{wait: soon}", "steps[0].wait", "'wait' is a number and a unit, such as 500ms, 30s, 5m, 2h or 1d; a time such as 2026-01-31T12:00:00Z; or {event: NAME, within: 2d}.")]
    [InlineData("{wait: 5}", "steps[0].wait", "'wait' is a number and a unit, such as 500ms, 30s, 5m, 2h or 1d; a time such as 2026-01-31T12:00:00Z; or {event: NAME, within: 2d}. This is a number.")]
    [InlineData("{wait: {evnt: x}}", "steps[0].wait", "'event' is missing: the event's name.")]
    [InlineData("{wait: {event: x, within: 2}}", "steps[0].wait.within", "'within' must be a number and a unit, such as 500ms, 30s, 5m, 2h or 1d, more than 0 and at most 30d.")]
    [InlineData("{approve: {by: [editor]}}", "steps[0].approve", "'ask' is missing: the question.")]
    [InlineData("{approve: {ask: a, by: [edtor]}}", "steps[0].approve.by[0]", "There is no role 'edtor'. Did you mean 'editor'? A user is named by the address with which they sign in.")]
    [InlineData("{approve: yes}", "steps[0].approve", "'approve' is a map such as {ask: \"Go live?\", by: [editor], within: 2d}, and this is a text.")]
    [InlineData("{call: {with: {}}}", "steps[0].call", "'plan' is missing: the name of the plan to call.")]
    [InlineData("{call: {plan: self}}", "steps[0].call.plan", "The plans call each other without end: self → self.")]
    [InlineData("{call: {plan: '${input.x}'}}", "steps[0].call.plan", "'plan' is the name of a plan as it is saved; references are not expanded in it.")]
    [InlineData("{call: {plan: a, wait: 5s}}", "steps[0].call.wait", "'wait' is true or false, and this is a text.")]
    [InlineData("{stop: {status: done}}", "steps[0].stop.status", "'status' is one of succeeded, failed, cancelled, and not 'done'.")]
    [InlineData("{try: [{use: fake.do}]}", "steps[0]", "'try' needs 'catch', 'finally' or both.")]
    [InlineData("{use: fake.do, needs: [x]}", "steps[0].needs[0]", "There is no step with the id 'x' in this list. Known are: late.")]
    [InlineData("{use: fake.do, needs: 5}", "steps[0].needs", "'needs' is a list of names, and this is a number.")]
    [InlineData("{use: fake.do, agent: plant-b}", "steps[0].agent", "Steps are run by the hub itself: this version has no agents yet. Leave 'agent' out.")]
    [InlineData("{use: fake.do, with: {text: '${item.x}'}}", "steps[0].with.text", "item.x: There is an 'item' only in the steps of an 'each', and within map and filter.")]
    [InlineData("{use: fake.do, with: {text: '${index}'}}", "steps[0].with.text", "index: There is an 'index' only in the steps of an 'each'.")]
    [InlineData("{use: fake.do, with: {text: '${error.message}'}}", "steps[0].with.text", "error.message: There is an 'error' only in 'catch' and 'on_failure'.")]
    [InlineData("{try: [{use: fake.do}], catch: [{use: fake.do, with: {text: '${error.text}'}}]}", "steps[0].catch[0].with.text", "error.text: Of the error there are error.message, error.kind, error.step.")]
    [InlineData("{if: true, then: [{use: fake.do, with: {text: '${steps.late.output}'}}]}", "steps[0].then[0].with.text", "steps.late.output: Step 'late' comes later, and has not run yet when this one does.")]
    [InlineData("{id: a, each: [1], steps: [{use: fake.do, with: {text: '${steps.a.output}'}}]}", "steps[0].steps[0].with.text", "steps.a.output: Step 'a' is the one around this step, and has not ended yet.")]
    [InlineData("{parallel: [{id: p, use: fake.do}, {use: fake.do, with: {text: '${steps.p.output}'}}]}", "steps[0].parallel[1].with.text", "steps.p.output: Step 'p' is within another step (parallel), and cannot be seen from here. Give that step an id, and refer to its output.")]
    [InlineData("{id: a, if: true, then: [{id: late, use: fake.do}]}", "steps[0].then[0].id", "The id 'late' is already that of a step around this one, or beside that. Each step needs its own.")]
    [InlineData("{if: true, then: [{id: x, use: fake.do}, {id: x, use: fake.do}]}", "steps[0].then[1].id", "The id 'x' is already that of step 0. Each step needs its own.")]
    [InlineData("{each: [1], steps: [{use: fake.od}]}", "steps[0].steps[0].use", "The provider 'fake' has no action 'od'. Did you mean 'do'?")]
    [InlineData("{parallel: [[{use: fake.do}, {use: fake.needs}]]}", "steps[0].parallel[0][1]", "The parameter 'url' of fake.needs is missing. Where to.")]
    [InlineData("{try: [{use: fake.do, with: {colour: blue}}], finally: [{use: fake.do}]}", "steps[0].try[0].with.colour", "'colour' must be one of: red, green.")]
    [InlineData("{approve: {ask: '${uper(input.x)}'}}", "steps[0].approve.ask", "The reference in this text is malformed: there is no function 'uper'. Did you mean 'upper'?, at character 3. A plain ${ is written $${.")]
    [InlineData("{stop: {message: '${cred:KEY}'}}", "steps[0].stop.message", "The reference in this text is malformed: ${cred:KEY} cannot stand here: a secret is used only where a parameter takes one, at character 1. A plain ${ is written $${.")]
    [InlineData("{timeout: 5m, wait: 1h}", "steps[0].timeout", "There is no field of 'wait' 'timeout'. Known are: wait, keep_going, id, needs.")]
    public void What_is_wrong_is_told_with_its_place(string step, string path, string message)
    {
        var document = PlanReader.Read($"name: self\ninputs: {{x: any}}\nsteps:\n  - {step}\n  - {{id: late, use: fake.pure}}\n");

        var findings = PlanCheck.Check(document, new PlanStage().Providers);

        findings.ShouldContain(finding => finding.Path == path && finding.Message == message, string.Join('\n', findings));
        findings.ShouldAllBe(finding => finding.Line == 4 && finding.Column >= 5);
    }

    [Theory]
    [InlineData("on_failure: []", "on_failure", "A plan needs at least one step in 'on_failure'.")]
    [InlineData("timeout: 5", "timeout", "'timeout' must be a number and a unit, such as 500ms, 30s, 5m, 2h or 1d, more than 0 and at most 30d.")]
    [InlineData("concurrency: {limit: 2}", "concurrency", "'key' is missing: executions with the same key run at most 'limit' at once.")]
    [InlineData("concurrency: {key: a, when_full: wait}", "concurrency.when_full", "'when_full' is one of queue, skip, cancel_oldest, and not 'wait'.")]
    [InlineData("concurrency: {key: '${steps.0.output}'}", "concurrency.key", "steps[0].output: There is no 'steps' before the execution begins: inputs, trigger, env and plan.name can be referred to here.")]
    [InlineData("concurrency: {key: '${input.y}'}", "concurrency.key", "input.y: The plan has no input 'y'. Declare it under 'inputs'.")]
    public void What_is_wrong_with_the_plan_is_told_with_its_place(string field, string path, string message)
    {
        var findings = PlanCheck.Check(PlanReader.Read($"{field}\nsteps: [{{use: fake.do}}]"), new PlanStage().Providers);

        findings.ShouldContain(finding => finding.Path == path && finding.Message == message && finding.Line == 1, string.Join('\n', findings));
    }

    [Fact]
    public void Steps_that_need_each_other_are_told_with_the_way()
    {
        var document = PlanReader.Read("steps: [{id: a, use: fake.do, needs: [c]}, {id: b, use: fake.do, needs: [a]}, {id: c, use: fake.do, needs: [b]}, {id: d, use: fake.do, needs: d}]");

        document.Plan.ShouldBeNull();
        document.Findings.ShouldHaveSingleItem().Message.ShouldBe("These steps need each other, so that none of them can begin: a → c → b → a.");
    }

    [Fact]
    public void In_a_graph_only_what_is_needed_can_be_referred_to()
    {
        var document = PlanReader.Read("steps: [{id: a, use: fake.do}, {id: b, use: fake.do, needs: a}, {id: c, use: fake.do, needs: b, with: {text: '${steps.a.output}'}}, {id: d, use: fake.do, with: {text: '${steps.a.output}'}}]");

        PlanCheck.Check(document, new PlanStage().Providers).ShouldHaveSingleItem().Message.ShouldBe("steps.a.output: Step 'a' need not have run when this one does: name it under 'needs'.");
    }

    [Fact]
    public void Plans_that_call_each_other_are_told_with_the_way()
    {
        var plans = new Dictionary<string, Plan>(StringComparer.Ordinal)
        {
            ["b"] = PlanStage.Read("name: b\nsteps: [{if: true, then: [{call: {plan: c}}]}]"),
            ["c"] = PlanStage.Read("name: c\nsteps: [{call: {plan: other}}, {parallel: [{call: {plan: a}}]}]"),
            ["other"] = PlanStage.Read("name: other\nsteps: [{call: {plan: other2}}, {call: {plan: b}}]"),
        };

        var document = PlanReader.Read("name: a\nsteps: [{call: {plan: other2}}, {each: [1], steps: [{call: {plan: b}}]}]");

        PlanCheck.Check(document, new PlanStage().Providers, plans.GetValueOrDefault).ShouldHaveSingleItem().Message.ShouldBe("The plans call each other without end: a → b → c → a.");
        PlanCheck.Check(document, new PlanStage().Providers).ShouldBeEmpty();
    }

    [Fact]
    public void Two_branches_may_use_the_same_id()
    {
        var document = PlanReader.Read("steps: [{id: c, if: true, then: [{id: x, use: fake.do}], else: [{id: x, use: fake.do}]}, {use: fake.do, with: {text: '${steps.c.output.x}'}}]");

        PlanCheck.Check(document, new PlanStage().Providers).ShouldBeEmpty();
    }

    [Fact]
    public void Ten_thousand_ifs_within_each_other_are_a_clear_error()
    {
        var yaml = string.Concat(Enumerable.Repeat("{if: true, then: [", 10_000)) + "{use: fake.do}" + string.Concat(Enumerable.Repeat("]}", 10_000));

        PlanReader.Read("steps: [" + yaml + "]").Findings.ShouldHaveSingleItem().Message.ShouldContain("nested more than 64 deep");
        PlanReader.Read("{\"steps\":[" + yaml.Replace("if:", "\"if\":").Replace("then:", "\"then\":").Replace("{use: fake.do}", "{}") + "]}").Findings.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_hundred_thousand_steps_are_a_clear_error() =>
        PlanReader.Read("steps:\n" + string.Concat(Enumerable.Repeat("- use: a.b\n", 80_000))).Findings.ShouldHaveSingleItem().Message.ShouldContain("more than 100,000 parts");

    [Fact]
    public async Task As_deep_as_a_plan_may_be_it_runs()
    {
        var yaml = string.Concat(Enumerable.Repeat("{if: true, then: [", 29)) + "{use: fake.do, with: {text: deep}}" + string.Concat(Enumerable.Repeat("]}", 29));

        (await new LanguageStage().RunAsync("steps: [" + yaml + "]")).Output?.Value.GetString().ShouldBe("deep");
    }

    [Fact]
    public void The_key_of_an_execution_is_made_of_what_it_is_started_with()
    {
        var stage = new PlanStage();
        var plan = PlanStage.Read("name: p\ninputs: {site: string}\nconcurrency: {key: '${plan.name} ${input.site} ${trigger.kind ?? 0}', limit: 2, when_full: cancel_oldest}\nsteps: [{use: fake.do}]");

        plan.Concurrency!.KeyOf(stage.Run(plan, """{"site":"x"}""")).ShouldBe("p x 0");
        (plan.Concurrency.Limit, plan.Concurrency.WhenFull).ShouldBe((2, WhenFull.CancelOldest));
    }
}
