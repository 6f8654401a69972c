using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>A queue of a server that speaks SQS, and notices as AWS documents them.</summary>
internal sealed class TestQueue : IDisposable
{
    private readonly HttpClient http = new();
    private readonly string server;
    private readonly string name = "q-" + Guid.CreateVersion7().ToString("N");

    private TestQueue(string server) => this.server = server;

    public string Url { get; private set; } = "";

    public static async Task<TestQueue> CreateAsync(S3Server server)
    {
        var queue = new TestQueue(server.Url);
        var made = await queue.AskAsync("CreateQueue", new { QueueName = queue.name });

        // It names itself by a host that nobody resolves.
        queue.Url = server.Url + new Uri(made.GetProperty("QueueUrl").GetString()!.Replace("//sqs.us-east-1.", "//", StringComparison.Ordinal)).AbsolutePath;
        return queue;
    }

    public Task SendAsync(string message) => AskAsync("SendMessage", new { QueueUrl = Url, MessageBody = message });

    /// <summary>All that is in it, received by somebody or not, as text.</summary>
    public async Task<string> ContentAsync() => (await InspectAsync()).GetRawText();

    /// <summary>What was received and not forgotten can be received once more now, and not only after two minutes.</summary>
    public async Task ShowAgainAsync()
    {
        foreach (var message in (await InspectAsync()).GetProperty("inflight").EnumerateArray())
            await AskAsync("ChangeMessageVisibility", new { QueueUrl = Url, ReceiptHandle = message.GetProperty("receiptHandle").GetString(), VisibilityTimeout = 0 });
    }

    public static string NoticeOf(string bucket, string key, string sequencer, string name = "ObjectCreated:Put") => JsonSerializer.Serialize(new
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

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> InspectAsync()
    {
        using var answer = await http.GetAsync($"{server}/_fauxqs/queues/{name}");
        return (await answer.ReadJsonAsync()).GetProperty("messages");
    }

    private async Task<JsonElement> AskAsync(string action, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server + "/") { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", "AmazonSQS." + action);
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=S3RVER/20261120/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
