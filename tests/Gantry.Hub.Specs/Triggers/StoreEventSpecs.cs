using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Triggers.Watching;
using Gantry.Hub.Vault;
using Gantry.Plugins;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Notifications as AWS documents them, in a queue of a server that speaks SQS.</summary>
public sealed class StoreEventSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ConcurrentQueue<JsonElement> seen = [];

    [Fact]
    public async Task Notifications_that_come_twice_and_out_of_order_start_one_execution_for_each_newer_version()
    {
        await using var server = await S3Server.StartFauxqsAsync();
        using var http = new HttpClient();
        var queue = await QueueAsync(http, server.Url);
        var settings = await server.NewBucketAsync("in");
        var bucket = settings.Find("bucket")!;
        await using var stage = await StartAsync(settings, queue);
        var last = Seen(stage, "in/last");
        string[] messages =
        [
            """{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}""",
            Notification(bucket, "in/my+file%21.txt", "0055AED6DCD90281E5"),
            Notification(bucket, "in/my+file%21.txt", "0055AED6DCD90281E5"),
            Notification(bucket, "in/my+file%21.txt", "0055AED6DCD90281E4FF"),
            Notification(bucket, "in/my+file%21.txt", "0055AED6DCD90281E6"),
            Notification(bucket, "elsewhere/x", "01"),
            Notification("another-bucket", "in/x", "01"),
            Notification(bucket, "in/gone", "01", "ObjectRemoved:Delete"),
            JsonSerializer.Serialize(new { Type = "Notification", Message = Notification(bucket, "in/by-sns", "01") }),
OfEventBridge(bucket, "in/by bridge"),
            "no JSON at all",
            Notification(bucket, "in/last", "01"),
        ];
        foreach (var message in messages) await AskAsync(http, server.Url, "SendMessage", new { QueueUrl = queue, MessageBody = message });

        await stage.WatchAsync();
        await last;
        await stage.Hub.Get<WatchService>().EndAsync();
        await stage.Hub.Get<Dispatcher>().IdleAsync();

        var paths = seen.Select(trigger => trigger.GetProperty("path").GetString()).ToList();
        paths.Count(path => path == "my file!.txt").ShouldBeInRange(1, 2);
        paths.Where(path => path != "my file!.txt").Order().ShouldBe(["by bridge", "by-sns", "last"]);
        seen.Where(trigger => trigger.GetProperty("path").GetString() == "my file!.txt").Select(trigger => trigger.GetProperty("sequencer").GetString()).ShouldContain("0055AED6DCD90281E6");
        (await stage.CountAsync("events", "status = 'dead' and reason like '%no notification%'")).ShouldBe(1);
        (await stage.CountAsync("events", "status = 'filtered'")).ShouldBeGreaterThanOrEqualTo(4);
    }

    private static string Notification(string bucket, string key, string sequencer, string name = "ObjectCreated:Put") => JsonSerializer.Serialize(new
    {
        Records = new[]
        {
            new
            {
                eventVersion = "2.1",
                eventSource = "aws:s3",
                awsRegion = "us-east-1",
                eventTime = "2026-11-20T12:00:00.000Z",
                eventName = name,
                s3 = new
                {
                    s3SchemaVersion = "1.0",
                    configurationId = "c",
                    bucket = new { name = bucket, arn = "arn:aws:s3:::" + bucket },
                    @object = new { key, size = 1024, eTag = "d41d8", sequencer },
                },
            },
        },
    });

    private static string OfEventBridge(string bucket, string key) => JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["version"] = "0",
        ["detail-type"] = "Object Created",
        ["source"] = "aws.s3",
        ["time"] = "2026-11-20T12:00:00Z",
        ["detail"] = new { bucket = new { name = bucket }, @object = new { key, size = 5, etag = "e", sequencer = "01" }, reason = "PutObject" },
    });

    private static async Task<string> QueueAsync(HttpClient http, string url)
    {
        var made = await AskAsync(http, url, "CreateQueue", new { QueueName = "q-" + Guid.CreateVersion7().ToString("N") });

        // It names itself by a host that nobody resolves.
        return url + new Uri(made.GetProperty("QueueUrl").GetString()!.Replace("//sqs.us-east-1.", "//", StringComparison.Ordinal)).AbsolutePath;
    }

    private static async Task<JsonElement> AskAsync(HttpClient http, string url, string action, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url + "/") { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", "AmazonSQS." + action);
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=S3RVER/20261120/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task<TriggerStage> StartAsync(EndpointSettings place, string queue)
    {
        var stage = await TriggerStage.StartAsync(database, services =>
        {
            services.AddSingleton(AllPlugins.Endpoints);
            services.AddSingleton(new EndpointBounds { KnownHostsFile = "/dev/null" });
            services.AddSingleton<SecretsOf>(_ => new GivenSecrets(_ => S3Server.SecretKey));
        });
        await stage.SaveEndpointAsync("media", place);
        await stage.SaveAsync("arrival", $"[ {{ s3_events: {{ endpoint: media, queue: \"{queue}\" }} }} ]", use: "test.call");
        return stage;
    }

    /// <summary>Completes when the executions have been given this object, and the queue was asked once more.</summary>
    private Task Seen(TriggerStage stage, string key)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Provider.Act = (call, _) =>
        {
            var trigger = call.Parameters.GetProperty("value").Clone();
            seen.Enqueue(trigger);
            if (key.EndsWith("/" + trigger.GetProperty("path").GetString(), StringComparison.Ordinal))
                all.TrySetResult();
            return Task.FromResult(ProviderResult.Success());
        };
        return all.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
