using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// Understands what a bucket tells of: plain notifications (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html), the same inside a message of SNS,
/// and events of EventBridge (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html).
/// </summary>
internal sealed class S3NoticeReader(string bucket, string prefix)
{
    private const int TextMax = 16 * 1024;

    public FileNotice Read(string id, string handle, string body)
    {
        var notice = new FileNotice { Id = id, Handle = handle };
        try
        {
            using var document = JsonDocument.Parse(body);
            return notice with { Changes = ChangesIn(document.RootElement) };
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return notice with { Problem = "It is no notification of a bucket.", Text = body.Length <= TextMax ? body : body[..TextMax] };
        }
    }

    private List<FileChange> ChangesIn(JsonElement message)
    {
        if (message.TryGetProperty("Records", out var records))
        {
            return [.. records.EnumerateArray().Select(OfRecord)];
        }

        if (message.TryGetProperty("Type", out var type) && type.GetString() == "Notification")
        {
            using var inner = JsonDocument.Parse(message.GetProperty("Message").GetString()!);
            return ChangesIn(inner.RootElement);
        }

        if (message.TryGetProperty("detail-type", out _))
        {
            return [OfEventBridge(message)];
        }

        // S3 sends it once, when notifications are set up.
        return message.GetProperty("Event").GetString() == "s3:TestEvent" ? [] : throw new FormatException();
    }

    private FileChange OfRecord(JsonElement record)
    {
        var (s3, name) = (record.GetProperty("s3"), record.GetProperty("eventName").GetString()!);
        var thing = s3.GetProperty("object");

        // Keys come as forms encode them: '+' is a space.
        return OfObject(
            name.StartsWith("s3:", StringComparison.Ordinal) ? name[3..] : name, s3.GetProperty("bucket").GetProperty("name").GetString()!,
            Uri.UnescapeDataString(thing.GetProperty("key").GetString()!.Replace('+', ' ')), thing, Text(record, "eventTime"));
    }

    private FileChange OfEventBridge(JsonElement message)
    {
        var detail = message.GetProperty("detail");
        var name = message.GetProperty("detail-type").GetString()! switch
        {
            "Object Created" => "ObjectCreated:" + (Text(detail, "reason") ?? ""),
            var other => other,
        };

        // Here keys come as they are.
        return OfObject(name, detail.GetProperty("bucket").GetProperty("name").GetString()!, detail.GetProperty("object").GetProperty("key").GetString()!, detail.GetProperty("object"), Text(message, "time"));
    }

    private FileChange OfObject(string name, string itsBucket, string key, JsonElement thing, string? time) => new()
    {
        Event = name,
        IsArrival = name.StartsWith("ObjectCreated:", StringComparison.Ordinal),
        Path = itsBucket == bucket ? PathOf(key) : null,
        Place = EndpointPath.Printable($"{itsBucket}/{key}"),
        Size = thing.TryGetProperty("size", out var size) && size.TryGetInt64(out var bytes) ? bytes : null,
        ETag = Text(thing, "eTag") ?? Text(thing, "etag"),
        Version = Text(thing, "versionId") ?? Text(thing, "version-id"),
        Order = Text(thing, "sequencer"),
        At = DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null,
    };

    /// <summary>Null when it is not below the endpoint's root, is a folder's marker, or is no path.</summary>
    private string? PathOf(string key)
    {
        var path = prefix.Length == 0 ? key : key.StartsWith(prefix + "/", StringComparison.Ordinal) ? key[(prefix.Length + 1)..] : "";
        try
        {
            EndpointPath.CheckBelowRoot(path);
            return path;
        }
        catch (EndpointException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
