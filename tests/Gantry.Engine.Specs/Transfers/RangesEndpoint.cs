using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>A target in memory whose ranges a test can interfere with, and count.</summary>
internal sealed class RangesEndpoint(MemoryEndpoint inner) : PassingEndpoint(inner), IWritesRanges
{
    /// <summary>Called with the offset of a range before it is written, or with the file's size before it is completed; it may wait or throw.</summary>
    public Func<long, CancellationToken, ValueTask>? Before { get; set; }

    /// <summary>Called with the offset of a range that was written.</summary>
    public Action<long>? After { get; set; }

    /// <summary>The offsets of the ranges that were written.</summary>
    public ConcurrentQueue<long> Written { get; } = [];

    public long RangedFromBytes => inner.RangedFromBytes;

    public async ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken) =>
        new Write(this, await inner.BeginRangesAsync(path, options, cancellationToken), options.Length!.Value);

    private sealed class Write(RangesEndpoint endpoint, IRangedWrite inner, long size) : IRangedWrite
    {
        public int RangeBytes => inner.RangeBytes;

        public int ConcurrentRanges => inner.ConcurrentRanges;

        public long WindowBytes => inner.WindowBytes;

        public bool Has(long offset) => inner.Has(offset);

        public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
        {
            await (endpoint.Before?.Invoke(offset, cancellationToken) ?? ValueTask.CompletedTask);
            await inner.WriteAsync(offset, content, length, cancellationToken);
            endpoint.Written.Enqueue(offset);
            endpoint.After?.Invoke(offset);
        }

        public async ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
        {
            await (endpoint.Before?.Invoke(size, cancellationToken) ?? ValueTask.CompletedTask);
            return await inner.CompleteAsync(cancellationToken);
        }

        public ValueTask AbandonAsync() => inner.AbandonAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
