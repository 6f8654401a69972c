using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>What 'gantry provider test' finds, and what it does where a manifest asks for more than it can make up.</summary>
public sealed class RehearsalSpecs
{
    private const string Acme = """
        schema: provider/v1
        id: acme
        name: Acme
        category: CRM
        help: For tests.
        docs: https://acme.example/api
        checked: {date: 2026-11-21, against: nothing}
        base_url: https://api.acme.example/v2
        headers: {X-Version: "3"}
        auth: [{kind: bearer, fields: {api_key: {help: A key., secret: true, required: true}}}]
        actions:
          create_thing:
            help: Creates a thing.
            call: POST /things/{place}
            params:
              place: {help: Where., required: true}
              name: {help: What., required: true, max: 20}
              note: {help: Why., in: query}

        """;

    [Theory]
    [InlineData("POST /things", "PUT /things", "the method is 'PUT'")]
    [InlineData("/things/", "/thing/", "the path is '/v2/thing/")]
    [InlineData("api.acme", "api2.acme", "the host is 'api2.acme.example'")]
    [InlineData("X-Version: \"3\"", "X-Version: \"4\"", "the header X-Version is '4'")]
    [InlineData("in: query", "in: header", "the query has no note=")]
    [InlineData("required: true, max: 20", "required: true, max: 20, name: title", "the body has nothing at 'name'")]
    [InlineData("kind: bearer", "send: [{in: query, name: key, value: \"${connection.api_key}\"}], kind: api_key", "the token is ''")]
    public async Task A_request_that_is_not_what_the_manifest_says_is_a_fault(string said, string sent, string fault)
    {
        await using var recorder = new VendorRecorder();
        var stage = new RehearsalStage(ManifestReader.Read(Acme.Replace(said, sent, StringComparison.Ordinal), "acme.yaml"), DocumentReader.Read(Acme), recorder);

        var trial = await new ManifestTrials(stage).SendAsync(stage.Actions[0], stage.Ways[0], isAll: true, CancellationToken.None);

        trial.Faults.ShouldContain(found => found.Contains(fault, StringComparison.Ordinal), string.Join('\n', trial.Faults));
    }

    [Fact]
    public async Task A_wrong_value_that_is_taken_is_a_fault()
    {
        await using var recorder = new VendorRecorder();
        var stage = new RehearsalStage(ManifestReader.Read(Acme.Replace("max: 20", "max: 40", StringComparison.Ordinal), "acme.yaml"), DocumentReader.Read(Acme), recorder);

        var trial = await new ManifestTrials(stage).RefuseAsync(stage.Actions[0], CancellationToken.None);

        trial.Faults.ShouldContain(fault => fault.StartsWith("'name' was taken", StringComparison.Ordinal));
        trial.Faults.ShouldContain("Something was sent all the same.");
    }

    [Fact]
    public async Task Each_action_is_tried_in_every_way_and_what_was_sent_is_told()
    {
        var report = await RunAsync(Acme);

        report.Trials.SelectMany(trial => trial.Faults).ShouldBeEmpty();
        var trials = report.Actions.ShouldHaveSingleItem().Trials;
        trials.Select(trial => trial.Trial).ShouldBe(
        [
            "all parameters", "required parameters", "wrong parameters", "429, then the answer", "401, then a new token", "a list of several pages", "an error in a 200", "an answer that is no JSON",
        ]);
        trials[0].Sent.ShouldHaveSingleItem().Target.ShouldContain("note=");
        trials[1].Sent.ShouldHaveSingleItem().Target.ShouldNotContain("note=");
        trials[2].Sent.ShouldBeEmpty();
        trials[3].Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_value_that_cannot_be_made_up_is_asked_for_and_taken()
    {
        // No text is made up that holds this date twice with something between.
        var text = Acme.Replace("help: Where., ", "help: Where., pattern: '(?<d>[0-9]{4}-[0-9]{2}-31)(x|y)\\k<d>', ", StringComparison.Ordinal);

        var without = await RunAsync(text);
        var with = await RunAsync(text, ("place", "2026-01-31x2026-01-31"));
        var wrong = await Should.ThrowAsync<ArgumentException>(RunAsync(text, ("plac", "1")));

        without.Trials.SelectMany(trial => trial.Faults).ShouldContain(fault => fault.Contains("--value place=", StringComparison.Ordinal));
        with.Trials.SelectMany(trial => trial.Faults).ShouldBeEmpty();
        wrong.Message.ShouldContain("Did you mean 'place'?");
    }

    [Fact]
    public async Task A_job_whose_end_cannot_be_made_up_is_not_waited_for()
    {
        var report = await RunAsync(Acme + "    poll: {call: GET /jobs/done, every_seconds: 0.05, until: \"answer.state == 'done' && length(answer.parts) > 2\"}\n");

        report.Trials.SelectMany(trial => trial.Faults).ShouldBeEmpty();
        report.Actions[0].Trials[0].Note.ShouldNotBeNull().ShouldContain("'until'");
    }

    [Theory]
    [InlineData("[0-9a-f]{24}:[0-9a-f]{64}")]
    [InlineData("(?i)https?://[^/]+/v\\d{1,2}")]
    [InlineData("(?!abc)[a-z]{3}-\\d+(\\.\\d+)?")]
    [InlineData("[\\]\\-x]{2}(a|bb|ccc){3}")]
    [InlineData("arn:aws:[a-z0-9-]+:[a-z]{2}-[a-z]+-\\d:\\d{12}:.+")]
    [InlineData("\\+[1-9]\\d{6,14}")]
    [InlineData("[A-Z]{2}\\x2d[\\w.]+@[\\w.]+")]
    public void A_text_is_made_of_a_pattern(string source)
    {
        var pattern = new ManifestPattern(source);

        PatternSample.Of(pattern, 8, 200).ShouldNotBeNull().ShouldSatisfyAllConditions(text => pattern.Fits(text).ShouldBeTrue(), text => text.Length.ShouldBeInRange(8, 200));
    }

    [Fact]
    public void A_hostile_pattern_ends_without_a_text()
    {
        PatternSample.Of(new ManifestPattern("((a{1000}){1000}){1000}b")).ShouldBeNull();
        (PatternSample.Of(new ManifestPattern(string.Concat(Enumerable.Repeat("(?:", 900)) + "€" + new string(')', 900))) is null or "€").ShouldBeTrue();
    }

    private static Task<RehearsalReport> RunAsync(string text, params (string Name, string Value)[] given) =>
        ManifestRehearsal.RunAsync(text, "acme.yaml", given.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), null, CancellationToken.None);
}
