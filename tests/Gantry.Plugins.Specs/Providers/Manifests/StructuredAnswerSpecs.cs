using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Answers of AIs in a form that the step asks for: held against it, and asked for once more.</summary>
public sealed class StructuredAnswerSpecs
{
    private const string Rest = """
        auth: [{kind: none}]
        actions:
          chat:
            help: Answers.
            call: POST /chat
            response: {structured: {schema: form.schema, text: "choices[0].text", repair: messages}}
            params: {messages: {help: "The conversation.", type: list, items: {type: map}}, form: {help: "The form.", type: map}}
          once:
            help: Answers.
            call: POST /chat
            response: {structured: {schema: form.schema, text: "choices[0].text"}}
            params: {messages: {help: "The conversation.", type: list, items: {type: map}}, form: {help: "The form.", type: map}}
        """;

    private const string Schema = """
        {"type": "object", "required": ["name", "age"], "additionalProperties": false, "properties":
          {"name": {"type": "string", "minLength": 2}, "age": {"type": ["integer", "null"], "minimum": 0}, "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "maxItems": 2}},
          "$defs": {"tag": {"anyOf": [{"const": "a"}, {"enum": ["b", "c"]}]}}}
        """;

    [Theory]
    [InlineData("""{"name": "Ann", "age": 7}""")]
    [InlineData("""{"name": "Ann", "age": null, "tags": ["a", "c"]}""")]
    public async Task An_answer_of_the_form_is_answered_as_it_is(string answer)
    {
        await using var stage = await StartAsync(answer);

        var output = await stage.RunAsync("chat", Question(Schema));

        output!["choices"]![0]!["text"]!.GetValue<string>().ShouldBe(answer);
        stage.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("No.", "It is not JSON")]
    [InlineData("""{"name": "Ann", "age": """, "It is not JSON")]
    [InlineData("""{"name": "Ann"}""", "$.age is missing.")]
    [InlineData("""{"name": "A", "age": 1.5}""", "$.name is to have 2 characters or more. $.age is to be integer or null.")]
    [InlineData("""{"name": "Ann", "age": -1, "more": 1}""", "$.more is not allowed. $.age is to be at least 0.")]
    [InlineData("""{"name": "Ann", "age": 1, "tags": ["a", "x"]}""", "$.tags[1] fits none of the forms that it may have.")]
    [InlineData("[]", "$ is to be object.")]
    [InlineData("```json\n{\"name\": \"Ann\", \"age\": 7}\n```", "It is not JSON")]
    [InlineData("```\n```json\n{\"name\": \"Ann\", \"age\": 7}\n```\n```", "It is not JSON")]
    [InlineData("""{"name": "Ann", "age": 7} {"name": "Ann", "age": 7}""", "It is not JSON")]
    [InlineData("""{"name": "Ann", "age": NaN}""", "It is not JSON")]
    [InlineData("""{"name": "Ann", "age": "7"}""", "$.age is to be integer or null.")]
    [InlineData("""{"name": "Ann", "age": 1e400}""", "$.age")]
    [InlineData("""{"name": "Ann", "age": 1, "tags": {"0": "a"}}""", "$.tags")]
    [InlineData("""{"name": ["Ann"], "age": true}""", "$.name is to be string. $.age is to be integer or null.")]
    [InlineData("null", "$ is to be object.")]
    [InlineData("\"{}\"", "$ is to be object.")]
    public async Task One_of_another_form_is_asked_for_once_more_with_what_is_wrong(string wrong, string problem)
    {
        await using var stage = await StartAsync(wrong, """{"name": "Ann", "age": 7}""");

        var output = await stage.RunAsync("chat", Question(Schema));

        output!["choices"]![0]!["text"]!.GetValue<string>().ShouldContain("Ann");
        var messages = JsonNode.Parse(stage.Requests[1].Text)!["messages"]!.AsArray();
        messages.Select(message => message!["role"]!.GetValue<string>()).ShouldBe(["user", "assistant", "user"]);
        messages[1]!["content"]!.GetValue<string>().ShouldBe(wrong);
        messages[2]!["content"]!.GetValue<string>().ShouldContain(problem);
    }

    [Theory]
    [InlineData('[', 100_000)]
    [InlineData('x', 3_000_000)]
    [InlineData('\uD83D', 25_000)]
    public async Task One_without_measure_is_asked_for_once_more_in_short(char character, int count)
    {
        await using var stage = await StartAsync($"{{\"name\": \"{new string(character, count)}", """{"name": "Ann", "age": 7}""");

        await stage.RunAsync("chat", Question(Schema));

        stage.Requests[1].Text.Length.ShouldBeLessThan(200_000);
    }

    [Fact]
    public async Task One_with_more_than_is_looked_at_comes_to_an_end()
    {
        var many = string.Join(',', Enumerable.Range(0, 300_000).Select(number => $"\"k{number}\": 1"));
        await using var stage = await StartAsync($"{{{many}}}");

        (await stage.FailAsync("once", Question(Schema))).Message.Length.ShouldBeLessThan(3_000);
    }

    [Theory]
    [InlineData("chat", 2)]
    [InlineData("once", 1)]
    public async Task One_that_stays_wrong_is_a_failure_for_good(string action, int requests)
    {
        await using var stage = await StartAsync("{}", "{}", "{}");

        var error = await stage.FailAsync(action, Question(Schema));

        (error.Kind, error.IsTransient, stage.Requests.Count).ShouldBe((ProviderErrorKind.Upstream, false, requests));
        error.Message.ShouldContain("does not have the form that was asked for");
        error.Message.ShouldContain("$.name is missing.");
    }

    [Fact]
    public async Task Without_a_form_nothing_is_looked_at()
    {
        await using var stage = await StartAsync("Hello.");

        await stage.RunAsync("chat", """{"messages": [{"role": "user", "content": "Hi"}]}""");

        stage.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"$ref": "#"}""", "is nested too deeply")]
    [InlineData("""{"type": "string", "pattern": "^[a-z]+$"}""", "is to match")]
    [InlineData("""{"type": "string", "pattern": "(["}""", null)]
    [InlineData("""{"$ref": "https://elsewhere.example/schema"}""", null)]
    [InlineData("""{"oneOf": [{"type": "string"}, {"minLength": 1}]}""", "fits more than one")]
    [InlineData("""{"not": {"type": "string"}}""", "may not have")]
    [InlineData("false", null)]
    public async Task A_form_of_any_sort_comes_to_an_end(string schema, string? problem)
    {
        await using var stage = await StartAsync("\"A1\"");

        if (problem is null) await stage.RunAsync("once", Question(schema));
        else (await stage.FailAsync("once", Question(schema))).Message.ShouldContain(problem);
    }

    private static string Question(string schema) => """{"messages": [{"role": "user", "content": "Who?"}], "form": {"schema": SCHEMA}}""".Replace("SCHEMA", schema, StringComparison.Ordinal);

    private static Task<ManifestStage> StartAsync(params string[] answers)
    {
        var next = 0;
        return ManifestStage.StartAsync(Rest, (_, context) =>
            ManifestStage.JsonAsync(context, JsonSerializer.Serialize(new { choices = new[] { new { text = answers[next++] } } })));
    }
}
