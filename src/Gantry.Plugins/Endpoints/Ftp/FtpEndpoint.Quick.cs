using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Small files on the short way: where a server is known to keep the order, and data needs no TLS.</summary>
internal sealed partial class FtpEndpoint
{
    public async ValueTask<FetchedFile?> FetchWholeAsync(string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        if (reads is null || buffer.IsEmpty || manners is not { IsKnown: true, Pipelines: true, Order: FtpOrder.Kept })
        {
            return null;
        }

        var file = FtpQuickRead.Of(this, path, buffer, cancellationToken);
        return reads.TryAdd(file) && await file.Length.ConfigureAwait(false) is >= 0 and var length ? new FetchedFile(length) : null;
    }

    public bool TryBeginWrite(string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        if (writes is null
            || cancellationToken.IsCancellationRequested
            || manners is not { IsKnown: true, Pipelines: true, Order: FtpOrder.Kept }
            || (options.ModifiedAt is not null && manners.TimeSetting is FtpTimeSetting.Unknown))
        {
            return false;
        }

        try
        {
            EndpointPath.CheckBelowRoot(path);
            EndpointPath.CheckPartialName(options.PartialName);
            return writes.TryAdd(FtpQuickFile.Of(this, path, content, options, receiver, cancellationToken));
        }
        catch (EndpointException)
        {
            // The long way meets the same, and tells it.
            return false;
        }
    }
}
