using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Specs.Executions;
using Gantry.Hub.Triggers.Watching;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Two hubs that watch the same place at the same time, as they do when one was stopped for longer than its lease and goes on.</summary>
public sealed class TwoHubArrivalSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly WatchedPlace watched = new(database);

    [Fact]
    public async Task Each_file_starts_one_execution()
    {
        const int files = 300;
        using TemporaryFolder folder = new();
        using TemporaryFolder outside = new();
        var place = new EndpointSettings { Kind = "local", Values = new Dictionary<string, string>(StringComparer.Ordinal) { [NamedAddress.PathSetting] = folder.Path } };
        await using var stage = await watched.StartAsync(place, "[ { files: { endpoint: place, settle: 0s, interval: 1s } } ]");
        await using var other = await StartOtherAsync(stage);
        var all = watched.WhenSeen(stage, _ => watched.Seen.Count >= files);

        await WatchBothAsync(stage, other);
        for (var i = 0; i < files; i++)
            File.Move(outside.WriteFile($"{i}", ""), folder[$"{i}"]);
        await all;
        await EndAsync(stage, other);

        watched.Seen.Select(trigger => trigger.GetProperty("path").GetString()).Distinct().Count().ShouldBe(files);
        watched.Seen.Count.ShouldBe(files);
        (await stage.CountAsync()).ShouldBe(files);
        (await stage.CountAsync("events", "status = 'accepted'")).ShouldBe(files);
    }

    [Fact]
    public async Task Each_newer_version_of_an_object_starts_one_execution_however_often_and_in_what_order_it_is_told()
    {
        const int objects = 40;
        await using var server = await S3Server.StartFauxqsAsync();
        using var queue = await TestQueue.CreateAsync(server);
        var bucket = await server.NewBucketAsync();
        await using var stage = await watched.StartAsync(bucket, $"[ {{ s3_events: {{ endpoint: place, queue: \"{queue.Url}\" }} }} ]");
        await using var other = await StartOtherAsync(stage);
        string[] notices = [.. from number in Enumerable.Range(0, objects) from order in (string[])["01", "02", "03", "03"] select TestQueue.NoticeOf(bucket.Find("bucket")!, $"{number}", order)];
        new Random(5).Shuffle(notices);
        foreach (var notice in notices)
            await queue.SendAsync(notice);
        var all = watched.WhenSeen(stage, _ => watched.Seen.Count(trigger => OrderOf(trigger) == 3) >= objects);

        await WatchBothAsync(stage, other);
        await all;
        await EndAsync(stage, other);

        var told = watched.Seen.Select(trigger => (Path: trigger.GetProperty("path").GetString()!, Order: OrderOf(trigger))).ToList();
        told.ShouldBeUnique();
        (await stage.CountAsync()).ShouldBe(told.Count);
        (await stage.CountAsync("trigger_files", "version = '03'")).ShouldBe(objects);
        (await stage.CountAsync("events", "status = 'accepted'")).ShouldBe(told.Count);
    }

    private static int OrderOf(JsonElement trigger) => int.Parse(trigger.GetProperty("sequencer").GetString()!, CultureInfo.InvariantCulture);

    private static async Task WatchBothAsync(TriggerStage stage, RunningHub other)
    {
        await stage.WatchAsync();
        await stage.ExecuteAsync("update triggers set held_until = null");
        await other.Get<WatchService>().LookAsync(TestContext.Current.CancellationToken);
    }

    private static async Task EndAsync(TriggerStage stage, RunningHub other)
    {
        await stage.Hub.Get<WatchService>().EndAsync();
        await other.Get<WatchService>().EndAsync();
        await stage.Hub.Get<Dispatcher>().IdleAsync();
        await other.Get<Dispatcher>().IdleAsync();
    }

    private Task<RunningHub> StartOtherAsync(TriggerStage stage) => RunningHub.StartAsync(database, stage.Provider, change: WatchedPlace.Register);
}
