using System.Text.Json.Nodes;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Language;

public sealed class PlanSchemaSpecs
{
    private static readonly SchemaCheck Plain = new(PlanSchema.Build());
    private static readonly SchemaCheck WithActions = new(PlanSchema.Build([.. new PlanStage().Providers.All]));

    public static TheoryData<string> Steps =>
    [
        "{use: fake.do}",
        "{use: fake.do, with: null, id: a}",
        "{use: fake.do, with: {text: 5, count: '${input.x}', list: [1], headers: {a: b}, colour: red, wait: 5s, value: {a: 1}, flag: 'true'}, retry: {attempts: 3, delay: 0s, factor: 1.5, max: 1m, jitter: false}, timeout: 1h30m, repeatable: true, keep_going: true}",
        "{provider: fake, action: do, params: {text: a}}",
        "{if: '${input.x}', then: [{use: fake.do}], else: [{use: fake.do}], timeout: 5s}",
        "{each: '${input.x}', parallel: 8, max_failures: 2, steps: [{use: fake.do}]}",
        "{each: [1, 2], steps: [{use: fake.do}]}",
        "{parallel: [{use: fake.do}, [{use: fake.do}, {wait: 5s}]]}",
        "{wait: 10m}",
        "{wait: {event: x, within: 2d}}",
        "{approve: {ask: a, by: editor, within: 2d}}",
        "{approve: {ask: a, by: [editor, a@example.org]}}",
        "{call: {plan: b, with: {x: 1}, wait: false}, timeout: 5m}",
        "{stop: {status: failed, message: a, output: [1]}}",
        "{stop: null}",
        "{try: [{use: fake.do}], catch: [{use: fake.do}], finally: [{use: fake.do}]}",
    ];

    public static TheoryData<string> Refused =>
    [
        "{}",
        "5",
        "{with: {}}",
        "{use: fake}",
        "{use: 5}",
        "{use: fake.do, whit: {}}",
        "{use: fake.do, with: []}",
        "{use: fake.do, timeout: 30}",
        "{use: fake.do, timeout: 30x}",
        "{use: fake.do, retry: {attempts: 0}}",
        "{use: fake.do, retry: {atempts: 1}}",
        "{use: fake.do, retry: 5}",
        "{use: fake.do, repeatable: 1}",
        "{use: fake.do, if: true, then: [{use: fake.do}]}",
        "{provider: fake}",
        "{if: 5, then: [{use: fake.do}]}",
        "{if: true}",
        "{if: true, then: []}",
        "{if: true, then: [{use: fake.do, whit: 1}]}",
        "{each: 5, steps: [{use: fake.do}]}",
        "{each: [1], steps: [{use: fake.do}], parallel: 0}",
        "{each: [1], steps: [{use: fake.do}], parallel: 1.5}",
        "{each: [1], steps: [{use: fake.do}], max_failures: -1}",
        "{each: [1]}",
        "{parallel: []}",
        "{parallel: [[]]}",
        "{parallel: 5}",
        "{wait: 5}",
        "{wait: {within: 5s}}",
        "{wait: 5s, timeout: 5s}",
        "{approve: {by: editor}}",
        "{approve: a}",
        "{approve: {ask: a, by: 5}}",
        "{call: {with: {}}}",
        "{call: {plan: a, wait: 5s}}",
        "{stop: {status: done}}",
        "{stop: {mesage: a}}",
        "{try: []}",
        "{use: fake.do, needs: 5}",
    ];

    [Theory]
    [MemberData(nameof(Steps))]
    public void What_the_reader_takes_the_schema_takes(string step)
    {
        var plan = $"name: p\ndescription: d\ninputs: {{x: any, y: {{type: integer, default: 5}}}}\nconcurrency: {{key: a, limit: 2, when_full: skip}}\ntimeout: 1h\non_failure: [{step}]\nsteps: [{step}]";

        PlanReader.Read(plan).Findings.ShouldBeEmpty();
        Plain.Accepts(Json(plan)).ShouldBeTrue();
        WithActions.Accepts(Json(plan)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_the_reader_refuses_the_schema_refuses(string step)
    {
        var plan = $"steps: [{step}]";

        PlanReader.Read(plan).Findings.ShouldNotBeEmpty();
        Plain.Accepts(Json(plan)).ShouldBeFalse();
        WithActions.Accepts(Json(plan)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nmae: p")]
    [InlineData("inputs: {x: strng}")]
    [InlineData("inputs: [x]")]
    [InlineData("timeout: 5")]
    [InlineData("on_failure: []")]
    [InlineData("concurrency: {limit: 1}")]
    [InlineData("concurrency: {key: a, limit: 0}")]
    [InlineData("concurrency: {key: a, when_full: wait}")]
    public void What_the_reader_refuses_of_a_plan_the_schema_refuses(string field)
    {
        var plan = $"{field}\nsteps: [{{use: fake.do}}]";

        PlanReader.Read(plan).Findings.ShouldNotBeEmpty();
        Plain.Accepts(Json(plan)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{use: fake.od}")]
    [InlineData("{use: fake.do, with: {txet: a}}")]
    [InlineData("{use: fake.do, with: {list: a}}")]
    [InlineData("{use: fake.do, with: {colour: blue}}")]
    [InlineData("{use: fake.do, with: {wait: 5}}")]
    [InlineData("{use: fake.needs}")]
    [InlineData("{use: fake.needs, with: {limit: 5}}")]
    [InlineData("{if: true, then: [{use: fake.needs}]}")]
    public void With_the_actions_it_knows_their_parameters(string step)
    {
        var plan = $"steps: [{step}]";

        PlanCheck.Check(PlanReader.Read(plan), new PlanStage().Providers).ShouldNotBeEmpty();
        WithActions.Accepts(Json(plan)).ShouldBeFalse();
        Plain.Accepts(Json(plan)).ShouldBeTrue();
    }

    private static JsonNode? Json(string plan) => JsonNode.Parse(DocumentReader.Read(plan).ToJson().GetRawText());
}
