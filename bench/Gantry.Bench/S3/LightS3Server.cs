using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Gantry.Bench.S3;

/// <summary>
/// As much of S3 as file movers use, in memory: so light that the programs are measured and not the server. It checks no signatures; it does check
/// Content-MD5, and its ETags are MD5.
/// </summary>
internal sealed class LightS3Server
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Stored> objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, Stored>> uploads = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<KeyValuePair<string, string>>> uploadHeaders = new();

    private sealed record Stored(IReadOnlyList<ReadOnlyMemory<byte>> Content, long Size, string ETag, DateTimeOffset Time, IReadOnlyList<KeyValuePair<string, string>> Headers);

    public async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var slash = path.IndexOf('/');
        var isBucket = slash < 0 || slash == path.Length - 1;
        var query = context.Request.Query;
        var task = context.Request.Method switch
        {
            "PUT" when isBucket => Task.CompletedTask,
            "PUT" when query.TryGetValue("uploadId", out var upload) => PutPartAsync(context, upload!, int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture)),
            "PUT" => PutAsync(context, path),
            "GET" when isBucket && query.ContainsKey("location") => XmlAsync(context, new XElement("LocationConstraint", "")),
            "GET" when path.Length == 0 => XmlAsync(context, new XElement("ListAllMyBucketsResult", new XElement("Buckets"))),
            "GET" when isBucket => ListAsync(context, path.TrimEnd('/') + "/"),
            "GET" or "HEAD" => isBucket ? Task.CompletedTask : GetAsync(context, path),
            "POST" when query.ContainsKey("uploads") => BeginAsync(context),
            "POST" when query.TryGetValue("uploadId", out var upload) => CompleteAsync(context, path, upload!),
            "DELETE" => Delete(context, path),
            _ => NotImplemented(context),
        };
        await task;
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        if (await ReadAsync(context) is { } stored)
        {
            lock (gate)
            {
                objects[path] = stored;
            }

            context.Response.Headers.ETag = stored.ETag;
        }
    }

    private async Task PutPartAsync(HttpContext context, string upload, int number)
    {
        if (await ReadAsync(context) is { } stored)
        {
            uploads[upload][number] = stored;
            context.Response.Headers.ETag = stored.ETag;
        }
    }

    private Task BeginAsync(HttpContext context)
    {
        var upload = Guid.CreateVersion7().ToString("N");
        uploads[upload] = new();
        uploadHeaders[upload] = HeadersOf(context.Request);
        return XmlAsync(context, new XElement("InitiateMultipartUploadResult", new XElement("UploadId", upload)));
    }

    private async Task CompleteAsync(HttpContext context, string path, string upload)
    {
        using StreamReader reader = new(context.Request.Body);
        await reader.ReadToEndAsync(context.RequestAborted);
        uploads.TryRemove(upload, out var parts);
        var all = parts!.OrderBy(part => part.Key).Select(part => part.Value).ToList();
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        all.ForEach(part => md5.AppendData(Convert.FromHexString(part.ETag.Trim('"'))));
        Stored stored = new(
            [.. all.SelectMany(part => part.Content)], all.Sum(part => part.Size), $"\"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{all.Count}\"",
            TimeProvider.System.GetUtcNow(), uploadHeaders[upload]);
        lock (gate)
        {
            objects[path] = stored;
        }

        await XmlAsync(context, new XElement("CompleteMultipartUploadResult", new XElement("ETag", stored.ETag), new XElement("Key", path[(path.IndexOf('/') + 1)..])));
    }

    private async Task GetAsync(HttpContext context, string path)
    {
        Stored? stored;
        lock (gate)
        {
            objects.TryGetValue(path, out stored);
        }

        var response = context.Response;
        if (stored is null)
        {
            response.StatusCode = 404;
            await (context.Request.Method == "HEAD" ? Task.CompletedTask : XmlAsync(context, new XElement("Error", new XElement("Code", "NoSuchKey"))));
            return;
        }

        foreach (var (name, value) in stored.Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers.ETag = stored.ETag;
        response.Headers.LastModified = stored.Time.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.AcceptRanges = "bytes";
        var (first, last) = (0L, stored.Size - 1);
        if (context.Request.Headers.Range.ToString() is { Length: > 6 } range)
        {
            var bounds = range[6..].Split('-');
            first = long.Parse(bounds[0], CultureInfo.InvariantCulture);
            last = bounds[1].Length == 0 ? last : Math.Min(last, long.Parse(bounds[1], CultureInfo.InvariantCulture));
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {first}-{last}/{stored.Size}";
        }

        response.ContentLength = last - first + 1;
        if (context.Request.Method != "HEAD")
        {
            await WriteAsync(response.BodyWriter, stored, first, last - first + 1);
        }
    }

    private static async Task WriteAsync(PipeWriter writer, Stored stored, long offset, long length)
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
            await writer.WriteAsync(piece);
            if (length == 0)
            {
                return;
            }
        }
    }

    private Task Delete(HttpContext context, string path)
    {
        lock (gate)
        {
            objects.Remove(path);
        }

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task ListAsync(HttpContext context, string bucket)
    {
        var query = context.Request.Query;
        var (prefix, delimiter) = (query["prefix"].ToString(), query["delimiter"].ToString());
        var after = query["continuation-token"].ToString() is { Length: > 0 } token ? token : query["marker"].ToString();
        var max = int.TryParse(query["max-keys"], CultureInfo.InvariantCulture, out var given) ? given : 1000;
        List<XElement> found = [];
        var (previous, last, isTruncated) = ("", "", false);
        lock (gate)
        {
            foreach (var (path, stored) in objects)
            {
                if (!path.StartsWith(bucket, StringComparison.Ordinal) || path[bucket.Length..] is var key && (!key.StartsWith(prefix, StringComparison.Ordinal) || string.CompareOrdinal(key, after) <= 0))
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
                found.Add(common.Length > 0
                    ? new XElement("CommonPrefixes", new XElement("Prefix", common))
                    : new XElement(
                        "Contents", new XElement("Key", key), new XElement("LastModified", stored.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                        new XElement("ETag", stored.ETag), new XElement("Size", stored.Size), new XElement("StorageClass", "STANDARD")));
            }
        }

        return XmlAsync(context, new XElement(
            "ListBucketResult", new XElement("Name", bucket.TrimEnd('/')), new XElement("Prefix", prefix), new XElement("MaxKeys", max), new XElement("KeyCount", found.Count),
            new XElement("IsTruncated", isTruncated ? "true" : "false"), new XElement(query["list-type"] == "2" ? "NextContinuationToken" : "NextMarker", last), found));
    }

    /// <summary>The content, also where it comes in signed chunks; null when its MD5 is not as announced.</summary>
    private static async Task<Stored?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        var bytes = new byte[request.ContentLength ?? 0];
        await request.Body.ReadExactlyAsync(bytes, context.RequestAborted);
        ReadOnlyMemory<byte> content = request.Headers["x-amz-content-sha256"].ToString().StartsWith("STREAMING-", StringComparison.Ordinal) ? Dechunked(bytes) : bytes;
        var md5 = MD5.HashData(content.Span);
        if (request.Headers.ContentMD5.ToString() is { Length: > 0 } announced && announced != Convert.ToBase64String(md5))
        {
            context.Response.StatusCode = 400;
            await XmlAsync(context, new XElement("Error", new XElement("Code", "BadDigest")));
            return null;
        }

        return new Stored([content], content.Length, $"\"{Convert.ToHexStringLower(md5)}\"", TimeProvider.System.GetUtcNow(), HeadersOf(request));
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpRequest request) =>
        [.. request.Headers.Where(header => header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) || header.Key == "Content-Type")
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))];

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

    private static Task NotImplemented(HttpContext context)
    {
        context.Response.StatusCode = 501;
        return XmlAsync(context, new XElement("Error", new XElement("Code", "NotImplemented")));
    }

    private static Task XmlAsync(HttpContext context, XElement element)
    {
        context.Response.ContentType = "application/xml";
        var bytes = Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + element.ToString(SaveOptions.DisableFormatting));
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }
}
