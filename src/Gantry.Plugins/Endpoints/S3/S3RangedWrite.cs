using System.Buffers;
using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>One upload in parts (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html), with the marker by which it is found again.</summary>
internal sealed class S3RangedWrite : IRangedWrite
{
    private const int PartsAtOnceMax = 8;
    private const long UnderWayBytesMax = 64 * 1024 * 1024;

    private readonly S3Multipart parts;
    private readonly string path;
    private readonly WriteOptions options;
    private readonly S3Upload upload;
    private readonly HashSet<int> standing;
    private readonly ConcurrentDictionary<int, S3Part> sent;

    /// <param name="parts">Speaks to the server.</param>
    /// <param name="path">Of the file.</param>
    /// <param name="options">Of the file.</param>
    /// <param name="upload">The upload, with its marker already there.</param>
    /// <param name="earlier">What of it stands from an earlier attempt.</param>
    public S3RangedWrite(S3Multipart parts, string path, WriteOptions options, S3Upload upload, IReadOnlyList<S3Part> earlier)
    {
        this.parts = parts;
        this.path = path;
        this.options = options;
        this.upload = upload;
        standing = [.. earlier.Select(part => part.Number)];
        sent = new ConcurrentDictionary<int, S3Part>(earlier.Select(part => KeyValuePair.Create(part.Number, part)));
    }

    public int RangeBytes => upload.PartBytes;

    public int ConcurrentRanges => (int)Math.Clamp(UnderWayBytesMax / RangeBytes, 1, PartsAtOnceMax);

    public long WindowBytes => long.MaxValue;

    public long WrittenBytes => sent.Values.Sum(part => part.Size);

    public bool Has(long offset) => standing.Contains(NumberOf(offset));

    /// <summary>
    /// The server tells the MD5 of what it got, so that the part can be sent as it is read. Where it tells something else, parts are held in memory and sent
    /// with their MD5, for the server to check.
    /// </summary>
    public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
    {
        var number = NumberOf(offset);
        if (parts.TellsMd5)
        {
            sent[number] = await parts.SendAsync(upload, path, number, content, length, cancellationToken).ConfigureAwait(false);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await content.ReadExactlyAsync(buffer.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
            await WritePartAsync(number, offset, buffer.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A part by its number, for content whose length nobody knows.</summary>
    public async ValueTask WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (number > S3Parts.CountMax)
        {
            throw new EndpointException(EndpointError.NoSpace, $"'{EndpointPath.Printable(path)}' is longer than {offset} bytes, and its length was not told beforehand: S3 takes no more parts.");
        }

        sent[number] = await parts.SendAsync(upload, path, number, content, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
    {
        var all = sent.Values.OrderBy(part => part.Number).ToList();
        if (options.Length is { } length && (WrittenBytes != length || all.Where((part, index) => part.Number != index + 1).Any()))
        {
            throw new EndpointException(
                EndpointError.ContentDiffers, $"'{EndpointPath.Printable(path)}' was announced with {length} bytes, and {WrittenBytes} of them arrived.", isTransient: true);
        }

        var entry = await parts.CompleteAsync(upload, path, all, cancellationToken).ConfigureAwait(false);
        await parts.RemoveMarkerAsync(path, options.PartialName).ConfigureAwait(false);
        return entry with { ModifiedAt = options.ModifiedAt?.ToUniversalTime() };
    }

    public async ValueTask AbandonAsync()
    {
        try
        {
            await parts.AbortAsync(upload, path, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EndpointException exception)
        {
            if (exception.Error != EndpointError.NotSupported)
            {
                // The marker stays, so that whoever removes it removes the upload.
                return;
            }
        }

        await parts.RemoveMarkerAsync(path, options.PartialName).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private int NumberOf(long offset) => (int)(offset / RangeBytes) + 1;
}

/// <summary>One part that stands on the server.</summary>
internal sealed record S3Part(int Number, long Size, string ETag);
