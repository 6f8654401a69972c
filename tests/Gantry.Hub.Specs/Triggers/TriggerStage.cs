using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Plans;
using Gantry.Hub.Specs.Executions;
using Gantry.Hub.Triggers;
using Gantry.Hub.Triggers.Watching;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>A workspace with plans that start by themselves, on a hub whose scheduler does its work when the test says so.</summary>
internal sealed class TriggerStage : IAsyncDisposable
{
    private readonly TestDatabase database;

    private TriggerStage(TestDatabase database, RunningHub hub, ScriptedProvider provider, Actor actor) => (this.database, Hub, Provider, Actor) = (database, hub, provider, actor);

    public RunningHub Hub { get; }

    public ScriptedProvider Provider { get; }

    public Actor Actor { get; }

    public static async Task<TriggerStage> StartAsync(TestDatabase database, Action<IServiceCollection>? change = null)
    {
        var provider = new ScriptedProvider();
        return new TriggerStage(database, await RunningHub.StartAsync(database, provider, change: change), provider, await database.CreateActorAsync());
    }

    /// <summary>A saved endpoint that an administrator granted.</summary>
    public async Task SaveEndpointAsync(string name, EndpointSettings settings)
    {
        await using var session = await database.Database.OpenAsync(Actor, CancellationToken.None);
        await EndpointStore.PutAsync(session, name, settings, isGranted: false, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        await ExecuteAsync($"update endpoints set is_granted = true where workspace_id = '{Actor.WorkspaceId}'");
    }

    /// <summary>Watches what is to be watched, until the stage ends.</summary>
    public Task WatchAsync() => Hub.Get<WatchService>().LookAsync(TestContext.Current.CancellationToken);

    /// <summary>Saves a plan as the route does.</summary>
    public async Task<SavedPlanRow> SaveAsync(string name, string on, string use = "test.echo", string inputs = "{}")
    {
        var text = $$"""
            name: {{name}}
            inputs: {{inputs}}
            on: {{on}}
            steps: [ { use: {{use}}, with: { value: "${trigger}" } } ]
            """;
        var document = PlanReader.Read(text);
        var plan = document.Plan.ShouldNotBeNull(string.Join(" ", document.Findings));
        await using var session = await database.Database.OpenAsync(Actor, CancellationToken.None);
        var row = await PlanStore.FindAsync(session, name, CancellationToken.None) is { } known
            ? await PlanStore.ChangeAsync(session, known.Id, known.Version, name, null, text, CancellationToken.None)
            : await PlanStore.CreateAsync(session, name, null, text, CancellationToken.None);
        await PlanTriggers.SaveAsync(session, row!, plan, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return row!;
    }

    /// <summary>Does all that is due, and returns when nothing runs any more.</summary>
    public async Task TickAsync()
    {
        await Hub.Get<Scheduler>().TickAsync(TestContext.Current.CancellationToken);
        await Hub.Get<Dispatcher>().IdleAsync();
    }

    /// <summary>Makes all schedules due since so long.</summary>
    public Task MakeDueAsync(TimeSpan since) => ExecuteAsync($"update triggers set next_at = now() - interval '{since.TotalSeconds} seconds' where workspace_id = '{Actor.WorkspaceId}' and next_at is not null");

    public Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(database.ConnectionString, "set search_path = gantry; " + sql);

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("set search_path = gantry; " + sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Returns when a trigger of the workspace is so. The database tells of each change of one.</summary>
    public async Task UntilAsync(string where)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var listen = new NpgsqlCommand("""
            set search_path = gantry;
            create or replace function tell_test() returns trigger language plpgsql as $$ begin perform pg_notify('test', ''); return null; end $$;
            create or replace trigger tell_test after update on triggers for each row execute function tell_test();
            listen test
            """, connection))
            await listen.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        while (await CountAsync("triggers", where) == 0)
            await connection.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>"accepted schedule, failed webhook": in their order.</summary>
    public Task<string> EventsAsync() => AskAsync<string>(
        $"select coalesce(string_agg(status || ' ' || kind, ', ' order by id), '') from events where workspace_id = '{Actor.WorkspaceId}'");

    public Task<long> CountAsync(string table = "executions", string where = "true") =>
        AskAsync<long>($"select count(*) from {table} where workspace_id = '{Actor.WorkspaceId}' and ({where})");

    /// <summary>What ${trigger} was in the newest execution.</summary>
    public async Task<JsonElement> SeenAsync() =>
        JsonElement.Parse(await AskAsync<string>($"select output from executions where workspace_id = '{Actor.WorkspaceId}' and output is not null order by id desc limit 1"));

    public async ValueTask DisposeAsync()
    {
        await Hub.Get<WatchService>().EndAsync();
        await Hub.DisposeAsync();
    }
}
