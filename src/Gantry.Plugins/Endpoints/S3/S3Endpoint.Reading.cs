using System.Collections.Concurrent;
using System.Net;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

internal sealed partial class S3Endpoint : IReadsRanges, ITellsDetails
{
    // Small files are taken whole, so that their connection is free again at once.
    private const int WholeBytesMax = 256 * 1024;
    private const int VersionsMax = 4096;
    private const int RangesAtOnce = 8;

    /// <summary>The ETag of what a file's reading began with: whatever else is read of it has to be of the same version.</summary>
    private readonly ConcurrentDictionary<string, string> versions = new(StringComparer.Ordinal);

    int IReadsRanges.ConcurrentRanges => Math.Min(RangesAtOnce, choices.Connections);

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return ReadAsync(path, offset, offset == 0 ? null : $"bytes={offset}-", cancellationToken);
    }

    public ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return ReadAsync(path, offset, $"bytes={offset}-{offset + length - 1}", cancellationToken);
    }

    public async ValueTask<FileDetails?> FindDetailsAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        using var response = await HeadAsync(keys.Of(path), path, cancellationToken).ConfigureAwait(false);
        return response is null ? null : S3Metadata.DetailsOf(response);
    }

    private async ValueTask<Stream> ReadAsync(string path, long offset, string? range, CancellationToken cancellationToken)
    {
        var key = keys.Of(path);
        if (offset == 0)
        {
            // Whoever begins at the beginning begins anew.
            versions.TryRemove(key, out _);
        }

        var known = versions.GetValueOrDefault(key);
        var request = new S3Request(HttpMethod.Get, key) { About = About(path) }.With("range", range).With("if-match", known);
        var watch = wire.Watch(cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await wire.SendAsync(request, watch, alsoGood: HttpStatusCode.RequestedRangeNotSatisfiable).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // The file ends before, or is empty.
                return new MemoryStream([], writable: false);
            }

            CheckRange(response, offset, range, path);
            CheckVersion(key, response, path);
            var details = S3Metadata.DetailsOf(response);
            var stream = new S3ReadStream(response, await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false), watch, details, wire.Service, About(path));
            (response, watch) = (null, null!);
            return stream.Announced is <= WholeBytesMax ? await stream.TakeWholeAsync(cancellationToken).ConfigureAwait(false) : stream;
        }
        finally
        {
            response?.Dispose();
            watch?.Dispose();
        }
    }

    /// <summary>A server that does not know ranges answers with all of the file.</summary>
    private void CheckRange(HttpResponseMessage response, long offset, string? range, string path)
    {
        if (range is null || (offset == 0 && response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentLength == 0))
        {
            return;
        }

        if (response.StatusCode != HttpStatusCode.PartialContent || (response.Content.Headers.ContentRange?.From is { } from && from != offset))
        {
            throw new EndpointException(
                EndpointError.NotSupported, $"{wire.Service.ServiceUri.Authority} was asked for a part of '{About(path)}' and sent something else.");
        }
    }

    private void CheckVersion(string key, HttpResponseMessage response, string path)
    {
        if (S3Wire.Header(response, "etag") is not { Length: > 0 } etag)
        {
            return;
        }

        if (versions.Count >= VersionsMax)
        {
            versions.Clear();
        }

        if (versions.GetOrAdd(key, etag) is var first && first != etag)
        {
            throw new EndpointException(EndpointError.ContentDiffers, $"'{About(path)}' was changed while it was read.", isTransient: true);
        }
    }
}
