using System.Globalization;
using System.Xml;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>One page of a listing (ListObjectsV2), taken apart.</summary>
internal sealed class S3Page
{
    private const string Root = "ListBucketResult";

    /// <summary>Keys with their sizes, times and ETags.</summary>
    public List<S3Object> Objects { get; } = [];

    /// <summary>What is common to keys up to the next '/', with it.</summary>
    public List<string> Prefixes { get; } = [];

    /// <summary>Null on the last page.</summary>
    public string? Continuation { get; private set; }

    public bool IsEmpty => Objects.Count == 0 && Prefixes.Count == 0;

    public bool SaysTheSameAs(S3Page? other) =>
        other is not null && Objects.SequenceEqual(other.Objects) && Prefixes.SequenceEqual(other.Prefixes, StringComparer.Ordinal);

    public static S3Page Read(string xml, string host)
    {
        try
        {
            return ReadXml(xml, host);
        }
        catch (XmlException exception)
        {
            throw NoListing(host, exception.Message, exception);
        }
    }

    private static S3Page ReadXml(string xml, string host)
    {
        if (!xml.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith('<'))
        {
            throw NoListing(host, xml.Length == 0 ? "It is empty." : "It is no XML.");
        }

        var page = new S3Page();
        var reader = new S3Xml(xml);
        var isEncoded = S3Xml.Find(xml, "EncodingType") == "url";
        string? key = null, etag = null, token = null;
        DateTimeOffset? time = null;
        long size = -1;
        var isTruncated = false;
        while (reader.Next())
        {
            switch (reader.Depth, reader.Parent, reader.Name)
            {
                case var _ when reader.Opened is not null:
                    if (reader is { Depth: 1, Opened: "Error" })
                    {
                        throw new EndpointException(
                            EndpointError.Other, $"{host} failed after it had begun to answer ({EndpointPath.Printable(S3Xml.Find(xml, "Code") ?? "no reason given")}).", isTransient: true);
                    }

                    if (reader is { Depth: 1, Opened: not Root })
                    {
                        throw NoListing(host, $"It is XML that begins with '{reader.Opened}'.");
                    }

                    break;
                case (0, _, not Root): throw NoListing(host, $"It is XML that begins with '{reader.Name}'.");
                case (2, "Contents", "Key"): key = Decode(reader.Text, isEncoded); break;
                case (2, "Contents", "Size"): size = long.TryParse(reader.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1; break;
                case (2, "Contents", "ETag"): etag = reader.Text; break;
                case (2, "Contents", "LastModified"): time = S3Time.ParseListed(reader.Text); break;
                case (1, _, "Contents"):
                    if (key is null || size < 0)
                    {
                        throw new EndpointException(EndpointError.Protocol, $"{host} listed an object without its key or its size.");
                    }

                    page.Objects.Add(new S3Object(key, size, time, etag));
                    (key, size, time, etag) = (null, -1, null, null);
                    break;
                case (2, "CommonPrefixes", "Prefix"): page.Prefixes.Add(Decode(reader.Text, isEncoded)); break;
                case (1, _, "IsTruncated"): isTruncated = reader.Text.Trim() == "true"; break;
                case (1, _, "NextContinuationToken"): token = reader.Text; break;
            }
        }

        if (!reader.IsWhole)
        {
            throw new EndpointException(EndpointError.Disconnected, $"{host} broke off in the middle of a listing.", isTransient: true);
        }

        if (isTruncated && string.IsNullOrEmpty(token))
        {
            throw new EndpointException(EndpointError.Protocol, $"{host} says that a listing goes on, and not how to go on with it.");
        }

        page.Continuation = isTruncated ? token : null;
        return page;
    }

    private static EndpointException NoListing(string host, string oddity, Exception? thrown = null) => new(
        EndpointError.Protocol, $"{host} answered with something else than a listing: {EndpointPath.Printable(oddity)} Is 'endpoint' an S3 service?", innerException: thrown);

    /// <summary>Servers that encode write a space as '+' or as %20, and never a '+' as it is.</summary>
    private static string Decode(string text, bool isEncoded) => isEncoded ? Uri.UnescapeDataString(text.Replace('+', ' ')) : text;
}

/// <summary>One object as a listing tells it.</summary>
internal sealed record S3Object(string Key, long Size, DateTimeOffset? StoredAt, string? ETag);
