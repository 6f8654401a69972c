using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class PlanSecretsSpecs
{
    private const string TwoSteps = """
        steps:
          - {use: fake.do, with: {token: "${cred:KNOWN}"}}
          - {use: fake.do, with: {token: "${cred:MISSING}", headers: {a: [x, "Bearer ${cred:KNOWM}"]}}}
          - {use: fake.do, with: {token: "${cred:MISSING}"}}
        """;

    private readonly PlanStage stage = new();

    [Fact]
    public async Task Nothing_begins_when_a_later_step_lacks_a_credential()
    {
        stage.Secrets["KNOWN"] = "value";

        var outcome = await stage.RunAsync(TwoSteps);

        outcome.Status.ShouldBe(ExecutionStatus.Failed);
        outcome.Error!.Message.ShouldContain("There is no credential 'MISSING' (steps[1].with.token, steps[2].with.token).");
        outcome.Error.Message.ShouldContain("There is no credential 'KNOWM' (steps[1].with.headers.a[1]). Did you mean 'KNOWN'?");
        outcome.Error.Message.ShouldContain("Looked for in the test.");
        stage.Fake.Calls.ShouldBeEmpty();
        stage.Journal.Lines.ShouldHaveSingleItem().Message.ShouldContain("cannot begin");
    }

    [Fact]
    public async Task The_place_is_told_as_the_document_has_it()
    {
        var document = PlanReader.Read(TwoSteps);

        var outcome = await stage.Runner.RunAsync(
            stage.Run(document.Plan!) with { PlaceOf = path => $"plan.yaml:{document.PlaceOf(path)}" }, stage.Journal, TestContext.Current.CancellationToken);

        outcome.Error!.Message.ShouldContain("'MISSING' (plan.yaml:3:34, plan.yaml:4:34)");
    }

    [Theory]
    [InlineData(ProviderErrorKind.Unauthorized, "shop, backup", "KNOWN, SHOP_PASSWORD")]
    [InlineData(ProviderErrorKind.Unavailable, "shop, backup", null)]
    public async Task A_failed_attempt_names_its_endpoints_and_a_refused_one_its_credentials(ProviderErrorKind kind, string endpoints, string? credentials)
    {
        (stage.Secrets["KNOWN"], stage.Secrets["SHOP_PASSWORD"]) = ("value", "another");
        stage.Fake.Answer = (_, _) => Task.FromResult(ProviderResult.Failure(new() { Kind = kind, Message = "It says no." }));

        await stage.RunAsync(
            """{"inputs":{"day":"string"},"steps":[{"use":"fake.move","with":{"from":["shop:a","/tmp/b","shop:c"],"to":"backup:${input.day}","token":"${cred:KNOWN}"}}]}""", """{"day":"monday"}""");

        var metadata = stage.Journal.Attempts.Last().Metadata!;
        (metadata.GetValueOrDefault("endpoints"), metadata.GetValueOrDefault("credentials")).ShouldBe((endpoints, credentials));
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_moment_is_asked_again()
    {
        stage.Secrets["KNOWN"] = "value";
        FlakySecrets secrets = new(failures: 2);
        var running = stage.Runner.RunAsync(
            stage.Run(PlanStage.Read("steps: [{use: fake.do, with: {token: '${cred:KNOWN}'}}]")) with { Secrets = secrets }, stage.Journal, TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            stage.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await running).Status.ShouldBe(ExecutionStatus.Succeeded);
        secrets.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task A_variable_is_found_as_the_older_tool_wrote_it()
    {
        stage.Environment["FTP_HOST"] = "ftp.example.org";

        (await stage.ValueOfAsync("\"${FTP_HOST}:21\"")).GetString().ShouldBe("ftp.example.org:21");
        (await stage.RunValueAsync("\"${NOT_SET}\"")).Error!.Message.ShouldContain("there is no variable 'NOT_SET'");
        (await stage.RunValueAsync("\"${FTP_HOST.x}\"")).Error!.Message.ShouldContain("there is no 'FTP_HOST.x' to refer to");
    }

    private sealed class FlakySecrets(int failures) : ISecretResolver
    {
        public int Asked { get; private set; }

        public string Places => "the flaky store";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => Asked++ < failures
            ? throw new SecretStoreException(SecretStoreError.Unavailable, "The flaky store is away.", isTransient: true)
            : ValueTask.FromResult<Secret?>(new Secret("value"));
    }
}
