using System.Collections.Concurrent;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Vault;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Executions begin while their acceptance is written. What comes of one that is not accepted must be seen nowhere.</summary>
public sealed class BegunBeforeAcceptedSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Plan = """
        {"steps":[{"use":"test.echo","with":{"value":1}},{"use":"test.call","with":{"token":"${cred:TOKEN}","value":"${steps.0.output}"}}],
         "on_failure":[{"use":"test.call","with":{"token":"${cred:TOKEN}"}}]}
        """;

    private readonly ScriptedProvider provider = new();
    private readonly Store store = new();

    [Theory]
    [InlineData(Plan, 1)]
    [InlineData("""{"steps":[{"call":{"plan":"nowhere"}}]}""", 0)]
    [InlineData("""{"steps":[{"wait":{"event":"never"}}]}""", 0)]
    [InlineData("""{"steps":[{"parallel":[{"use":"test.echo","with":{"value":1}},{"use":"test.call"}]}]}""", 1)]
    public async Task A_start_whose_key_was_used_before_asks_for_no_secret_calls_nothing_and_leaves_no_row(string plan, int calls)
    {
        await using var hub = await RunningHub.StartAsync(database, provider, change: services => services.AddSingleton<SecretsOf>(_ => store));
        var actor = await database.CreateActorAsync();

        var first = await StartAsync(hub, actor, plan);
        await hub.Get<Dispatcher>().IdleAsync();
        var asked = store.Asked.Count;
        var rows = await RowsAsync(hub, actor);
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(hub, actor, plan)));
        await hub.Get<Dispatcher>().IdleAsync();

        again.ShouldAllBe(start => start.ExecutionId == first.ExecutionId && start.Known != null);
        store.Asked.Count.ShouldBe(asked);
        provider.Calls.Count.ShouldBe(calls);
        (await RowsAsync(hub, actor)).ShouldBe(rows);
    }

    [Fact]
    public async Task A_start_that_the_database_refuses_asks_for_no_secret_and_holds_no_worker()
    {
        var options = new ExecutionOptions { RunsMax = 2 };
        await using var hub = await RunningHub.StartAsync(database, provider, options: options, change: services => services.AddSingleton<SecretsOf>(_ => store));
        var actor = await database.CreateActorAsync();

        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<JournalRefusedException>(() => StartAsync(hub, actor, Plan, address: "\0"));
        await hub.Get<Dispatcher>().IdleAsync();
        var end = await hub.RunAsync(actor, Plan);

        store.Asked.ShouldHaveSingleItem();
        provider.Calls.ShouldHaveSingleItem();
        end.Status.ShouldBe("succeeded");
        (await hub.AskAsync<long>($"select count(*) from executions where workspace_id = '{actor.WorkspaceId}'")).ShouldBe(1);
    }

    private static Task<AcceptedStart> StartAsync(RunningHub hub, Actor actor, string plan, string? address = null) => hub.Get<ExecutionStarter>().StartAsync(new ExecutionStart
    {
        WorkspaceId = actor.WorkspaceId!.Value,
        UserId = actor.UserId!.Value,
        PlanText = plan,
        Plan = hub.Get<PlanLibrary>().Check(plan).Plan!,
        Inputs = "{}",
        Key = "once",
        RequestHash = [1],
        Address = address,
    }, Guid.CreateVersion7());

    private static Task<string> RowsAsync(RunningHub hub, Actor actor) => hub.AskAsync<string>($"""
        select concat_ws(' ', (select count(*) from executions where workspace_id = '{actor.WorkspaceId}'), (select count(*) from execution_steps where workspace_id = '{actor.WorkspaceId}'),
          (select count(*) from execution_logs where workspace_id = '{actor.WorkspaceId}'), (select count(*) from execution_waits where workspace_id = '{actor.WorkspaceId}'),
          (select count(*) from audit_log where workspace_id = '{actor.WorkspaceId}'))
        """);

    private sealed class Store : ISecretResolver
    {
        public ConcurrentQueue<string> Asked { get; } = [];

        public string Places => "here";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
        {
            Asked.Enqueue(name);
            return ValueTask.FromResult<Secret?>(new Secret("a secret of the plan"));
        }
    }
}
