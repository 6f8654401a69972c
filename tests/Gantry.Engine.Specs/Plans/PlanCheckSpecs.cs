using Gantry.Engine.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class PlanCheckSpecs
{
    [Theory]
    [InlineData("fak.do", "", 4, 10, "There is no provider 'fak'. Did you mean 'fake'?")]
    [InlineData("fake.od", "", 4, 10, "The provider 'fake' has no action 'od'. Did you mean 'do'?")]
    [InlineData("fake.do", "txet: a", 5, 13, "There is no parameter 'txet'. Did you mean 'text'?")]
    [InlineData("fake.do", "count: many", 5, 20, "'count' must be a whole number, not this text.")]
    [InlineData("fake.do", "flag: 1", 5, 19, "'flag' must be true or false, not this number.")]
    [InlineData("fake.do", "list: {a: 1}", 5, 19, "'list' must be a list, not a map.")]
    [InlineData("fake.do", "colour: blue", 5, 21, "'colour' must be one of: red, green.")]
    [InlineData("fake.do", "wait: 5", 5, 19, "'wait' must be a duration (a number and a unit, such as 500ms, 30s, 5m, 2h or 1d), not this number.")]
    [InlineData("fake.needs", "", 5, 11, "The parameter 'url' of fake.needs is missing. Where to.")]
    [InlineData("fake.do", "text: \"${input.sit}\"", 5, 19, "input.sit: The plan has no input 'sit'. Did you mean 'site'? Declare it under 'inputs'.")]
    [InlineData("fake.do", "text: \"${steps.late.output}\"", 5, 19, "steps.late.output: Step 'late' comes later, and has not run yet when this one does.")]
    [InlineData("fake.do", "text: \"${steps.1.output}\"", 5, 19, "steps[1].output: Step '1' comes later, and has not run yet when this one does.")]
    [InlineData("fake.do", "text: \"${steps.9.output}\"", 5, 19, "steps[9].output: There is no step 9: the plan has 2, counted from 0.")]
    [InlineData("fake.do", "text: \"${steps.0.output}\"", 5, 19, "steps[0].output: A step cannot refer to itself.")]
    [InlineData("fake.do", "text: \"{{step_1.output}}\"", 5, 19, "steps[0].output: A step cannot refer to itself.")]
    [InlineData("fake.do", "text: \"${steps.lat.output}\"", 5, 19, "steps.lat.output: There is no step with the id 'lat'. Did you mean 'late'?")]
    [InlineData("fake.do", "text: \"${inputs.site}\"", 5, 19, "inputs.site: There is no 'inputs' to refer to. Did you mean 'input'?")]
    [InlineData("fake.do", "text: \"${env.HOME.x}\"", 5, 19, "env.HOME.x: A variable of the environment is written env.NAME.")]
    [InlineData("fake.do", "text: \"${execution.number}\"", 5, 19, "execution.number: Of the execution only execution.id can be referred to.")]
    [InlineData("fake.do", "text: \"${plan.version}\"", 5, 19, "plan.version: Of the plan only plan.name can be referred to.")]
    [InlineData("fake.do", "text: \"${now.year}\"", 5, 19, "now.year: 'now' is a text, and has nothing in it.")]
    [InlineData("fake.do", "text: \"${error.message}\"", 5, 19, "error.message: There is an 'error' only in 'catch' and 'on_failure'.")]
    [InlineData("fake.do", "text: \"${input.site\"", 5, 19, "The reference in this text is malformed: it is not closed: '}' is missing, at character 13. A plain ${ is written $${.")]
    [InlineData("fake.do", "text: \"${uper(input.site)}\"", 5, 19, "The reference in this text is malformed: there is no function 'uper'. Did you mean 'upper'?, at character 3. A plain ${ is written $${.")]
    [InlineData("fake.do", "value: [1, {deep: \"${steps.x.output}\"}]", 5, 31, "steps.x.output: There is no step with the id 'x'. Known are: late.")]
    [InlineData("fake.do", "token: abc", 5, 20, "'token' is a secret and must not stand in a plan. Store it as a credential and write ${cred:NAME}.")]
    [InlineData("fake.do", "text: \"${cred:KEY}\"", 5, 19, "The reference in this text is malformed: ${cred:KEY} cannot stand here: a secret is used only where a parameter takes one, at character 1. A plain ${ is written $${.")]
    [InlineData("fake.do", "list: \"a ${input.site}\"", 5, 19, "'list' must be a list, not this text.")]
    public void What_is_wrong_is_told_with_its_place(string use, string parameters, int line, int column, string message)
    {
        var document = PlanReader.Read($$"""
            name: p
            inputs: { site: string }
            steps:
              - use: {{use}}
                with: { {{parameters}} }
              - id: late
                use: fake.pure
            """);

        var finding = PlanCheck.Check(document, new PlanStage().Providers).ShouldHaveSingleItem();

        (finding.Line, finding.Column, finding.Message).ShouldBe((line, column, message));
    }

    [Fact]
    public void All_is_told_at_once_in_the_order_of_the_document()
    {
        var document = PlanReader.Read("""
            steps:
              - {id: a, use: nowhere.at_all}
              - {id: a, use: fake.do, with: {text: "${x.y}", other: 1}}
            nmae: p
            """);

        PlanCheck.Check(document, new PlanStage().Providers).Select(finding => (finding.Path, finding.Line)).ShouldBe(
            [("steps[0].use", 2), ("steps[1].id", 3), ("steps[1].with.text", 3), ("steps[1].with.other", 3), ("nmae", 4)]);
    }

    [Fact]
    public void A_plan_in_the_older_form_is_told_about_in_its_own_words()
    {
        var document = PlanReader.Read("""{"steps":[{"provider":"nil","action":"do","params":{}},{"provider":"fake","action":"od","params":{"x":"${y}"}}]}""");

        PlanCheck.Check(document, new PlanStage().Providers).Select(finding => finding.Path).ShouldBe(["steps[0].provider", "steps[1].action", "steps[1].params.x"]);
    }

    [Fact]
    public void What_only_a_run_can_tell_is_left_to_it()
    {
        var document = PlanReader.Read("""
            inputs: { site: string, n: integer }
            steps:
              - {id: a, use: fake.do, with: {count: "${input.n}", list: "${input.site | split(',')}", token: "${cred:T}", headers: {Authorization: "Bearer ${cred:T}"}}}
              - {use: fake.do, with: {count: "5", text: "${steps.a.output.b[0]['c d'].e ?? env.X} {{step_1.output.x}} {{ other }} $${no}"}}
              - {use: fake.do, with: {value: "${filter(steps.a.output.items, count > 3 && item.name != 'x') | map(name) | length}"}}
            """);

        PlanCheck.Check(document, new PlanStage().Providers).ShouldBeEmpty();
    }
}
