using System.Collections.Concurrent;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Gantry.Bench.S3;

/// <summary>The uploads in parts that were begun, and neither completed nor given up.</summary>
internal sealed class LightS3Uploads
{
    private const int PartsAtOnceMax = 1000;

    private readonly ConcurrentDictionary<string, Upload> begun = new(StringComparer.Ordinal);

    private sealed record Upload(string Path, DateTimeOffset Time, IReadOnlyList<KeyValuePair<string, string>> Headers)
    {
        public ConcurrentDictionary<int, LightS3Object> Parts { get; } = new();
    }

    public LightS3Answer Begin(string path, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var id = Guid.CreateVersion7().ToString("N");
        begun[id] = new Upload(path, TimeProvider.System.GetUtcNow(), headers);
        return LightS3Answer.Xml(new XElement("InitiateMultipartUploadResult", new XElement("UploadId", id)));
    }

    public LightS3Answer Put(string path, string id, string number, LightS3Object part)
    {
        if (Find(path, id) is not { } upload)
        {
            return NoSuchUpload();
        }

        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at is < 1 or > 10_000)
        {
            return LightS3Answer.Failure(400, "InvalidArgument");
        }

        upload.Parts[at] = part;
        return new LightS3Answer { Headers = { new("ETag", part.ETag) } };
    }

    /// <summary>The object of the parts that the request lists, in which case the upload has ended; or a failure, and it stands as before.</summary>
    public (LightS3Object? Object, LightS3Answer? Failure) Complete(string path, string id, byte[] list)
    {
        if (Find(path, id) is not { } upload)
        {
            return (null, NoSuchUpload());
        }

        if (PartsIn(list) is not { Count: > 0 } asked)
        {
            return (null, LightS3Answer.Failure(400, "MalformedXML"));
        }

        if (asked.Zip(asked.Skip(1)).Any(pair => pair.First.Number >= pair.Second.Number))
        {
            return (null, LightS3Answer.Failure(400, "InvalidPartOrder"));
        }

        List<LightS3Object> parts = new(asked.Count);
        foreach (var (number, etag) in asked)
        {
            if (!upload.Parts.TryGetValue(number, out var part) || part.ETag.Trim('"') != etag)
            {
                return (null, LightS3Answer.Failure(400, "InvalidPart"));
            }

            parts.Add(part);
        }

        return begun.TryRemove(id, out _) ? (LightS3Object.Of(parts, upload.Headers), null) : (null, NoSuchUpload());
    }

    public LightS3Answer Abort(string path, string id) =>
        Find(path, id) is not null && begun.TryRemove(id, out _) ? new LightS3Answer { Status = 204 } : NoSuchUpload();

    public LightS3Answer ListParts(string path, string id, IReadOnlyDictionary<string, string> query)
    {
        if (Find(path, id) is not { } upload)
        {
            return NoSuchUpload();
        }

        int Asked(string name, int otherwise) => int.TryParse(query.GetValueOrDefault(name, ""), CultureInfo.InvariantCulture, out var given) ? given : otherwise;
        var (after, max) = (Asked("part-number-marker", 0), Math.Min(Asked("max-parts", PartsAtOnceMax), PartsAtOnceMax));
        var parts = upload.Parts.Where(part => part.Key > after).OrderBy(part => part.Key).ToList();
        var told = parts.Take(max).ToList();
        return LightS3Answer.Xml(new XElement(
            "ListPartsResult", Place(path, id), new XElement("PartNumberMarker", after), new XElement("NextPartNumberMarker", told.Count > 0 ? told[^1].Key : 0),
            new XElement("MaxParts", max), new XElement("IsTruncated", told.Count < parts.Count ? "true" : "false"),
            told.Select(part => new XElement(
                "Part", new XElement("PartNumber", part.Key), new XElement("LastModified", LightS3Answer.Text(part.Value.Time)), new XElement("ETag", part.Value.ETag),
                new XElement("Size", part.Value.Size)))));
    }

    /// <summary>All at once, however many there are.</summary>
    public LightS3Answer List(string bucket, string prefix) => LightS3Answer.Xml(new XElement(
        "ListMultipartUploadsResult", new XElement("Bucket", bucket.TrimEnd('/')), new XElement("Prefix", prefix), new XElement("IsTruncated", "false"),
        begun.Where(upload => upload.Value.Path.StartsWith(bucket + prefix, StringComparison.Ordinal))
            .OrderBy(upload => upload.Value.Path, StringComparer.Ordinal).ThenBy(upload => upload.Key, StringComparer.Ordinal)
            .Select(upload => new XElement("Upload", Place(upload.Value.Path, upload.Key).Skip(1), new XElement("Initiated", LightS3Answer.Text(upload.Value.Time))))));

    private Upload? Find(string path, string id) => begun.TryGetValue(id, out var upload) && upload.Path == path ? upload : null;

    private static XElement[] Place(string path, string id)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return [new XElement("Bucket", path[..slash]), new XElement("Key", path[(slash + 1)..]), new XElement("UploadId", id)];
    }

    /// <summary>Null where it is no list of parts.</summary>
    private static List<(int Number, string ETag)>? PartsIn(byte[] list)
    {
        try
        {
            using MemoryStream content = new(list);
            return [.. XElement.Load(content).Elements().Where(part => part.Name.LocalName == "Part").Select(part => (int.Parse(Value(part, "PartNumber"), CultureInfo.InvariantCulture), Value(part, "ETag").Trim('"')))];
        }
        catch (Exception exception) when (exception is XmlException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static string Value(XElement part, string name) => part.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

    private static LightS3Answer NoSuchUpload() => LightS3Answer.Failure(404, "NoSuchUpload");
}
