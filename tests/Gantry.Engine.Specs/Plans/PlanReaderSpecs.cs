using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class PlanReaderSpecs
{
    [Fact]
    public void Yaml_and_json_give_the_same_plan()
    {
        const string Yaml = """
            name: publish
            description: Publishes the news.
            inputs: { site: string, count: { type: integer, default: 5, description: How many. } }
            steps:
              - id: feed
                use: http.get
                with: { url: "https://example.org/${input.site}.json", big: 12345678901234567890123 }
                retry: { attempts: 5, delay: 1s, factor: 2.5, max: 1m30s, jitter: false }
                timeout: 30s
                repeatable: true
            """;
        const string Json = """
            {"name":"publish","description":"Publishes the news.",
             "inputs":{"site":"string","count":{"type":"integer","default":5,"description":"How many."}},
             "steps":[{"id":"feed","use":"http.get","with":{"url":"https://example.org/${input.site}.json","big":12345678901234567890123},
               "retry":{"attempts":5,"delay":"1s","factor":2.5,"max":"90s","jitter":false},"timeout":"30s","repeatable":true}]}
            """;

        foreach (var plan in new[] { PlanStage.Read(Yaml), PlanStage.Read(Json) })
        {
            (plan.Name, plan.Description).ShouldBe(("publish", "Publishes the news."));
            plan.Inputs.Select(input => (input.Name, input.Type, input.IsRequired, input.Default?.GetRawText(), input.Description)).ShouldBe(
                [("site", SettingType.Text, true, null, null), ("count", SettingType.Integer, false, "5", "How many.")]);
            var step = plan.Steps.ShouldHaveSingleItem().ShouldBeOfType<ActionStep>();
            (step.Id, step.Provider, step.Action, step.Timeout, step.IsRepeatable).ShouldBe(("feed", "http", "get", TimeSpan.FromSeconds(30), true));
            step.Retry.ShouldBe(new RetryPolicy { Attempts = 5, Delay = TimeSpan.FromSeconds(1), Factor = 2.5, Max = TimeSpan.FromSeconds(90), HasJitter = false });
            step.Parameters.GetProperty("big").GetRawText().ShouldBe("12345678901234567890123");
        }
    }

    [Fact]
    public void The_older_form_is_accepted_as_it_is()
    {
        var plan = PlanStage.Read("""{"steps":[{"provider":"openai","action":"chat_completion","params":{"prompt":"Hi"}}]}""");

        var step = plan.Steps.ShouldHaveSingleItem().ShouldBeOfType<ActionStep>();
        (step.Use, step.Parameters.GetRawText()).ShouldBe(("openai.chat_completion", """{"prompt":"Hi"}"""));
        step.Retry.ShouldBeNull();
    }

    [Fact]
    public void Plain_scalars_have_the_types_of_json_and_all_others_are_texts()
    {
        var plan = PlanStage.Read("""
            steps:
              - use: a.b
                with:
                  texts: [no, on, yes, off, 007, 0x1F, +49, .5, 1., 2026-01-31, 1_000, "5", 'true', .inf, 12:30]
                  others: [true, False, null, ~, 5, -1.50, 1e3]
                  empty:
            """);

        ((ActionStep)plan.Steps[0]).Parameters.GetRawText().ShouldBe(
            """{"texts":["no","on","yes","off","007","0x1F","\u002B49",".5","1.","2026-01-31","1_000","5","true",".inf","12:30"],"others":[true,false,null,null,5,-1.50,1e3],"empty":null}""");
    }

    [Theory]
    [InlineData("steps: [{use: a.b}]\nstep: 1", 2, 1, "There is no plan field 'step'. Did you mean 'steps'?")]
    [InlineData("when: [x]\nsteps: [{use: a.b}]", 1, 1, "There is no plan field 'when'. Known are: name, description, inputs, on, concurrency, budget, timeout, steps, on_failure, notify.")]
    [InlineData("steps:\n  - use: a.b\n    whit: {}", 3, 5, "There is no field of a step 'whit'. Did you mean 'with'?")]
    [InlineData("steps:\n  - use: a.b\n    timeout: 30", 3, 14, "'timeout' must be a number and a unit, such as 500ms, 30s, 5m, 2h or 1d, more than 0 and at most 30d.")]
    [InlineData("steps:\n  - use: a.b\n    retry: {attempts: 0}", 3, 23, "'attempts' must be a whole number from 1 to 1000.")]
    [InlineData("steps:\n  - use: a.b\n    retry: {atempts: 3}", 3, 13, "There is no field of 'retry' 'atempts'. Did you mean 'attempts'?")]
    [InlineData("steps:\n  - use: ab", 2, 10, "'ab' is not of the form provider.action, such as http.get.")]
    [InlineData("steps:\n  - id: 1a\n    use: a.b", 2, 9, "'1a' is no id: it begins with a letter or '_', goes on with letters, digits, '_' and '-', and has at most 64 characters.")]
    [InlineData("steps:\n  - with: {}", 2, 5, "The step does not say what to do: it needs 'use: provider.action'.")]
    [InlineData("steps: []", 1, 8, "A plan needs at least one step.")]
    [InlineData("name: x", 1, 1, "A plan needs a list of 'steps'.")]
    [InlineData("- a", 1, 1, "A plan is a map with a list of 'steps', and this is a list.")]
    [InlineData("inputs: {n: {type: integer, default: many}}\nsteps: [{use: a.b}]", 1, 38, "The default must be a whole number, and this is a text.")]
    [InlineData("inputs: {n: strng}\nsteps: [{use: a.b}]", 1, 13, "There is no type 'strng'. Did you mean 'string'?")]
    [InlineData("steps: [{use: a.b}]\nsteps: []", 2, 1, "The name 'steps' stands twice in this map.")]
    [InlineData("steps: [&a {use: a.b}, *a]", 1, 9, "Anchors (&name) are not accepted. Remove it.")]
    [InlineData("steps: [!!python/object {use: a.b}]", 1, 9, "Tags (!name) are not accepted. Remove it; a text is written in quotes.")]
    [InlineData("steps: [{use: a.b}]\n---\nsteps: []", 2, 1, "The document ends here; a second one is not accepted.")]
    [InlineData("", 1, 1, "The document is empty.")]
    public void What_is_wrong_is_told_with_its_place(string text, int line, int column, string message)
    {
        var finding = PlanReader.Read(text).Findings.ShouldHaveSingleItem();

        (finding.Line, finding.Column, finding.Message).ShouldBe((line, column, message));
    }

    [Theory]
    [InlineData("{\"steps\":[],\n \"steps\":[]}", 2, 2, "The name 'steps' stands twice in this map.")]
    [InlineData("{\"steps\":\n  [{\"use\":\"a.b\",}]}", 2, 17, null)]
    [InlineData("{\"é\":1,\"é\":2}", 1, 8, "The name 'é' stands twice in this map.")]
    [InlineData("{\"name\":\"\\ud800\"}", 1, 9, "The text holds bytes that are not UTF-8, or half of a surrogate pair.")]
    public void Bad_json_is_told_with_its_place(string text, int line, int column, string? message)
    {
        var finding = PlanReader.Read(text, DocumentFormat.Json).Findings.ShouldHaveSingleItem();

        (finding.Line, finding.Column).ShouldBe((line, column));
        finding.Message.ShouldBe(message ?? finding.Message);
    }

    [Fact]
    public void A_yaml_flow_map_that_is_no_json_is_read_as_yaml() =>
        PlanStage.Read("{steps: [{use: a.b}]}").Steps.Count.ShouldBe(1);

    [Fact]
    public void Bare_references_stand_in_flow_style_as_well()
    {
        var plan = PlanStage.Read("""
            steps:
              - { use: a.b, with: { a: ${input.site}, b: [${steps.0.output.items[2].title}, 1], c: "${x}, {d}", d: ${y ?? 'z, {'}, e: x-${f}-y } }
            """);

        ((ActionStep)plan.Steps[0]).Parameters.GetRawText().ShouldBe(
            """{"a":"${input.site}","b":["${steps.0.output.items[2].title}",1],"c":"${x}, {d}","d":"${y ?? \u0027z, {\u0027}","e":"x-${f}-y"}""");
    }

    [Fact]
    public void What_is_wrong_beside_bare_references_is_told_at_its_own_place()
    {
        var finding = PlanReader.Read("steps:\n  - {use: a.b, with: {a: ${x}}}\n  - {use: a.b, whit: {a: ${x}}}\n").Findings.ShouldHaveSingleItem();

        (finding.Line, finding.Column).ShouldBe((3, 16));
    }

    [Fact]
    public void Several_findings_come_at_once_and_no_plan()
    {
        var document = PlanReader.Read("nmae: x\nsteps:\n  - use: a\n  - 5\n");

        document.Plan.ShouldBeNull();
        document.Findings.Select(finding => finding.Path).ShouldBe(["nmae", "steps[0].use", "steps[1]"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("[\n")]
    [InlineData("{\"a\":")]
    public void Ten_thousand_openings_are_refused_at_the_depth_allowed(string opening)
    {
        var text = string.Concat(Enumerable.Repeat(opening, 10_000));

        PlanReader.Read(text).Findings.ShouldHaveSingleItem();
        PlanReader.Read(text, DocumentFormat.Json).Findings.ShouldHaveSingleItem();
        PlanReader.Read(text, DocumentFormat.Yaml).Findings.ShouldHaveSingleItem().Message.ShouldContain("64 deep");
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_at_its_first_anchor()
    {
        var bomb = "a: &a [x,x]\n" + string.Concat(Enumerable.Range('b', 20).Select(letter => $"{(char)letter}: &{(char)letter} [*{(char)(letter - 1)},*{(char)(letter - 1)}]\n"));

        var finding = PlanReader.Read(bomb).Findings.ShouldHaveSingleItem();

        (finding.Line, finding.Message).ShouldBe((1, "Anchors (&name) are not accepted. Remove it."));
    }

    [Fact]
    public void A_document_that_is_too_large_is_refused_before_it_is_parsed() =>
        PlanReader.Read("name: " + new string('x', PlanReader.BytesMax)).Findings.ShouldHaveSingleItem().Message.ShouldContain("at most 1,048,576 bytes are read");

    [Fact]
    public void A_document_of_too_many_parts_is_refused() =>
        PlanReader.Read("name: [" + string.Concat(Enumerable.Repeat("1,", 120_000)) + "]").Findings.ShouldHaveSingleItem().Message.ShouldContain("more than 100,000 parts");

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused() =>
        PlanReader.Read([0x6E, 0x3A, 0x20, 0xFF]).Findings.ShouldHaveSingleItem().Message.ShouldContain("not UTF-8");

    [Fact]
    public void Random_text_never_brings_anything_but_findings()
    {
        var pieces = Gen.Elements("steps:", "\n", "  ", "- ", "use: a.b", "{", "}", "[", "]", ":", ",", "\"", "'", "|", ">", "&a", "*a", "!t", "%", "---", "...", "?", "#", "\r\n", "\t", "${", "with:", "\0", "é", "0", "~");
        var texts = pieces.ListOf().Select(string.Concat).Or(ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            foreach (var format in Enum.GetValues<DocumentFormat>())
            {
                var document = PlanReader.Read(text, format);
                (document.Plan is null).ShouldBe(document.Findings.Count > 0);
            }
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(3000).WithEndSize(60));
    }
}
