using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Gantry.Bench.S3;

/// <summary>
/// As much of S3 as file movers use, in memory: so light that the programs are measured and not the server. It checks no signatures; it does check
/// Content-MD5, and its ETags are MD5.
/// </summary>
internal sealed class LightS3Server
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LightS3Object> objects = new(StringComparer.Ordinal);

    // A listing looks only at what it lists, however much else there is.
    private readonly SortedSet<string> paths = new(StringComparer.Ordinal);
    private readonly LightS3Uploads uploads = new();

    public LightS3Answer Serve(LightS3Request request)
    {
        var path = request.Path.TrimStart('/');
        var slash = path.IndexOf('/');
        var isBucket = slash < 0 || slash == path.Length - 1;
        var query = request.Query;
        return request.Method switch
        {
            "PUT" when isBucket => new LightS3Answer(),
            "PUT" when query.TryGetValue("uploadId", out var upload) => PutPart(request, path, upload),
            "PUT" => Put(request, path),
            "GET" when isBucket && query.ContainsKey("location") => LightS3Answer.Xml(new XElement("LocationConstraint", "")),
            "GET" when path.Length == 0 => LightS3Answer.Xml(new XElement("ListAllMyBucketsResult", new XElement("Buckets"))),
            "GET" when isBucket && query.ContainsKey("uploads") => uploads.List(path.TrimEnd('/') + "/", query.GetValueOrDefault("prefix", "")),
            "GET" when isBucket => List(query, path.TrimEnd('/') + "/"),
            "GET" when query.TryGetValue("uploadId", out var upload) => uploads.ListParts(path, upload, query),
            "GET" or "HEAD" => isBucket ? new LightS3Answer() : Get(request, path),
            "POST" when query.ContainsKey("uploads") => uploads.Begin(path, HeadersOf(request)),
            "POST" when query.TryGetValue("uploadId", out var upload) => Complete(request, path, upload),
            "DELETE" when query.TryGetValue("uploadId", out var upload) => uploads.Abort(path, upload),
            "DELETE" => Delete(path),
            _ => LightS3Answer.Failure(501, "NotImplemented"),
        };
    }

    private LightS3Answer Put(LightS3Request request, string path)
    {
        if (Read(request) is not { } stored)
        {
            return LightS3Answer.Failure(400, "BadDigest");
        }

        Keep(path, stored);
        return new LightS3Answer { Headers = { new("ETag", stored.ETag) } };
    }

    private LightS3Answer PutPart(LightS3Request request, string path, string upload) =>
        Read(request) is { } part ? uploads.Put(path, upload, request.Query.GetValueOrDefault("partNumber", ""), part) : LightS3Answer.Failure(400, "BadDigest");

    private LightS3Answer Complete(LightS3Request request, string path, string upload)
    {
        var (stored, failure) = uploads.Complete(path, upload, request.Content);
        if (stored is null)
        {
            return failure!;
        }

        Keep(path, stored);
        return LightS3Answer.Xml(new XElement("CompleteMultipartUploadResult", new XElement("ETag", stored.ETag), new XElement("Key", path[(path.IndexOf('/') + 1)..])));
    }

    private void Keep(string path, LightS3Object stored)
    {
        lock (gate)
        {
            objects[path] = stored;
            paths.Add(path);
        }
    }

    private LightS3Answer Get(LightS3Request request, string path)
    {
        LightS3Object? stored;
        lock (gate)
        {
            objects.TryGetValue(path, out stored);
        }

        if (stored is null)
        {
            return LightS3Answer.Failure(404, "NoSuchKey");
        }

        LightS3Answer answer = new();
        answer.Headers.AddRange(stored.Headers);
        answer.Headers.Add(new("ETag", stored.ETag));
        answer.Headers.Add(new("Last-Modified", stored.Time.ToString("R", CultureInfo.InvariantCulture)));
        answer.Headers.Add(new("Accept-Ranges", "bytes"));
        var (first, last) = (0L, stored.Size - 1);
        if (request.Header("Range") is { Length: > 6 } range)
        {
            var bounds = range[6..].Split('-');
            first = long.Parse(bounds[0], CultureInfo.InvariantCulture);
            last = bounds[1].Length == 0 ? last : Math.Min(last, long.Parse(bounds[1], CultureInfo.InvariantCulture));
            answer.Status = 206;
            answer.Headers.Add(new("Content-Range", $"bytes {first}-{last}/{stored.Size}"));
        }

        answer.Length = last - first + 1;
        answer.Content.AddRange(Pieces(stored, first, answer.Length));
        return answer;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(LightS3Object stored, long offset, long length)
    {
        foreach (var segment in stored.Content)
        {
            if (offset >= segment.Length)
            {
                offset -= segment.Length;
                continue;
            }

            var piece = segment.Slice((int)offset, (int)Math.Min(length, segment.Length - offset));
            offset = 0;
            length -= piece.Length;
            yield return piece;
            if (length == 0)
            {
                yield break;
            }
        }
    }

    private LightS3Answer Delete(string path)
    {
        lock (gate)
        {
            objects.Remove(path);
            paths.Remove(path);
        }

        return new LightS3Answer { Status = 204 };
    }

    private LightS3Answer List(IReadOnlyDictionary<string, string> query, string bucket)
    {
        string Asked(string name) => query.GetValueOrDefault(name, "");
        var (prefix, delimiter) = (Asked("prefix"), Asked("delimiter"));
        var after = Asked("continuation-token") is { Length: > 0 } token ? token : Asked("marker");
        var max = int.TryParse(Asked("max-keys"), CultureInfo.InvariantCulture, out var given) ? given : 1000;
        List<XElement> found = [];
        var (previous, last, isTruncated) = ("", "", false);
        lock (gate)
        {
            var from = bucket + (string.CompareOrdinal(after, prefix) > 0 ? after : prefix);
            var to = bucket + prefix + '\uffff';
            foreach (var path in string.CompareOrdinal(from, to) > 0 ? [] : paths.GetViewBetween(from, to))
            {
                var key = path[bucket.Length..];
                if (string.CompareOrdinal(key, after) <= 0)
                {
                    continue;
                }

                var cut = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
                var common = cut < 0 ? "" : key[..(cut + 1)];
                if ((common.Length > 0 && common == previous) || (common.Length > 0 && after.StartsWith(common, StringComparison.Ordinal)))
                {
                    last = key;
                    continue;
                }

                if (found.Count == max)
                {
                    isTruncated = true;
                    break;
                }

                (previous, last) = (common, key);
                var stored = objects[path];
                found.Add(common.Length > 0
                    ? new XElement("CommonPrefixes", new XElement("Prefix", common))
                    : new XElement(
                        "Contents", new XElement("Key", key), new XElement("LastModified", LightS3Answer.Text(stored.Time)),
                        new XElement("ETag", stored.ETag), new XElement("Size", stored.Size), new XElement("StorageClass", "STANDARD")));
            }
        }

        return LightS3Answer.Xml(new XElement(
            "ListBucketResult", new XElement("Name", bucket.TrimEnd('/')), new XElement("Prefix", prefix), new XElement("MaxKeys", max), new XElement("KeyCount", found.Count),
            new XElement("IsTruncated", isTruncated ? "true" : "false"), new XElement(Asked("list-type") == "2" ? "NextContinuationToken" : "NextMarker", last), found));
    }

    /// <summary>The content, also where it comes in signed chunks; null when its MD5 is not as announced.</summary>
    private static LightS3Object? Read(LightS3Request request)
    {
        ReadOnlyMemory<byte> content = request.Header("x-amz-content-sha256").StartsWith("STREAMING-", StringComparison.Ordinal) ? Dechunked(request.Content) : request.Content;
        var md5 = MD5.HashData(content.Span);
        return request.Header("Content-MD5") is { Length: > 0 } announced && announced != Convert.ToBase64String(md5)
            ? null
            : new LightS3Object([content], content.Length, $"\"{Convert.ToHexStringLower(md5)}\"", TimeProvider.System.GetUtcNow(), HeadersOf(request));
    }

    private static List<KeyValuePair<string, string>> HeadersOf(LightS3Request request) =>
        [.. request.Headers.Where(header => header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) || header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))];

    private static byte[] Dechunked(byte[] bytes)
    {
        using MemoryStream content = new();
        for (var at = 0; ;)
        {
            var line = bytes.AsSpan(at);
            line = line[..line.IndexOf("\r\n"u8)];
            var end = line.IndexOf((byte)';');
            var size = int.Parse(Encoding.ASCII.GetString(end < 0 ? line : line[..end]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return content.ToArray();
            }

            at += line.Length + 2;
            content.Write(bytes, at, size);
            at += size + 2;
        }
    }
}
