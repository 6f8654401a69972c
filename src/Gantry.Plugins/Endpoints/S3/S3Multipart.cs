using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3.Model;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Uploads in parts: begun, found again, sent, completed and aborted.</summary>
internal sealed class S3Multipart(S3Wire wire, S3Control control, S3Keys keys, S3Choices choices, Func<string, string> about)
{
    private const int MarkerBytesMax = 16 * 1024;
    private volatile bool tellsMd5 = choices.Encryption is null or "AES256";

    /// <summary>Whether the ETags of parts are their MD5: they are not where KMS encrypts them.</summary>
    public bool TellsMd5 => tellsMd5;

    private S3Service Service => wire.Service;

    /// <summary>A new upload; nothing can be found of it later but by its marker, which is there when this returns.</summary>
    public async ValueTask<S3Upload> BeginAsync(string path, long? length, WriteOptions options, CancellationToken cancellationToken)
    {
        if (length > S3Parts.FileBytesMax)
        {
            throw new EndpointException(EndpointError.NoSpace, $"'{about(path)}' has {length} bytes, and S3 keeps files of 5 TiB at most.");
        }

        var request = new InitiateMultipartUploadRequest { BucketName = Service.Bucket, Key = keys.Of(path), ContentType = S3ContentType.Of(path) };
        choices.ApplyTo(request);
        foreach (var (name, value) in choices.MetadataOf(options))
        {
            request.Metadata.Add(name, S3Metadata.Encode(value));
        }

        var begun = await control.RunAsync(about(path), (client, token) => client.InitiateMultipartUploadAsync(request, token), cancellationToken).ConfigureAwait(false);
        if (begun.ServerSideEncryptionMethod?.Value?.StartsWith("aws:kms", StringComparison.Ordinal) == true)
        {
            tellsMd5 = false;
        }

        var upload = new S3Upload
        {
            UploadId = begun.UploadId is { Length: > 0 } id
                ? id
                : throw S3Errors.NoAnswer(Service, about(path), "It names no upload."),
            Key = keys.Of(path),
            Length = length ?? -1,
            PartBytes = S3Parts.BytesOf(length ?? 0, choices.PartBytes),
        };
        try
        {
            await MarkAsync(upload, path, options.PartialName, cancellationToken).ConfigureAwait(false);
            return upload;
        }
        catch
        {
            await AbortQuietlyAsync(upload, path).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// What a marker stands for, under a marker of our own from now on; null when it is gone, of another file or of no use. The old marker goes.
    /// </summary>
    public async ValueTask<(S3Upload Upload, IReadOnlyList<S3Part> Parts)?> TakeOverAsync(
        string path, long length, WriteOptions options, CancellationToken cancellationToken)
    {
        var markerPath = Beside(path, options.EarlierPartialName!);
        if (await ReadMarkerAsync(markerPath, cancellationToken).ConfigureAwait(false) is not { } upload)
        {
            await DeleteAsync(markerPath, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (upload.Key != keys.Of(path))
        {
            return null;
        }

        var isOurs = upload.Length == length && upload.PartBytes >= S3Parts.BytesMin
            && upload.PartBytes == S3Parts.BytesOf(length, upload.PartBytes);
        var parts = isOurs ? await PartsAsync(upload, path, cancellationToken).ConfigureAwait(false) : null;
        if (parts is null)
        {
            // Of no use to anybody any more.
            await AbortAsync(upload, path, cancellationToken).ConfigureAwait(false);
            await DeleteAsync(markerPath, cancellationToken).ConfigureAwait(false);
            return null;
        }

        await MarkAsync(upload, path, options.PartialName, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(markerPath, cancellationToken).ConfigureAwait(false);
        return (upload, parts);
    }

    /// <summary>The upload that a marker stands for; null when there is none, or it is no marker.</summary>
    public async ValueTask<S3Upload?> ReadMarkerAsync(string markerPath, CancellationToken cancellationToken)
    {
        try
        {
            var request = new S3Request(HttpMethod.Get, keys.Of(markerPath)) { About = about(markerPath) }.With("range", $"bytes=0-{MarkerBytesMax - 1}");
            return S3Upload.Read(System.Text.Encoding.UTF8.GetBytes(await wire.AskTextAsync(request, cancellationToken).ConfigureAwait(false)));
        }
        catch (EndpointException exception) when (exception.Error is EndpointError.NotFound or EndpointError.ContentDiffers)
        {
            return null;
        }
    }

    /// <summary>Sends a part as it is read, and compares what the server says that it got.</summary>
    public async ValueTask<S3Part> SendAsync(S3Upload upload, string path, int number, Stream content, long length, CancellationToken cancellationToken)
    {
        var body = new S3Body(content, length);
        var request = Request(upload, path, number, body);
        request.PayloadHash = S3Signer.Unsigned;
        var etag = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (S3ETag.HashOf(etag)?.Hex == body.Md5)
        {
            return new S3Part(number, length, etag);
        }

        tellsMd5 = false;
        throw new EndpointException(
            EndpointError.Other, $"Part {number} of '{about(path)}' is on the server with another checksum than it was sent with: it is sent again.", isTransient: true);
    }

    /// <summary>Sends a part with its MD5, for the server to check.</summary>
    public async ValueTask<S3Part> SendAsync(S3Upload upload, string path, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var request = Request(upload, path, number, new S3Body(content)).WithMd5(content.Span);
        request.PayloadHash = Service.IsEncrypted ? S3Signer.Unsigned : Convert.ToHexStringLower(SHA256.HashData(content.Span));
        return new S3Part(number, content.Length, await SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Puts the parts together and looks at the result. When the answer was lost, the file itself tells whether it was done.
    /// </summary>
    public async ValueTask<Entry> CompleteAsync(S3Upload upload, string path, IReadOnlyList<S3Part> parts, CancellationToken cancellationToken)
    {
        var expected = S3ETag.OfParts(parts.Select(part => part.ETag));
        var size = parts.Sum(part => part.Size);
        try
        {
            var completed = await control.RunAsync(
                about(path),
                (client, token) => client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = Service.Bucket,
                        Key = upload.Key,
                        UploadId = upload.UploadId,
                        PartETags = [.. parts.Select(part => new PartETag(part.Number, part.ETag))],
                    },
                    token),
                cancellationToken).ConfigureAwait(false);
            S3ETag.Named(completed.ETag, Service, about(path));
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            // It may be that the answer to an earlier try was lost.
            var there = await FindAsync(upload.Key, path, cancellationToken).ConfigureAwait(false);
            if (there is { } done && done.Entry.Size == size && expected is not null && done.ETag == expected)
            {
                return done.Entry;
            }

            throw;
        }

        var found = await FindAsync(upload.Key, path, cancellationToken).ConfigureAwait(false);
        return found is null || found.Value.Entry.Size != size
            ? throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{about(path)}' was put together from {size} bytes, and {(found is null ? "is not there" : $"has {found.Value.Entry.Size}")} on the server.",
                isTransient: true)
            : found.Value.Entry;
    }

    /// <summary>One that is gone already is success.</summary>
    public async ValueTask AbortAsync(S3Upload upload, string path, CancellationToken cancellationToken)
    {
        try
        {
            await control.RunAsync(
                about(path),
                (client, token) => client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = Service.Bucket, Key = upload.Key, UploadId = upload.UploadId }, token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            // Completed, or aborted by somebody else.
        }
    }

    /// <summary>What cannot be removed now is removed by the next transfer.</summary>
    public async ValueTask RemoveMarkerAsync(string path, string partialName)
    {
        try
        {
            await DeleteAsync(Beside(path, partialName), CancellationToken.None).ConfigureAwait(false);
        }
        catch (EndpointException)
        {
            // It does no harm.
        }
    }

    private async ValueTask AbortQuietlyAsync(S3Upload upload, string path)
    {
        try
        {
            await AbortAsync(upload, path, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EndpointException)
        {
            // What failed before is what is told.
        }
    }

    private async ValueTask MarkAsync(S3Upload upload, string path, string partialName, CancellationToken cancellationToken)
    {
        var bytes = upload.ToBytes();
        var markerPath = Beside(path, partialName);
        var request = new S3Request(HttpMethod.Put, keys.Of(markerPath))
        {
            About = about(markerPath),
            Body = new S3Body(bytes),
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };
        (await wire.AskAsync(request.WithMd5(bytes).With(choices.OwnHeaders("application/json")), cancellationToken).ConfigureAwait(false)).Dispose();
    }

    private async ValueTask DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await wire.AskAsync(new S3Request(HttpMethod.Delete, keys.Of(path)) { About = about(path) }, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <summary>Those of the right size; null when the upload is gone.</summary>
    private async ValueTask<IReadOnlyList<S3Part>?> PartsAsync(S3Upload upload, string path, CancellationToken cancellationToken)
    {
        List<S3Part> parts = [];
        var after = 0;
        try
        {
            while (true)
            {
                var page = await control.RunAsync(
                    about(path),
                    (client, token) => client.ListPartsAsync(
                        new ListPartsRequest { BucketName = Service.Bucket, Key = upload.Key, UploadId = upload.UploadId, PartNumberMarker = after == 0 ? null : after.ToString(CultureInfo.InvariantCulture) }, token),
                    cancellationToken).ConfigureAwait(false);
                foreach (var part in page.Parts ?? [])
                {
                    if (part is { PartNumber: { } number, Size: { } size, ETag: { } etag } && size == upload.SizeOf(number))
                    {
                        parts.Add(new S3Part(number, size, etag));
                    }
                }

                if (page.IsTruncated != true || page.NextPartNumberMarker is not { } next || next <= after)
                {
                    return parts;
                }

                after = next;
            }
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            return null;
        }
    }

    private async ValueTask<(Entry Entry, string? ETag)?> FindAsync(string key, string path, CancellationToken cancellationToken)
    {
        using var response = await wire.AskAsync(
            new S3Request(HttpMethod.Head, key) { About = about(path) }, cancellationToken, alsoGood: System.Net.HttpStatusCode.NotFound).ConfigureAwait(false);
        return response.StatusCode == System.Net.HttpStatusCode.NotFound
            ? null
            : (S3Endpoint.EntryOf(EndpointPath.NameOf(path), response), S3ETag.Bare(S3Wire.Header(response, "etag")));
    }

    private async ValueTask<string> SendAsync(S3Request request, CancellationToken cancellationToken)
    {
        using var response = await wire.AskAsync(request, cancellationToken).ConfigureAwait(false);
        return S3ETag.Named(S3Wire.Header(response, "etag"), Service, request.About);
    }

    private S3Request Request(S3Upload upload, string path, int number, S3Body body) =>
        new(HttpMethod.Put, upload.Key) { About = about(path), Body = body, Query = [("partNumber", $"{number}"), ("uploadId", upload.UploadId)] };

    private static string Beside(string path, string name) => EndpointPath.Join(EndpointPath.ParentOf(path), name);
}
