using Amazon.S3;
using Amazon.S3.Model;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

internal sealed partial class S3Endpoint : ICopiesInside
{
    private const int CopiesAtOnce = 8;
    private const int CopyPartBytes = 256 * 1024 * 1024;

    /// <summary>At the same service with the same keys.</summary>
    public bool CanCopyFrom(IEndpoint source) =>
        source is S3Endpoint other
        && string.Equals(other.wire.Service.ServiceUrl, wire.Service.ServiceUrl, StringComparison.OrdinalIgnoreCase)
        && other.wire.Service.Region == wire.Service.Region
        && other.login.IsSame(login);

    /// <summary>With its metadata. The settings of this endpoint say the rest: storage class, encryption, who may read it.</summary>
    public async ValueTask<Entry> CopyFromAsync(IEndpoint source, string sourcePath, string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(sourcePath);
        EndpointPath.CheckBelowRoot(path);
        var from = (S3Endpoint)source;
        var key = keys.Of(path);
        using var head = await from.HeadAsync(from.keys.Of(sourcePath), sourcePath, cancellationToken).ConfigureAwait(false)
            ?? throw new EndpointException(EndpointError.NotFound, $"There is no file at '{from.About(sourcePath)}'.");
        var original = EntryOf(EndpointPath.NameOf(path), head);
        CheckLength(sourcePath, options.Length, original.Size);
        var details = S3Metadata.DetailsOf(head);
        if (original.Size > S3Parts.SingleBytesMax)
        {
            return await CopyInPartsAsync(from, sourcePath, path, head, options, cancellationToken).ConfigureAwait(false);
        }

        var request = new CopyObjectRequest
        {
            SourceBucket = from.wire.Service.Bucket,
            SourceKey = from.keys.Of(sourcePath),
            DestinationBucket = wire.Service.Bucket,
            DestinationKey = key,
            MetadataDirective = S3MetadataDirective.COPY,
            ETagToMatch = S3Wire.Header(head, "etag"),
        };
        choices.ApplyTo(request);
        if (options.Metadata is { } wanted && wanted.Any(pair => details.Metadata.GetValueOrDefault(pair.Key) != pair.Value))
        {
            ReplaceMetadata(request, head, options with { ModifiedAt = details.ModifiedAt ?? options.ModifiedAt });
        }

        var answer = await control.RunAsync(About(path), (client, token) => client.CopyObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        S3ETag.Named(answer.ETag, wire.Service, About(path));

        // The answer tells no size.
        using var response = await HeadAsync(key, path, cancellationToken).ConfigureAwait(false);
        return response is not null && EntryOf(EndpointPath.NameOf(path), response) is var copied && copied.Size == original.Size
            ? copied with { ModifiedAt = details.ModifiedAt }
            : throw new EndpointException(EndpointError.ContentDiffers, $"'{About(path)}' was copied and is not there as it was.", isTransient: true);
    }

    /// <summary>Whoever replaces metadata has to say the headers that go with it anew as well.</summary>
    private void ReplaceMetadata(CopyObjectRequest request, HttpResponseMessage head, WriteOptions options)
    {
        request.MetadataDirective = S3MetadataDirective.REPLACE;
        foreach (var (name, value) in choices.MetadataOf(options))
        {
            request.Metadata.Add(name, S3Metadata.Encode(value));
        }

        request.ContentType = head.Content.Headers.ContentType?.ToString();
        request.Headers.CacheControl = head.Headers.CacheControl?.ToString();
        request.Headers.ContentDisposition = head.Content.Headers.ContentDisposition?.ToString();
        request.Headers.ContentEncoding = head.Content.Headers.ContentEncoding.Count > 0 ? string.Join(", ", head.Content.Headers.ContentEncoding) : null;
    }

    /// <summary>What is too large for one request.</summary>
    private async ValueTask<Entry> CopyInPartsAsync(
        S3Endpoint from, string sourcePath, string path, HttpResponseMessage head, WriteOptions options, CancellationToken cancellationToken)
    {
        var details = S3Metadata.DetailsOf(head);
        var size = head.Content.Headers.ContentLength ?? 0;
        var kept = options with { Metadata = options.Metadata ?? details.Metadata, ModifiedAt = details.ModifiedAt ?? options.ModifiedAt };
        var upload = await multipart.BeginAsync(path, size, kept, cancellationToken).ConfigureAwait(false);
        try
        {
            var partBytes = Math.Max(S3Parts.BytesOf(size, CopyPartBytes), CopyPartBytes);
            var count = (int)((size + partBytes - 1) / partBytes);
            var parts = new S3Part[count];
            await Parallel.ForAsync(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = CopiesAtOnce, CancellationToken = cancellationToken },
                async (index, token) =>
                {
                    var (first, last) = (index * (long)partBytes, Math.Min(size, (index + 1L) * partBytes) - 1);
                    var copied = await control.RunAsync(
                        About(path),
                        (client, stop) => client.CopyPartAsync(
                            new CopyPartRequest
                            {
                                SourceBucket = from.wire.Service.Bucket,
                                SourceKey = from.keys.Of(sourcePath),
                                DestinationBucket = wire.Service.Bucket,
                                DestinationKey = upload.Key,
                                UploadId = upload.UploadId,
                                PartNumber = index + 1,
                                FirstByte = first,
                                LastByte = last,
                                ETagToMatch = [S3Wire.Header(head, "etag")],
                            },
                            stop),
                        token).ConfigureAwait(false);
                    parts[index] = new S3Part(index + 1, last - first + 1, S3ETag.Named(copied.ETag, wire.Service, About(path)));
                }).ConfigureAwait(false);
            var entry = await multipart.CompleteAsync(upload, path, parts, cancellationToken).ConfigureAwait(false);
            await multipart.RemoveMarkerAsync(path, options.PartialName).ConfigureAwait(false);
            return entry with { ModifiedAt = kept.ModifiedAt };
        }
        catch
        {
            await new S3RangedWrite(multipart, path, options, upload, []).AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }
}
