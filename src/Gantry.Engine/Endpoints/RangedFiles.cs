namespace Gantry.Engine.Endpoints;

/// <summary>
/// An endpoint that takes a large file in ranges: several at once where that is quicker, and on top of what an earlier attempt left behind.
/// </summary>
public interface IWritesRanges
{
    /// <summary>Files from this size on, in bytes, are worth it; smaller ones go through <see cref="IEndpoint.WriteAsync"/>. <see cref="long.MaxValue"/> where this server cannot.</summary>
    long RangedFromBytes { get; }

    /// <summary>
    /// Begins, with the promises of <see cref="IEndpoint.WriteAsync"/>; the length in the options is always given. With
    /// <see cref="WriteOptions.EarlierPartialName"/> it first gives what stands under that name its own <see cref="WriteOptions.PartialName"/> (of
    /// two that try this at once, one gets it) and goes on with it, as far as it is certain; when that is gone or of no use, it begins anew.
    /// </summary>
    ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken);
}

/// <summary>
/// One large file while it is written. Its ranges begin at multiples of <see cref="RangeBytes"/> and are of that length, the last one as short
/// as is left. Disposing of it before <see cref="CompleteAsync"/> leaves what arrived for a later attempt, under the partial name.
/// </summary>
/// <remarks>
/// The caller begins ranges from the front on, and each only when everything up to <see cref="WindowBytes"/> before its end stands: what is
/// left of a dead attempt is then certain up to its size less the window. It completes, abandons or disposes when no range is under way.
/// </remarks>
public interface IRangedWrite : IAsyncDisposable
{
    /// <summary>In bytes; the same from beginning to end.</summary>
    int RangeBytes { get; }

    /// <summary>How many ranges may be under way at once, at least 1. Asked anew before each: a server may take more later on, or fewer.</summary>
    int ConcurrentRanges { get; }

    /// <summary>
    /// At least <see cref="RangeBytes"/>. Where each range is on record by itself, such as the parts of an object store, <see cref="long.MaxValue"/>.
    /// </summary>
    long WindowBytes { get; }

    /// <summary>Whether the range that begins there stands already, from an earlier attempt. Told at the beginning, and not changed later.</summary>
    bool Has(long offset);

    /// <summary>
    /// Writes one range, and returns when the target has all of it. One that failed for a reason that may pass may be written again, over a new
    /// connection if the old one was lost. When the partial file is gone, which another transfer may have taken over, it fails with NotFound.
    /// </summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="content">Exactly the bytes of the range; read from here on to its end, and left open.</param>
    /// <param name="length">How many those are.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken);

    /// <summary>
    /// All ranges stand: checks the size, sets time and mode, and gives the file its name. Answers what now is at the path. It may be called again
    /// after a failure that may pass.
    /// </summary>
    ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken);

    /// <summary>It is not wanted any more: what arrived is removed, as far as the connection allows. Disposing follows all the same.</summary>
    ValueTask AbandonAsync();
}

/// <summary>An endpoint that reads parts of a file, several at once where that is quicker.</summary>
public interface IReadsRanges
{
    /// <summary>How many parts of one file may be read at once before more brings nothing. Asked anew before each.</summary>
    int ConcurrentRanges { get; }

    /// <summary>Reads that many bytes from the offset on; fewer only when the file ends before.</summary>
    ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken);
}
