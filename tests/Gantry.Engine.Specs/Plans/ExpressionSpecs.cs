using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class ExpressionSpecs
{
    private const string Input = """
        {"x":{"text":"hé","n":12345678901234567890123,"f":1.50,"t":true,"none":null,"list":[1,"b",{"c":"d"}],"map":{"a":[{"b":"deep"}],"odd key":7,"0":"zero"},
        "items":[{"name":"a","count":1,"by":{"name":"A"}},{"name":"b","count":5,"by":{"name":"B"}}]}}
        """;

    [Theory]
    [InlineData("\"${input.x.n}\"", "12345678901234567890123")]
    [InlineData("\"${input.x.f}\"", "1.50")]
    [InlineData("\"${input.x.t}\"", "true")]
    [InlineData("\"${input.x.none}\"", "null")]
    [InlineData("\"${input.x.list}\"", """[1,"b",{"c":"d"}]""")]
    [InlineData("\"${ input.x.map.a[0].b }\"", "\"deep\"")]
    [InlineData("\"${input.x.map['odd key']}\"", "7")]
    [InlineData("\"${input.x.map.a.0.b}\"", "\"deep\"")]
    [InlineData("\"${input.x.map.0}\"", "\"zero\"")]
    [InlineData("\"${input.x.list[2].c}\"", "\"d\"")]
    [InlineData("\"n=${input.x.n} f=${input.x.f} t=${input.x.t} none=${input.x.none}\"", "\"n=12345678901234567890123 f=1.50 t=true none=null\"")]
    [InlineData("\"${input.x.text}: ${input.x.list}\"", "\"hé: [1,\\\"b\\\",{\\\"c\\\":\\\"d\\\"}]\"")]
    [InlineData("[{\"a\":[\"${input.x.t}\",\"${input.x.text}\"]}]", "[{\"a\":[true,\"hé\"]}]")]
    [InlineData("\"$${input.x} and ${'$'}${input.x.t}\"", "\"${input.x} and $true\"")]
    [InlineData("\"costs $5 {{ mustache }} $ {\"", "\"costs $5 {{ mustache }} $ {\"")]
    [InlineData("\"${input.x.gone ?? 'default'}\"", "\"default\"")]
    [InlineData("\"${input.x.none ?? input.x.gone ?? 5}\"", "5")]
    [InlineData("\"${input.x.text ?? 'default'}\"", "\"hé\"")]
    [InlineData("\"${input.x.n == 12345678901234567890124}\"", "false")]
    [InlineData("\"${input.x.n < 12345678901234567890124}\"", "true")]
    [InlineData("\"${input.x.f == 1.5 && !(input.x.f > 2)}\"", "true")]
    [InlineData("\"${input.x.text != \\\"b\\\" || input.x.none < 1}\"", "true")]
    [InlineData("\"${-1 >= -1.0}\"", "true")]
    [InlineData("\"${'5' == 5}\"", "false")]
    [InlineData("\"${input.x.list == input.x.list}\"", "true")]
    [InlineData("\"${length(input.x.text)}\"", "2")]
    [InlineData("\"${input.x.items | length}\"", "2")]
    [InlineData("\"${upper(input.x.text)} ${lower('AB')} ${trim(' a ')}\"", "\"HÉ ab a\"")]
    [InlineData("\"${split('a,b,,c', ',')}\"", """["a","b","","c"]""")]
    [InlineData("\"${join(input.x.list, '; ')}\"", "\"1; b; {\\\"c\\\":\\\"d\\\"}\"")]
    [InlineData("\"${input.x.items | map(name)}\"", """["a","b"]""")]
    [InlineData("\"${map(input.x.items, 'by.name')}\"", """["A","B"]""")]
    [InlineData("\"${filter(input.x.items, count > 3) | map(by.name) | join}\"", "\"B\"")]
    [InlineData("\"${filter(input.x.items, item.name == input.x.items[0].name)[0].x ?? 'none'}\"", null)]
    [InlineData("\"${json(input.x.map.a)}\"", "\"[{\\\"b\\\":\\\"deep\\\"}]\"")]
    [InlineData("\"${date('2026-01-31T23:30:00+02:00', 'yyyy-MM-dd HH:mm')}\"", "\"2026-01-31 21:30\"")]
    [InlineData("\"${date(now, 'yyyy/MM/dd')}\"", "\"2026/01/31\"")]
    [InlineData("\"${base64('hé')}\"", "\"aMOp\"")]
    [InlineData("\"${hash('abc')}\"", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"")]
    [InlineData("\"${contains(input.x.list, 'b')}\"", "true")]
    [InlineData("\"${contains(split('1,2', ','), 2)}\"", "false")]
    [InlineData("\"${contains(input.x.list, 1.0)}\"", "true")]
    [InlineData("\"${contains(input.x.map, 'odd key')}\"", "true")]
    [InlineData("\"${contains(input.x.map, 'even key')}\"", "false")]
    [InlineData("\"${contains(input.x.text, 'H')}\"", "false")]
    [InlineData("\"${length('a😀')}\"", "2")]
    [InlineData("\"${length(input.x.list[2])}\"", "1")]
    [InlineData("\"${length('')}\"", "0")]
    [InlineData("\"${lower('HÉ')}\"", "\"hé\"")]
    [InlineData("\"[${trim(' a b ')}]\"", "\"[a b]\"")]
    [InlineData("\"${join(split('b-a', '-'))}\"", "\"b,a\"")]
    [InlineData("\"${first(input.x.list)} ${last(split('a b c', ' '))}\"", "\"1 c\"")]
    [InlineData("\"${last(filter(input.x.items, count > 99)) ?? 'none'}\"", "\"none\"")]
    [InlineData("\"${replace('aAa', 'a', 'bb')}\"", "\"bbAbb\"")]
    [InlineData("\"${concat('a', 1, true)}\"", "\"a1true\"")]
    [InlineData("\"${base64url('>>>???')}\"", "\"Pj4-Pz8_\"")]
    [InlineData("\"${hex('hé')}\"", "\"68c3a9\"")]
    [InlineData("\"${urlencode('a b/é?&=')}\"", "\"a%20b%2F%C3%A9%3F%26%3D\"")]
    [InlineData("\"${json('a')} ${json(1.50)}\"", "\"\\\"a\\\" 1.50\"")]
    [InlineData("\"${filter(input.x.items, (missing ?? 0) == 1)}\"", "[]")]
    [InlineData("\"${map(filter(input.x.items, contains(split('b', ','), item.name)), concat(item.name, '!'))}\"", """["b!"]""")]
    [InlineData("\"${9007199254740993 == 9007199254740992} ${9007199254740993 > 9007199254740992}\"", "\"false true\"")]
    [InlineData("\"${0.1234567890123456789 > 0.1234567890123456788}\"", "true")]
    [InlineData("\"${1e400 == 1e401} ${1e400 < 1e401} ${-1e400 < 1e-400}\"", "\"false true true\"")]
    [InlineData("\"${1e30 == 1000000000000000000000000000001} ${1e30 == 1000000000000000000000000000000.0}\"", "\"false true\"")]
    [InlineData("\"${-0 == 0.0} ${-2.5 < -2.49} ${10 == 1e+1} ${0.05 == 5E-2} ${100 > 99.99}\"", "\"true true true true true\"")]
    [InlineData("\"${1e99999999999999999999 > 1e9} ${1e-99999999999999999999 < 1e-9}\"", "\"true true\"")]
    [InlineData("\"${now}\"", "\"2026-01-31T12:00:00Z\"")]
    [InlineData("\"${execution.id}\"", "\"01900000-0000-7000-8000-000000000001\"")]
    [InlineData("\"${env.PLACE}\"", "\"here\"")]
    [InlineData("\"${'}'}\"", "\"}\"")]
    public async Task An_expression_gives_its_value(string value, string? expected)
    {
        var stage = new PlanStage { Environment = { ["PLACE"] = "here" } };

        var run = stage.ValueOfAsync(value, Input);

        if (expected is null)
        {
            (await Should.ThrowAsync<InvalidOperationException>(run)).Message.ShouldContain("malformed");
            return;
        }

        JsonSerializer.Serialize(await run).ShouldBe(JsonSerializer.Serialize(JsonElement.Parse(expected)));
    }

    [Theory]
    [InlineData("${input.x.missing}", "${input.x.missing}: there is no 'missing' in input.x. Known are: text, n, f, t, none, list, map, items.")]
    [InlineData("a ${input.x.txt} b", "${input.x.txt}: there is no 'txt' in input.x. Did you mean 'text'?")]
    [InlineData("${input.x.list[3]}", "${input.x.list[3]}: there is no [3] in input.x.list: it is a list of 3, counted from 0.")]
    [InlineData("${input.x.list.name}", "${input.x.list.name}: there is no 'name' in input.x.list: it is a list, whose items are [0], [1], ….")]
    [InlineData("${input.x.text.length}", "${input.x.text.length}: there is no 'length' in input.x.text: it is a text.")]
    [InlineData("${env.PATH}", "${env.PATH}: there is no variable 'PATH' in the environment that plans see.")]
    [InlineData("${steps.first.output}", "${steps.first.output}: there is no step 'first'.")]
    [InlineData("${plan.name}", "${plan.name}: this plan has no name.")]
    [InlineData("${'a' < 1}", "${'a' < 1}: a text and a number have no order: compare two numbers or two texts")]
    [InlineData("${!input.x.text}", "${!input.x.text}: '!' needs true or false, and got a text")]
    [InlineData("${split('a', '')}", "${split('a', '')}: split needs a separator that is not empty")]
    public async Task What_is_not_there_is_an_error_that_names_the_step_and_the_reference(string text, string message)
    {
        var stage = new PlanStage();

        var outcome = await stage.RunValueAsync(JsonSerializer.Serialize(text), Input);

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        outcome.Error.Message.ShouldBe($"Step 'go' (fake.pure) cannot run: {message}");
        stage.Fake.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Outputs_of_earlier_steps_are_found_by_number_by_id_and_in_the_original_planners_way()
    {
        var stage = new PlanStage();

        var outcome = await stage.RunAsync("""
            steps:
              - {id: my-feed, use: fake.pure, with: {value: [{title: One}, {title: Two}]}}
              - {use: fake.pure, with: {value: ["${steps.0.output.value[1].title}", "${steps.my-feed.output.value.0.title}", "{{step_1.output.value[1]}}", "<{{ step_1.output.value[0].title }}>"]}}
            """);

        outcome.Output!.Value.GetRawText().ShouldBe("""{"value":["Two","One",{"title":"Two"},"<One>"]}""");
    }

    [Fact]
    public async Task A_value_is_never_looked_through_for_references_again()
    {
        var value = await new PlanStage().ValueOfAsync("\"${input.x} ${input.x}\"", """{"x":"${env.HOME} {{step_1.output}} ${cred:KEY} $${y}"}""");

        value.GetString().ShouldBe("${env.HOME} {{step_1.output}} ${cred:KEY} $${y} ${env.HOME} {{step_1.output}} ${cred:KEY} $${y}");
    }

    [Theory]
    [InlineData("${input.x | map(item) | map(item)}")]
    [InlineData("${join(map(input.x, join(map(input.x, join(input.x)))))}")]
    [InlineData("${map(input.x, map(input.x, map(input.x, map(input.x, input.x))))}")]
    public async Task What_costs_too_much_is_refused(string text)
    {
        var many = $$"""{"x":[{{string.Join(',', Enumerable.Repeat("\"" + new string('x', 1000) + "\"", 1000))}}]}""";

        var stage = new PlanStage();
        var outcome = await stage.RunValueAsync(JsonSerializer.Serialize(text), many);

        if (outcome.Status == ExecutionStatus.Failed)
        {
            outcome.Error!.Message.ShouldContain("takes more work than a reference may");
        }
        else
        {
            text.ShouldBe("${input.x | map(item) | map(item)}");
        }
    }

    [Fact]
    public async Task Looking_through_something_large_again_and_again_is_paid_for()
    {
        var large = JsonSerializer.Serialize(new { x = new { list = Enumerable.Range(0, 20_000), map = Enumerable.Range(0, 20_000).ToDictionary(i => $"k{i}") } });

        (await new PlanStage().RunValueAsync("\"${filter(input.x.list, item == input.x.map.k19999)}\"", large)).Error!.Message.ShouldContain("takes more work");
        (await new PlanStage().ValueOfAsync("\"${input.x == input.x}\"", large)).GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData(" ?? input.x")]
    [InlineData(" || input.x")]
    [InlineData(" && input.x")]
    [InlineData(" == input.x")]
    [InlineData(" | upper")]
    [InlineData(" | map(item)")]
    public async Task A_chain_without_end_is_a_malformed_reference_and_not_a_crash(string link)
    {
        var many = string.Concat(Enumerable.Repeat(link, 50_000));

        var outcome = await new PlanStage().RunValueAsync($"\"${{input.x{many}}}\"", """{"x":null}""");

        outcome.Error!.Message.ShouldContain("more than 250 values and calls");
    }

    [Theory]
    [InlineData("!")]
    [InlineData("input.x.")]
    [InlineData("$${")]
    [InlineData("{{")]
    [InlineData("${input.x ?? ''}")]
    [InlineData("${")]
    public async Task Long_texts_of_anything_are_read_in_good_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length / 2));

        foreach (var value in new[] { text, "${" + text, "{a: " + text })
        {
            var outcome = await new PlanStage().RunValueAsync(JsonSerializer.Serialize(value), """{"x":null}""");
            (outcome.Error?.Kind ?? ProviderErrorKind.BadRequest).ShouldBe(ProviderErrorKind.BadRequest);
            PlanReader.Read("steps: [{a: " + value).Findings.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Deep_nesting_is_a_malformed_reference_and_not_a_crash()
    {
        var outcome = await new PlanStage().RunValueAsync($"\"${{{new string('(', 100_000)}\"");

        outcome.Error!.Message.ShouldContain("nested too deeply");
    }

    [Fact]
    public void Any_text_comes_through_a_reference_as_it_is() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((text, around) =>
        {
            var input = JsonSerializer.Serialize(new { x = text.Get.Replace("\uFFFD", "", StringComparison.Ordinal) });
            var plain = JsonElement.Parse(input).GetProperty("x").GetString()!;
            var frame = around.Get.Replace("$", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal);
            var framed = JsonElement.Parse(JsonSerializer.Serialize(frame)).GetString()!;

            var value = new PlanStage().ValueOfAsync(JsonSerializer.Serialize(frame + "${input.x}|" + frame), input).GetAwaiter().GetResult();

            value.GetString().ShouldBe(framed + plain + "|" + framed);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300));

    [Fact]
    public void Any_expression_is_a_value_or_a_clear_error() =>
        Prop.ForAll(
            Gen.Elements("input", ".x", "[0]", "['a']", "(", ")", "map(", "filter(", "upper", ",", "|", "??", "==", "<", "&&", "!", " ", "1", "-2.5", "'t'", "\"", "item", "true", "steps", ".0", "}")
                .ListOf().Select(string.Concat).ToArbitrary(),
            text =>
            {
                var stage = new PlanStage();
                var outcome = stage.RunValueAsync(JsonSerializer.Serialize("${" + text + "}"), """{"x":[{"a":1},"b"]}""").GetAwaiter().GetResult();

                (outcome.Error?.Kind ?? ProviderErrorKind.BadRequest).ShouldBe(ProviderErrorKind.BadRequest);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(3000));
}
