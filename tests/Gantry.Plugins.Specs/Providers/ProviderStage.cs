using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Runs single steps of the real providers, as a plan would.</summary>
public sealed class ProviderStage
{
    public Dictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    public List<string> EgressAllowed { get; } = ["*"];

    public List<string> ProgramsAllowed { get; } = [];

    public IEndpointOpener Endpoints { get; set; } = new NoEndpoints();

    public MemoryJournal Journal { get; set; } = new();

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>One attempt at a step with these parameters, and how it ended.</summary>
    public async Task<PlanOutcome> RunAsync(string use, object parameters, string inputs = "{}", CancellationToken cancellationToken = default)
    {
        var document = PlanReader.Read(JsonSerializer.Serialize(new
        {
            inputs = new { x = new { type = "any", required = false } },
            steps = new[] { new { use, with = parameters, retry = new { attempts = 1 } } },
        }));
        var findings = PlanCheck.Check(document, AllPlugins.Providers);
        return findings.Count > 0 ? throw new InvalidOperationException(string.Join('\n', findings)) : await RunAsync(document.Plan!, inputs, cancellationToken);
    }

    /// <summary>The parameters of all of these; of two with one name the later counts.</summary>
    public static Dictionary<string, JsonElement> Parameters(params object[] given)
    {
        Dictionary<string, JsonElement> all = new(StringComparer.Ordinal);
        foreach (var property in given.SelectMany(some => JsonSerializer.SerializeToElement(some).EnumerateObject()))
        {
            all[property.Name] = property.Value;
        }

        return all;
    }

    /// <summary>What finds the secrets of this stage.</summary>
    public ISecretResolver Resolver => new DictionarySecrets(Secrets);

    public Task<PlanOutcome> RunAsync(Plan plan, string inputs = "{}", CancellationToken cancellationToken = default) =>
        new PlanRunner(AllPlugins.Providers, Clock).RunAsync(
            new PlanRun
            {
                ExecutionId = Guid.Parse("01900000-0000-7000-8000-000000000001"),
                Plan = plan,
                Inputs = JsonElement.Parse(inputs),
                Secrets = Resolver,
                Endpoints = Endpoints,
                EgressAllowed = EgressAllowed,
                ProgramsAllowed = ProgramsAllowed,
            },
            Journal,
            cancellationToken);

    private sealed class DictionarySecrets(Dictionary<string, string> secrets) : ISecretResolver
    {
        public string Places => "the test";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secrets.TryGetValue(name, out var value) ? new Secret(value) : null);
    }

    private sealed class NoEndpoints : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            throw new EndpointException(EndpointError.NotFound, $"There is no endpoint at '{address}'.");
    }
}
