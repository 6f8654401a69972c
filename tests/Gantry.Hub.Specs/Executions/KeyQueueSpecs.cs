using System.Diagnostics;
using Gantry.Engine.Providers;
using Gantry.Hub.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Many executions behind one concurrency key: all come to their turn, in their order, and no place is lost.</summary>
public sealed class KeyQueueSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(300, 1)]
    [InlineData(300, 7)]
    public Task Executions_behind_one_key_come_to_their_turn_in_order(int executions, int limit) => QueueAsync(executions, limit);

    [Theory]
    [InlineData(10_000, 1)]
    [InlineData(10_000, 20)]
    public Task Ten_thousand_executions_behind_one_key_come_to_their_turn_in_order(int executions, int limit)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");
        return QueueAsync(executions, limit);
    }

    private async Task QueueAsync(int executions, int limit)
    {
        var actor = await database.CreateActorAsync();
        var provider = new ScriptedProvider();
        var (opened, all) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var (running, most, done) = (0, 0, 0);
        provider.Act = async (_, _) =>
        {
            var together = Interlocked.Increment(ref running);
            InterlockedMax(ref most, together);
            await opened.Task;
            Interlocked.Decrement(ref running);
            if (Interlocked.Increment(ref done) == executions)
                all.TrySetResult();
            return ProviderResult.Success();
        };
        await using var hub = await RunningHub.StartAsync(database, provider);
        var plan = $$"""{"name":"keyed","concurrency":{"key":"k","limit":{{limit}}},"steps":[{"use":"test.call"}]}""";
        for (var i = 0; i < limit; i++)
            await hub.AcceptAsync(actor, plan);
        await Parallel.ForEachAsync(Enumerable.Range(0, executions - limit), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (_, _) => await hub.AcceptAsync(actor, plan));

        var watch = Stopwatch.StartNew();
        opened.SetResult();
        await all.Task.WaitAsync(TimeSpan.FromMinutes(15), TestContext.Current.CancellationToken);
        await hub.Get<Dispatcher>().IdleAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{executions} executions behind a key of {limit}: {watch.Elapsed.TotalSeconds:0.0} s");

        var mine = $"from executions where workspace_id = '{actor.WorkspaceId}'";
        (await hub.AskAsync<string>($"""
            select string_agg(line, ', ') from (
              select count(*) || ' ' || status || coalesce(' ' || error, '') || coalesce(' ' || waiting_for, '') as line {mine} group by status, error, waiting_for) lines
            """)).ShouldBe($"{executions} succeeded");
        most.ShouldBe(limit);

        // Of those that waited none began before one that came earlier, but for those that were begun together.
        (await hub.AskAsync<long>($"""
            select count(*) from (
              select row_number() over (order by id) as came, row_number() over (order by started_at, id) as began from (select id, started_at {mine} order by id offset {limit}) waited) places
            where abs(came - began) >= {limit}
            """)).ShouldBe(0);

        // The places are all free again.
        (await hub.RunAsync(actor, plan)).Status.ShouldBe("succeeded");
        (await hub.AskAsync<long>($"select count(*) {mine} and is_behind")).ShouldBe(0);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var known = Volatile.Read(ref most); value > known; known = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, known) == known)
                return;
        }
    }
}
