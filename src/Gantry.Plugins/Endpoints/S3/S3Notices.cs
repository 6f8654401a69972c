using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// A queue of SQS that a bucket's notifications go to, by its JSON protocol (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/), signed with the bucket's login.
/// </summary>
internal sealed class S3Notices(string queue, S3Wire wire, S3Login login, S3NoticeReader reader, TimeProvider clock) : IFileNotices
{
    private const int MessagesMax = 10;
    private const int AnswerBytesMax = 4 * 1024 * 1024;
    private const int WaitSeconds = 20;

    /// <summary>So long others do not see what was received; by then it is on record, or is received once more.</summary>
    private const int HiddenSeconds = 120;

    private readonly Uri url = new(queue);
    private readonly S3Signer signer = new(RegionOf(queue) ?? wire.Service.Region, clock, "sqs");

    public async Task<IReadOnlyList<FileNotice>> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("ReceiveMessage", json =>
        {
            json.WriteNumber("MaxNumberOfMessages", MessagesMax);
            json.WriteNumber("WaitTimeSeconds", WaitSeconds);
            json.WriteNumber("VisibilityTimeout", HiddenSeconds);
        }, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("Messages", out var messages) && messages.ValueKind == JsonValueKind.Array
            ? [.. messages.EnumerateArray().Select(message => reader.Read(Text(message, "MessageId"), Text(message, "ReceiptHandle"), Text(message, "Body")))]
            : [];
    }

    public async Task ForgetAsync(FileNotice notice, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("DeleteMessage", json => json.WriteString("ReceiptHandle", notice.Handle), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<JsonDocument> AskAsync(string action, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = BodyOf(write);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(WaitSeconds) + S3Wire.Patience);
        try
        {
            using var message = await SignedAsync(action, body, limit.Token).ConfigureAwait(false);
            using var response = await wire.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(EndpointError.TimedOut, $"The queue {EndpointPath.Printable(queue)} does not answer.", isTransient: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw exception.InnerException as EndpointException
                ?? new EndpointException(EndpointError.Disconnected, $"The queue {EndpointPath.Printable(queue)} cannot be reached: {exception.Message}", isTransient: true, exception);
        }
    }

    private byte[] BodyOf(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("QueueUrl", queue);
            write(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private async Task<HttpRequestMessage> SignedAsync(string action, byte[] body, CancellationToken cancellationToken)
    {
        var keys = await login.KeysAsync(cancellationToken).ConfigureAwait(false);
        var request = new S3Request(HttpMethod.Post, null) { About = queue, PayloadHash = Convert.ToHexStringLower(SHA256.HashData(body)) };
        request.With("content-type", "application/x-amz-json-1.0").With("x-amz-target", $"AmazonSQS.{action}");
        signer.Sign(request, url.Authority, "/", "", keys);
        HttpRequestMessage message = new(HttpMethod.Post, new Uri($"{url.Scheme}://{url.Authority}/")) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in request.Headers)
        {
            if (name == "content-type")
            {
                message.Content.Headers.ContentType = new MediaTypeHeaderValue(value);
            }
            else
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            text.Write(buffer, 0, read);
            if (text.Length > AnswerBytesMax)
            {
                throw new EndpointException(EndpointError.Protocol, $"The queue {EndpointPath.Printable(queue)} answers without end.");
            }
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Failure(response, text.ToArray());
        }

        return Parse(text.ToArray()) ?? throw new EndpointException(EndpointError.Protocol, $"What answers at {EndpointPath.Printable(queue)} is no SQS.");
    }

    private EndpointException Failure(HttpResponseMessage response, byte[] content)
    {
        using var json = Parse(content);
        var type = json is null ? "" : Text(json.RootElement, "__type");
        var name = type[(type.IndexOf('#') + 1)..];
        var status = (int)response.StatusCode;
        var error = name.Contains("NonExistentQueue", StringComparison.Ordinal) || name.Contains("QueueDoesNotExist", StringComparison.Ordinal) ? EndpointError.NotFound
            : status is 401 or 403 ? EndpointError.PermissionDenied
            : EndpointError.Other;
        return new EndpointException(
            error,
            $"The queue {EndpointPath.Printable(queue)} refuses: {EndpointPath.Printable(name.Length > 0 ? name : status.ToString(CultureInfo.InvariantCulture))}.",
            isTransient: status is 429 or >= 500);
    }

    /// <summary>Null when it is no JSON.</summary>
    private static JsonDocument? Parse(byte[] content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The REGION of sqs.REGION.amazonaws.com; null when the address does not tell.</summary>
    private static string? RegionOf(string queue)
    {
        var host = new Uri(queue).Host.Split('.');
        return host is ["sqs", var region, "amazonaws", "com", ..] ? region : null;
    }
}
