using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Notifications;
using Gantry.Hub.Plans;
using Gantry.Hub.Providers.Connections;
using Gantry.Hub.Transfers;
using Gantry.Hub.Triggers;
using Gantry.Hub.Vault;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Gantry.Hub.Specs.Executions;

/// <summary>The part of a hub that runs executions, on a test's database, without a web server.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly string connectionString;
    private bool isStopped;

    private RunningHub(ServiceProvider services, string connectionString) => (this.services, this.connectionString) = (services, connectionString);

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static RunningHub Create(
        TestDatabase database, ScriptedProvider provider, HubIdentity? identity = null, ExecutionOptions? options = null, Action<IServiceCollection>? change = null) =>
        Create(database.Database, database.ConnectionString, provider, identity, options, change);

    public static RunningHub Create(
        HubDatabase database, string connectionString, ScriptedProvider provider, HubIdentity? identity = null, ExecutionOptions? options = null, Action<IServiceCollection>? change = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<SecretsInUse>();
        services.AddSingleton(database);
        services.AddSingleton(new ProviderCatalog([provider]));
        services.AddPlans();
        services.AddTransfers();
        services.AddTriggers(new TriggerOptions());
        services.AddNotifications();
        services.AddExecutions(identity ?? HubIdentity.New(), options ?? new ExecutionOptions());
        services.AddSingleton<SecretsOf>(_ => new NoSecrets());
        services.AddSingleton<TokensOf>(_ => MemoryConnectionTokens.Shared);
        services.AddEgress([]);
        services.AddEndpoints(new EndpointCatalog([]), new EndpointBounds { KnownHostsFile = "/dev/null" });
        change?.Invoke(services);
        return new RunningHub(services.BuildServiceProvider(), connectionString);
    }

    /// <param name="change">Puts other services in the place of some, before any is made.</param>
    public static async Task<RunningHub> StartAsync(
        TestDatabase database, ScriptedProvider provider, HubIdentity? identity = null, ExecutionOptions? options = null, Action<IServiceCollection>? change = null)
    {
        var hub = Create(database, provider, identity, options, change);
        await hub.StartAsync();
        return hub;
    }

    public Task StartAsync() => Get<Dispatcher>().StartAsync(CancellationToken.None);

    public async Task StopAsync()
    {
        isStopped = true;
        await Get<Dispatcher>().StopAsync(CancellationToken.None);
    }

    /// <summary>Starts a plan given as JSON and answers the execution's id.</summary>
    public async Task<Guid> AcceptAsync(Actor actor, string plan, string inputs = "{}") =>
        (await Get<ExecutionStarter>().StartAsync(new ExecutionStart
        {
            WorkspaceId = actor.WorkspaceId!.Value,
            UserId = actor.UserId!.Value,
            PlanText = plan,
            Plan = Get<PlanLibrary>().Check(plan).Plan!,
            Inputs = inputs,
        }, Guid.CreateVersion7())).ExecutionId;

    /// <summary>Starts a plan and waits for its end.</summary>
    public async Task<ExecutionEnd> RunAsync(Actor actor, string plan)
    {
        var id = Guid.CreateVersion7();
        using var wait = Get<ExecutionEvents>().WaitForEnd(id);
        await Get<ExecutionStarter>().StartAsync(new ExecutionStart
        {
            WorkspaceId = actor.WorkspaceId!.Value,
            UserId = actor.UserId!.Value,
            PlanText = plan,
            Plan = Get<PlanLibrary>().Check(plan).Plan!,
            Inputs = "{}",
        }, id);
        return await wait.End;
    }

    /// <summary>Asks the database past row security.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("set search_path = gantry; " + sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!isStopped)
            await StopAsync();
        await services.DisposeAsync();
    }

    private sealed class NoSecrets : ISecretResolver
    {
        public string Places => "nowhere";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<Secret?>(null);
    }
}
