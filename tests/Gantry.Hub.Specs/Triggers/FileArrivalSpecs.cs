using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Triggers.Watching;
using Gantry.Hub.Vault;
using Gantry.Plugins;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

public sealed class FileArrivalSpecs(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<JsonElement> seen = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_starts_the_plan_once_and_a_new_version_of_it_once_more()
    {
        await using var stage = await StartAsync("[ { files: { endpoint: place, match: '*.csv', settle: 0s, interval: 1d } } ]", LocalPlace());
        folder.WriteFile("sub/a.csv", "one");
        folder.WriteFile("b.txt", "not this");
        var first = Seen(stage, 1);
        await stage.WatchAsync();
        await first;

        var second = Seen(stage, 2);
        folder.WriteFile("sub/a.csv", "two, longer");
        await second;

        seen.Select(trigger => trigger.GetProperty("path").GetString()).ShouldBe(["sub/a.csv", "sub/a.csv"]);
        seen.Select(trigger => trigger.GetProperty("size").GetInt64()).ShouldBe([3, 11]);
        seen.First().GetProperty("address").GetString().ShouldBe("place:sub/a.csv");
        (await stage.EventsAsync()).ShouldBe("accepted files, accepted files");
    }

    [Theory]
    [InlineData("place:", "sub/a.csv")]
    [InlineData("place:sub", "a.csv")]
    public async Task A_folder_of_an_endpoint_is_watched_like_all_of_it(string endpoint, string path)
    {
        folder.WriteFile("sub/a.csv", "one");
        await using var stage = await StartAsync($"[ {{ files: {{ endpoint: '{endpoint}', match: '*.csv', settle: 0s, interval: 1d }} }} ]", LocalPlace());
        var first = Seen(stage, 1);
        await stage.WatchAsync();
        await first;

        var trigger = seen.ShouldHaveSingleItem();
        (trigger.GetProperty("path").GetString(), trigger.GetProperty("address").GetString()).ShouldBe((path, "place:sub/a.csv"));
    }

    [Fact]
    public async Task What_came_while_nobody_watched_is_found_and_what_was_handled_is_not_handled_again()
    {
        folder.WriteFile("a.csv", "a");
        await using var stage = await StartAsync("[ { files: { endpoint: place, settle: 0s } } ]", LocalPlace());
        var first = Seen(stage, 1);
        await stage.WatchAsync();
        await first;
        await stage.Hub.Get<WatchService>().EndAsync();
        folder.WriteFile("b.csv", "b");

        // The plan is saved anew meanwhile: it stays the same trigger.
        await stage.SaveAsync("arrival", "[ { files: { endpoint: place, settle: 0s } } ]", use: "test.call");
        var second = Seen(stage, 2);
        await stage.WatchAsync();
        await second;

        seen.Select(trigger => trigger.GetProperty("path").GetString()).ShouldBe(["a.csv", "b.csv"]);
    }

    [Fact]
    public async Task A_file_that_still_changes_does_not_count()
    {
        var clock = new ManualClock();
        var endpoint = AllPlugins.Endpoints.Open(LocalPlace(), new EndpointContext { Secrets = new GivenSecrets(_ => "") });
        var files = (Gantry.Engine.Plans.Triggers.FilesTrigger)Gantry.Engine.Plans.Triggers.TriggerReader.Read(JsonElement.Parse("""{"files":{"endpoint":"place","settle":"10s"}}"""));
        var scan = new FileScan(files, endpoint, clock);
        List<string> settled = [];
        Task ListAsync() => scan.ListAsync(
            _ => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal)),
            found => { settled.AddRange(found.Select(file => file.Path)); return Task.CompletedTask; }, CancellationToken.None);
        folder.WriteFile("grows", "1");
        folder.WriteFile("rests", "1");

        await ListAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        folder.WriteFile("grows", "12");
        await ListAsync();
        settled.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync();

        settled.ShouldBe(["rests"]);
        clock.Advance(TimeSpan.FromSeconds(9));
        await scan.LookAgainAsync(found => { settled.AddRange(found.Select(file => file.Path)); return Task.CompletedTask; }, CancellationToken.None);
        settled.ShouldBe(["rests", "grows"]);
        scan.Unsettled.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_more_than_so_many_wait_to_settle_and_a_folder_too_deep_is_left_alone()
    {
        var clock = new ManualClock();
        var endpoint = AllPlugins.Endpoints.Open(LocalPlace(), new EndpointContext { Secrets = new GivenSecrets(_ => "") });
        var files = (Gantry.Engine.Plans.Triggers.FilesTrigger)Gantry.Engine.Plans.Triggers.TriggerReader.Read(
            JsonElement.Parse("""{"files":{"endpoint":"place","settle":"10s","max_files":5,"depth":2,"exclude":"skip*"}}"""));
        var scan = new FileScan(files, endpoint, clock);
        for (var i = 0; i < 20; i++) folder.WriteFile($"one/{i}", "");
        folder.WriteFile("one/two/deep", "");
        folder.WriteFile("one/skipped", "");
        folder.WriteFile("one/.gantry-aaaaaaaaaaaa-bbbbbbbb.part", "");

        await scan.ListAsync(_ => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal)), _ => Task.CompletedTask, CancellationToken.None);

        scan.Unsettled.Count.ShouldBe(5);
        scan.Unsettled.ShouldAllBe(file => file.Path.Count(character => character == '/') == 1 && file.Path != "one/skipped");
    }

    [Fact]
    public async Task Files_that_come_together_start_one_execution_when_that_is_asked()
    {
        for (var i = 0; i < 30; i++) folder.WriteFile($"{i}.csv", "x");
        await using var stage = await StartAsync("[ { files: { endpoint: place, settle: 0s, batch: true } } ]", LocalPlace());
        var all = Seen(stage, 1);
        await stage.WatchAsync();
        await all;

        seen.ShouldHaveSingleItem().GetProperty("files").GetArrayLength().ShouldBe(30);
        (await stage.CountAsync("trigger_files")).ShouldBe(30);
    }

    [Fact]
    public async Task What_was_there_before_the_trigger_can_be_left_alone()
    {
        folder.WriteFile("old.csv", "x");
        await using var stage = await StartAsync("[ { files: { endpoint: place, settle: 0s, existing: skip, interval: 1d } } ]", LocalPlace());
        var first = Seen(stage, 1);
        await stage.WatchAsync();
        await stage.UntilAsync("scanned_at is not null");
        folder.WriteFile("new.csv", "x");
        await first;

        seen.ShouldHaveSingleItem().GetProperty("path").GetString().ShouldBe("new.csv");
    }

    [Fact]
    public async Task Ten_thousand_files_that_are_dropped_at_once_all_arrive()
    {
        await using var stage = await StartAsync("[ { files: { endpoint: place, settle: 0s } } ]", LocalPlace());
        var all = Seen(stage, 10_000);
        await stage.WatchAsync();

        // Each appears whole, so that none is seen twice while it is written.
        using TemporaryFolder outside = new();
        for (var i = 0; i < 10; i++) folder.Folder($"{i}");
        for (var i = 0; i < 10_000; i++) File.Move(outside.WriteFile($"{i}", ""), folder[$"{i / 1000}/{i}"]);
        await all;

        seen.Select(trigger => trigger.GetProperty("path").GetString()).Distinct().Count().ShouldBe(10_000);
        (await stage.CountAsync("trigger_files")).ShouldBe(10_000);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_told_at_the_trigger()
    {
        await using var stage = await StartAsync("[ { files: { endpoint: nowhere } } ]", LocalPlace());
        await stage.WatchAsync();

        await stage.UntilAsync("broken is not null");
        (await stage.AskAsync<string>($"select broken from triggers where workspace_id = '{stage.Actor.WorkspaceId}'")).ShouldContain("There is no endpoint 'nowhere'");

        // It is looked at again, and goes on by itself.
        await stage.SaveEndpointAsync("nowhere", LocalPlace());
        await stage.UntilAsync("broken is null and scanned_at is not null");
    }

    private EndpointSettings LocalPlace() => new()
    {
        Kind = "local",
        Values = new Dictionary<string, string>(StringComparer.Ordinal) { [NamedAddress.PathSetting] = folder.Path },
    };

    private async Task<TriggerStage> StartAsync(string on, EndpointSettings place)
    {
        var stage = await TriggerStage.StartAsync(database, services =>
        {
            services.AddSingleton(AllPlugins.Endpoints);
            services.AddSingleton(new EndpointBounds { KnownHostsFile = "/dev/null" });
            services.AddSingleton<SecretsOf>(_ => new GivenSecrets(_ => ""));
        });
        await stage.SaveEndpointAsync("place", place);
        await stage.SaveAsync("arrival", on, use: "test.call");
        return stage;
    }

    /// <summary>Completes when so many executions have been given what their trigger saw.</summary>
    private Task Seen(TriggerStage stage, int count)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Provider.Act = (call, _) =>
        {
            seen.Enqueue(call.Parameters.GetProperty("value").Clone());
            if (seen.Count >= count)
                all.TrySetResult();
            return Task.FromResult(ProviderResult.Success());
        };
        return all.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
