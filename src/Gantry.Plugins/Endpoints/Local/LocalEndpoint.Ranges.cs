using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>Large files in ranges: for sources that give several parts at once, and for going on with what an earlier attempt left.</summary>
internal sealed partial class LocalEndpoint
{
    public long RangedFromBytes => 8 * 1024 * 1024;

    public int ConcurrentRanges => 16;

    public async ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new LocalPart(await OpenReadAsync(path, offset, null, cancellationToken).ConfigureAwait(false), length);
    }

    public ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IRangedWrite>(new LocalRangedWrite(LocalPartial.Create(root, folders, path, options), options));
    }
}
