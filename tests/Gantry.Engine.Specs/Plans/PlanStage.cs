using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Specs.Plans;

/// <summary>Everything a plan needs to run in a test.</summary>
public sealed class PlanStage
{
    public PlanStage() => Providers = new ProviderCatalog([Fake]);

    public FakeProvider Fake { get; } = new();

    public ProviderCatalog Providers { get; }

    public ManualClock Clock { get; } = new();

    public MemoryJournal Journal { get; } = new();

    public Dictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public PlanRunner Runner => field ??= new PlanRunner(Providers, Clock) { Chance = () => 0 };

    public static Plan Read(string text)
    {
        var document = PlanReader.Read(text);
        return document.Plan ?? throw new InvalidOperationException(string.Join('\n', document.Findings));
    }

    public PlanRun Run(Plan plan, string inputs = "{}", params StepAttempt[] recorded) => new()
    {
        ExecutionId = Guid.Parse("01900000-0000-7000-8000-000000000001"),
        Plan = plan,
        Inputs = JsonElement.Parse(inputs),
        Recorded = recorded,
        Secrets = new DictionarySecrets(Secrets),
        Endpoints = new NoEndpoints(),
        Environment = Environment,
    };

    public Task<PlanOutcome> RunAsync(string plan, string inputs = "{}", CancellationToken cancellationToken = default) =>
        Runner.RunAsync(Run(Read(plan), inputs), Journal, cancellationToken);

    /// <summary>Runs a plan of one step, 'go', whose value is this JSON.</summary>
    public Task<PlanOutcome> RunValueAsync(string value, string inputs = "{}") =>
        RunAsync("""{"inputs":{"x":"any"},"steps":[{"id":"go","use":"fake.pure","with":{"value":VALUE}}]}""".Replace("VALUE", value, StringComparison.Ordinal), inputs);

    /// <summary>What that step got as its value.</summary>
    public async Task<JsonElement> ValueOfAsync(string value, string inputs = "{}")
    {
        var outcome = await RunValueAsync(value, inputs);
        return outcome.Error is null ? outcome.Output!.Value.GetProperty("value") : throw new InvalidOperationException(outcome.Error.Message);
    }

    public static StepAttempt Attempt(StepStatus status, int attempt = 1, string path = "0", string? output = null, ProviderError? error = null) => new()
    {
        StepPath = path,
        Use = "fake.do",
        Attempt = attempt,
        Status = status,
        StartedAt = new DateTimeOffset(2026, 1, 31, 11, 59, 0, TimeSpan.Zero),
        EndedAt = status == StepStatus.Running ? null : new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        Output = output is null ? null : new StepOutput(JsonElement.Parse(output)),
        Error = error,
    };

    private sealed class DictionarySecrets(Dictionary<string, string> secrets) : ISecretResolver
    {
        public string Places => "the test";

        public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyCollection<string>>(secrets.Keys);

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secrets.TryGetValue(name, out var value) ? new Secret(value) : null);
    }

    private sealed class NoEndpoints : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            throw new EndpointException(EndpointError.NotFound, $"There is no endpoint at '{address}'.");

        public ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<string>>(address.StartsWith("shop:", StringComparison.Ordinal) ? ["SHOP_PASSWORD"] : []);
    }
}
