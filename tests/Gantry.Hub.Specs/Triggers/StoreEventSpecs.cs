using System.Text.Json;
using Gantry.Hub.Executions;
using Gantry.Hub.Triggers.Watching;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Notifications as AWS documents them, in a queue of a server that speaks SQS.</summary>
public sealed class StoreEventSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly WatchedPlace place = new(database);

    [Fact]
    public async Task Notifications_that_come_twice_and_out_of_order_start_one_execution_for_each_newer_version()
    {
        await using var server = await S3Server.StartFauxqsAsync();
        using var queue = await TestQueue.CreateAsync(server);
        var settings = await server.NewBucketAsync("in");
        var bucket = settings.Find("bucket")!;
        await using var stage = await place.StartAsync(settings, $"[ {{ s3_events: {{ endpoint: place, queue: \"{queue.Url}\" }} }} ]");
        var last = place.WhenSeen(stage, trigger => trigger.GetProperty("path").GetString() == "last");
        string[] messages =
        [
            """{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}""",
            TestQueue.NoticeOf(bucket, "in/my+file%21.txt", "0055AED6DCD90281E5"),
            TestQueue.NoticeOf(bucket, "in/my+file%21.txt", "0055AED6DCD90281E5"),
            TestQueue.NoticeOf(bucket, "in/my+file%21.txt", "0055AED6DCD90281E4FF"),
            TestQueue.NoticeOf(bucket, "in/my+file%21.txt", "0055AED6DCD90281E6"),
            TestQueue.NoticeOf(bucket, "elsewhere/x", "01"),
            TestQueue.NoticeOf("another-bucket", "in/x", "01"),
            TestQueue.NoticeOf(bucket, "in/gone", "01", "ObjectRemoved:Delete"),
            JsonSerializer.Serialize(new { Type = "Notification", Message = TestQueue.NoticeOf(bucket, "in/by-sns", "01") }),
            OfEventBridge(bucket, "in/by bridge"),
            "no JSON at all",
            TestQueue.NoticeOf(bucket, "in/last", "01"),
        ];
        foreach (var message in messages) await queue.SendAsync(message);

        await stage.WatchAsync();
        await last;
        await stage.Hub.Get<WatchService>().EndAsync();
        await stage.Hub.Get<Dispatcher>().IdleAsync();

        var paths = place.Seen.Select(trigger => trigger.GetProperty("path").GetString()).ToList();
        paths.Count(path => path == "my file!.txt").ShouldBeInRange(1, 2);
        paths.Where(path => path != "my file!.txt").Order().ShouldBe(["by bridge", "by-sns", "last"]);
        place.Seen.Where(trigger => trigger.GetProperty("path").GetString() == "my file!.txt").Select(trigger => trigger.GetProperty("sequencer").GetString()).ShouldContain("0055AED6DCD90281E6");
        (await stage.CountAsync("events", "status = 'dead' and reason like '%no notification%'")).ShouldBe(1);
        (await stage.CountAsync("events", "status = 'filtered'")).ShouldBeGreaterThanOrEqualTo(4);
    }

    private static string OfEventBridge(string bucket, string key) => JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["version"] = "0",
        ["detail-type"] = "Object Created",
        ["source"] = "aws.s3",
        ["time"] = "2026-11-20T12:00:00Z",
        ["detail"] = new { bucket = new { name = bucket }, @object = new { key, size = 5, etag = "e", sequencer = "01" }, reason = "PutObject" },
    });
}
