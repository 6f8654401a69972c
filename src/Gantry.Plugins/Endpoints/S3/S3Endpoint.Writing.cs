using System.Buffers;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Endpoints.S3;

internal sealed partial class S3Endpoint : IWritesRanges
{
    private const int HeldBytesMax = 64 * 1024 * 1024;

    private readonly S3Room room = new(HeldBytesMax);

    public long RangedFromBytes => Math.Max(2L * choices.PartBytes, 2 * S3Parts.BytesDefault);

    /// <summary>
    /// In one request with its MD5, which the server checks before it takes the file; what is longer goes in parts. A file is replaced in one instant either
    /// way, and its folder is there as soon as it is.
    /// </summary>
    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowRefusal(path);
        var key = keys.Of(path);
        if (options.Length >= RangedFromBytes)
        {
            return await WriteInPartsAsync(path, ReadOnlyMemory<byte>.Empty, content, options, cancellationToken).ConfigureAwait(false);
        }

        if (content is MemoryStream { CanSeek: true } memory && memory.TryGetBuffer(out var held))
        {
            var bytes = held.AsMemory((int)memory.Position);
            CheckLength(path, options.Length, bytes.Length);
            memory.Position = memory.Length;
            return await PutAsync(path, key, bytes, options, cancellationToken).ConfigureAwait(false);
        }

        // One byte more than was announced shows that there is more.
        var most = (int)(options.Length ?? choices.PartBytes) + 1;
        var taken = await room.TakeAsync(most, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, most), most, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (options.Length is null && read == most)
            {
                return await WriteInPartsAsync(path, buffer.AsMemory(0, read), content, options, cancellationToken).ConfigureAwait(false);
            }

            CheckLength(path, options.Length, read);
            return await PutAsync(path, key, buffer.AsMemory(0, read), options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            room.Give(taken);
        }
    }

    public async ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        return await BeginPartsAsync(path, options.Length ?? throw new ArgumentException("The length is always given.", nameof(options)), options, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Entry> PutAsync(string path, string key, ReadOnlyMemory<byte> content, WriteOptions options, CancellationToken cancellationToken)
    {
        var request = PutRequest(path, key, content, options);
        using var response = await wire.AskAsync(request, cancellationToken).ConfigureAwait(false);
        return EntryOf(EndpointPath.NameOf(path), content.Length, null, S3Wire.Header(response, "etag")) with { ModifiedAt = KeptTime(options) };
    }

    private S3Request PutRequest(string path, string key, ReadOnlyMemory<byte> content, WriteOptions options)
    {
        var request = new S3Request(HttpMethod.Put, key)
        {
            About = About(path),
            Body = new S3Body(content),
            PayloadHash = PayloadHash(content.Span),
        };
        var md5 = MD5.HashData(content.Span);
        request.With("content-md5", Convert.ToBase64String(md5));
        request.With(choices.Headers(path));
        foreach (var (name, value) in choices.MetadataOf(options))
        {
            request.With(S3Metadata.HeaderPrefix + name, S3Metadata.Encode(value));
        }

        return request;
    }

    /// <summary>Without TLS the content is part of the signature; with it, that would be a second checksum for nothing.</summary>
    private string PayloadHash(ReadOnlySpan<byte> content) =>
        wire.Service.IsEncrypted ? S3Signer.Unsigned : content.IsEmpty ? AwsSignature.Nothing : Convert.ToHexStringLower(SHA256.HashData(content));

    private static DateTimeOffset? KeptTime(WriteOptions options) => options.ModifiedAt?.ToUniversalTime();

    private static void CheckLength(string path, long? announced, long real)
    {
        if (announced is { } length && length != real)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{EndpointPath.Printable(path)}' was announced with {length} bytes and came with {(real > length ? "more" : real)}.",
                isTransient: true);
        }
    }

    /// <summary>A stream in parts, several on their way; nothing of it is left when it fails.</summary>
    private async ValueTask<Entry> WriteInPartsAsync(
        string path, ReadOnlyMemory<byte> first, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        await using var write = await BeginPartsAsync(path, options.Length, options, cancellationToken).ConfigureAwait(false);
        try
        {
            await new S3PartStream(write, choices.PartBytes).SendAsync(first, content, options.Length, cancellationToken).ConfigureAwait(false);
            CheckLength(path, options.Length, write.WrittenBytes);
            return await write.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await write.AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }
}
