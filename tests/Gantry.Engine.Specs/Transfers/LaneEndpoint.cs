using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>A target in memory that takes files whole, and lets a test say how the writing of each ends.</summary>
internal sealed class LaneEndpoint(IEndpoint inner) : PassingEndpoint(inner), IWritesWhole, IConnects
{
    private Capabilities capabilities = inner.Capabilities;
    private int underWay;
    private int began;

    /// <summary>How it ends; null is never told. Asked on another thread than the one that began.</summary>
    public Func<string, WholeWriteEnd?> End { get; set; } = _ => WholeWriteEnd.Written;

    /// <summary>Whether this one can be begun.</summary>
    public Func<string, bool> Begins { get; set; } = _ => true;

    /// <summary>Nothing is listed before it completes.</summary>
    public Task Connecting { get; set; } = Task.CompletedTask;

    public int Began => began;

    public int UnderWayMost { get; private set; }

    public override Capabilities Capabilities => capabilities;

    public override async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Connecting.WaitAsync(cancellationToken);
        await foreach (var entry in base.ListAsync(folder, cancellationToken))
        {
            yield return entry;
        }
    }

    public void Allow(int concurrentFiles) => capabilities = capabilities with { ConcurrentFiles = concurrentFiles };

    public bool TryBeginWrite(
        string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        if (!Begins(path))
        {
            return false;
        }

        Interlocked.Increment(ref began);
        UnderWayMost = Math.Max(UnderWayMost, Interlocked.Increment(ref underWay));
        _ = Task.Run(() => EndAsync(path, content, options, receiver), CancellationToken.None);
        return true;
    }

    private async Task EndAsync(string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver)
    {
        if (End(path) is not { } end)
        {
            return;
        }

        if (end == WholeWriteEnd.Written)
        {
            using var stream = new MemoryStream(content.ToArray());
            await WriteAsync(path, stream, options, CancellationToken.None);
        }

        if (end == WholeWriteEnd.Lost)
        {
            // What such a loss leaves behind.
            using var half = new MemoryStream(content[..(content.Length / 2)].ToArray());
            var partial = EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName);
            await WriteAsync(partial, half, options with { Length = null, PartialName = options.PartialName + "x" }, CancellationToken.None);
        }

        Interlocked.Decrement(ref underWay);
        receiver.OnEnded(end);
    }
}
