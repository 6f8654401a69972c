using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Microsoft.AspNetCore.Http;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>A small manifest of a test's own, its vendor, and calls of it.</summary>
internal sealed class ManifestStage : IAsyncDisposable, ISecretResolver, IEndpointOpener, IStepLog
{
    private readonly VendorServer server;

    private ManifestStage(VendorServer server, ManifestProvider provider) => (this.server, Provider) = (server, provider);

    public ManifestProvider Provider { get; }

    public Dictionary<string, Secret> Secrets { get; } = new(StringComparer.Ordinal);

    public List<IReadOnlyCollection<string>> Lookups { get; } = [];

    public IConnectionTokens Tokens { get; set; } = new MemoryConnectionTokens();

    public MemoryEndpoint Files { get; } = new();

    public FolderFiles? KeptFiles { get; set; } = new();

    public IReadOnlyList<RecordedRequest> Requests => [.. server.Requests];

    public Uri Url => server.Url;

    public string Places => "the test";

    /// <param name="rest">Auth and whatever else the test is about, as YAML; the head of the manifest stands before it.</param>
    /// <param name="answer">What the vendor answers.</param>
    public static async Task<ManifestStage> StartAsync(string rest, Func<RecordedRequest, HttpContext, Task> answer)
    {
        var server = await VendorServer.StartAsync();
        server.Answer = answer;
        var id = $"acme{Guid.CreateVersion7():n}"[..20];
        var head = $"""
            schema: provider/v1
            id: {id}
            name: Acme
            category: CRM
            help: For tests.
            docs: https://acme.example/api
            checked: {"{"}date: 2026-11-21, against: nothing{"}"}
            {(rest.Contains("base_url:", StringComparison.Ordinal) ? "" : "base_url: https://api.acme.example/v2")}

            """;
        return new ManifestStage(server, new ManifestProvider(ManifestReader.Read(head + rest, id + ".yaml"), HttpGate.To(server.Url)));
    }

    public static Task JsonAsync(HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public void Secret(string field, string value, params string[] hosts) => Secrets[$"{Provider.Id}.{field}"] = new Secret(value).For(hosts);

    public ProviderCall Call(string action, string parameters = "{}", ISecretResolver? secrets = null) => new()
    {
        Action = action,
        Parameters = JsonElement.Parse(parameters),
        Secrets = secrets ?? this,
        Endpoints = this,
        IdempotencyKey = "gantry-key",
        Log = this,
        EgressAllowed = ["*"],
        Tokens = Tokens,
        Files = KeptFiles,
    };

    public async Task<JsonNode?> RunAsync(string action, string parameters = "{}", ISecretResolver? secrets = null)
    {
        var result = await Provider.RunAsync(Call(action, parameters, secrets), CancellationToken.None);
        return result.Error is { } error ? throw new ProviderException(error) : result.Output is { } output ? JsonNode.Parse(output.GetRawText()) : null;
    }

    public async Task<ProviderError> FailAsync(string action, string parameters = "{}")
    {
        try
        {
            await RunAsync(action, parameters);
        }
        catch (Exception exception) when (exception is ProviderException or SecretException or EndpointException)
        {
            return ProviderFailure.Describe(exception, isCancelled: false);
        }

        throw new InvalidOperationException("It did not fail.");
    }

    public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(Secrets.GetValueOrDefault(name));

    public ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        Lookups.Add(names);
        return ValueTask.FromResult<IReadOnlyDictionary<string, Secret>>(names.Where(Secrets.ContainsKey).ToDictionary(name => name, name => Secrets[name], StringComparer.Ordinal));
    }

    public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<IEndpoint>(Files);

    public void Write(StepLogLevel level, string message, JsonElement? fields = null)
    {
    }

    public void Report(JsonElement progress)
    {
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
