using System.Buffers;
using System.Net;
using System.Security.Cryptography;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>The content of a request: bytes in memory, or a stream that is read once, of which the MD5 is taken as it passes.</summary>
internal sealed class S3Body : HttpContent
{
    private const int ChunkBytes = 128 * 1024;

    private readonly ReadOnlyMemory<byte> bytes;
    private readonly Stream? stream;
    private readonly long length;
    private readonly IncrementalHash? md5;

    public S3Body(ReadOnlyMemory<byte> bytes)
    {
        this.bytes = bytes;
        length = bytes.Length;
    }

    /// <param name="stream">Read for so many bytes, and left open.</param>
    public S3Body(Stream stream, long length)
    {
        this.stream = stream;
        this.length = length;
        md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    }

    /// <summary>What was given as bytes; empty for a stream.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Where it is watched whether bytes go on.</summary>
    public S3Watch? Watch { get; set; }

    /// <summary>The stream failed, and not the server.</summary>
    public Exception? SourceFailure { get; private set; }

    /// <summary>Of what was sent, once all of a stream was; lower-case hexadecimal.</summary>
    public string? Md5 { get; private set; }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => SerializeToStreamAsync(target, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream target, TransportContext? context, CancellationToken cancellationToken)
    {
        if (stream is null)
        {
            for (var at = 0; at < bytes.Length; at += ChunkBytes)
            {
                await target.WriteAsync(bytes.Slice(at, Math.Min(ChunkBytes, bytes.Length - at)), cancellationToken).ConfigureAwait(false);
                Watch?.Progress();
            }

            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (var left = length; left > 0;)
            {
                var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(ChunkBytes, left)), cancellationToken).ConfigureAwait(false);
                md5!.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                Watch?.Progress();
                left -= read;
            }

            Md5 = Convert.ToHexStringLower(md5!.GetCurrentHash());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            md5?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // A source may be slow, or throttled: only the server is watched.
            Watch?.Pause();
            var read = await stream!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Watch?.Progress();
            return read > 0 ? read : throw new EndOfStreamException("The content ended before its announced length.");
        }
        catch (Exception exception)
        {
            SourceFailure = exception;
            throw;
        }
    }
}
