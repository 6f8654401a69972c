using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>The content of one answer while it arrives. What stands still for too long is cut.</summary>
internal sealed class S3ReadStream : ContentStream, IDetailedStream
{
    private readonly HttpResponseMessage response;
    private readonly Stream inner;
    private readonly S3Watch watch;
    private readonly S3Service service;
    private readonly string about;
    private long left;

    public S3ReadStream(HttpResponseMessage response, Stream inner, S3Watch watch, FileDetails details, S3Service service, string about)
    {
        this.response = response;
        this.inner = inner;
        this.watch = watch;
        this.service = service;
        this.about = about;
        Details = details;
        Announced = response.Content.Headers.ContentLength;
        left = Announced ?? 0;

        // Nobody reads yet.
        watch.Pause();
    }

    public FileDetails Details { get; }

    /// <summary>In bytes; null when the server did not say.</summary>
    public long? Announced { get; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            watch.Progress();

            // The content is not disposed of while it is read: its connection would go to the next request with this reading still upon it.
            await using var registration = cancellationToken.UnsafeRegister(static state => ((S3Watch)state!).Cancel(), watch).ConfigureAwait(false);
            var read = await inner.ReadAsync(buffer, watch.Token).ConfigureAwait(false);
            left -= read;
            if (read == 0 && buffer.Length > 0 && Announced is not null && left > 0)
            {
                throw new IOException($"{left} bytes are missing.");
            }

            watch.Pause();
            return read;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is OperationCanceledException && !watch.HasExpired)
            {
                throw;
            }

            throw watch.HasExpired ? S3Errors.TimedOut(service, about) : S3Errors.OfConnection(exception, service);
        }
    }

    /// <summary>All of it in memory; this stream is at its end then.</summary>
    public async ValueTask<Stream> TakeWholeAsync(CancellationToken cancellationToken)
    {
        await using (this)
        {
            var bytes = new byte[Announced!.Value];
            for (var filled = 0; filled < bytes.Length;)
            {
                filled += await ReadAsync(bytes.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            }

            // The end of the answer gives the connection back.
            await ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false);
            return new S3WholeStream(bytes, Details);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            response.Dispose();
            watch.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>A small file that arrived whole.</summary>
internal sealed class S3WholeStream(byte[] bytes, FileDetails details) : MemoryStream(bytes, writable: false), IDetailedStream
{
    public FileDetails Details { get; } = details;
}
