using System.Globalization;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>What an AI used, where a manifest says that it stands: it counts against budgets, whoever wrote the manifest.</summary>
public sealed class UsageSpecs
{
    private const string Rest = """
        auth: [{kind: none}]
        usage: {input: [meta.billed.in, meta.cached], output: ["parts[*].tokens"], cost: "header:X-Cost"}
        actions:
          ask:
            help: Answers.
            call: POST /ask
            params: {text: {help: "The question."}}
          rank:
            help: Ranks.
            call: GET /rank
            response: {output: order, usage: {input: [units]}}
            params: {text: {help: "The question."}}
          look:
            help: Looks.
            call: GET /look
          wait:
            help: Answers later.
            call: POST /jobs
            response: {usage: {output: [spent]}}
            poll: {call: "GET /jobs/${job}", id: id, until: "${answer.done}", every_seconds: 1}
        """;

    [Theory]
    [InlineData("ask", """{"meta": {"billed": {"in": 10}, "cached": 3}, "parts": [{"tokens": 4}, {"tokens": "5"}, {"tokens": null}]}""", 22, "0.25")]
    [InlineData("ask", """{"meta": {"billed": {"in": -4}, "cached": 2.2}, "parts": [{"tokens": 1e400}, {"tokens": {}}, {"tokens": "many"}]}""", 3, "0.25")]
    [InlineData("ask", """{"usage": {"prompt_tokens": 900}, "meta": {"billed": {"in": 1}}}""", 1, "0.25")]
    [InlineData("rank", """{"order": [1, 2], "units": 7}""", 7, "0")]
    [InlineData("look", """{"meta": {"billed": {"in": 10}}}""", 0, "0")]
    public async Task What_the_manifest_names_is_what_was_used(string action, string answer, long tokens, string cost)
    {
        await using var stage = await ManifestStage.StartAsync(Rest, (_, context) =>
        {
            context.Response.Headers["X-Cost"] = "0.25";
            return ManifestStage.JsonAsync(context, answer);
        });

        var result = await stage.Provider.RunAsync(stage.Call(action), CancellationToken.None);

        (AiUse.In(result.Metadata) ?? default).ShouldBe(new AiUse(tokens, decimal.Parse(cost, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_job_has_used_what_it_says_when_it_is_done()
    {
        await using var stage = await ManifestStage.StartAsync(Rest, (request, context) =>
            ManifestStage.JsonAsync(context, request.Path.EndsWith("/jobs", StringComparison.Ordinal) ? """{"id": "j1"}""" : """{"done": true, "spent": 41}"""));

        AiUse.In((await stage.Provider.RunAsync(stage.Call("wait"), CancellationToken.None)).Metadata).ShouldBe(new AiUse(41, 0));
    }

    [Theory]
    [InlineData("ask", true)]
    [InlineData("rank", true)]
    [InlineData("wait", true)]
    [InlineData("look", false)]
    public async Task Whatever_says_what_it_uses_asks_an_AI(string action, bool asksAi)
    {
        await using var stage = await ManifestStage.StartAsync(Rest, (_, context) => ManifestStage.JsonAsync(context, "{}"));

        stage.Provider.Actions.Single(known => known.Id == action).AsksAi.ShouldBe(asksAi);
    }

    [Theory]
    [InlineData("{}", "names where an answer tells its tokens")]
    [InlineData("{input: tokens}", "'input' is a list")]
    [InlineData("{tokens: [a]}", "has no field 'tokens'")]
    [InlineData("{input: ['a[']}", "is no path into an answer")]
    public void What_is_wrong_with_it_is_told(string usage, string message)
    {
        var manifest = $"""
            schema: provider/v1
            id: acme
            name: Acme
            category: CRM
            help: For tests.
            docs: https://acme.example/api
            checked: {"{"}date: 2026-11-21, against: nothing{"}"}
            base_url: https://api.acme.example/v2
            auth: [{"{"}kind: none{"}"}]
            usage: {usage}
            actions: {"{"}ask: {"{"}help: Answers., call: POST /ask{"}"}{"}"}
            """;

        ManifestReader.Check(manifest, "acme.yaml").ShouldContain(finding => finding.Message.Contains(message, StringComparison.Ordinal));
    }
}
