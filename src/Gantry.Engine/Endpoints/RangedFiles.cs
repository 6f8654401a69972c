namespace Gantry.Engine.Endpoints;

/// <summary>
/// An endpoint that takes a large file in ranges: several at once where that is quicker, and on top of what an earlier attempt left behind.
/// </summary>
public interface IWritesRanges
{
    /// <summary>Files from this size on, in bytes, are worth it; smaller ones go through <see cref="IEndpoint.WriteAsync"/>.</summary>
    long RangedFromBytes { get; }

    /// <summary>
    /// Begins, with the promises of <see cref="IEndpoint.WriteAsync"/>; the length in the options is always given. With
    /// <see cref="WriteOptions.EarlierPartialName"/> it goes on with what stands under that name, as far as it is certain; when that
    /// is gone or of no use, it begins anew.
    /// </summary>
    ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken);
}

/// <summary>
/// One large file while it is written. Its ranges begin at multiples of <see cref="RangeBytes"/> and are of that length, the last one as short
/// as is left; they are begun in rising order. Disposing of it before <see cref="CompleteAsync"/> leaves what arrived for a later attempt.
/// </summary>
public interface IRangedWrite : IAsyncDisposable
{
    /// <summary>In bytes.</summary>
    int RangeBytes { get; }

    /// <summary>How many ranges may be under way at once.</summary>
    int ConcurrentRanges { get; }

    /// <summary>Whether the range that begins there stands already, from an earlier attempt.</summary>
    bool Has(long offset);

    /// <summary>Writes one range, and returns when the target has all of it. One that failed may be written again.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="content">Exactly the bytes of the range; read from here on to its end.</param>
    /// <param name="length">How many those are.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken);

    /// <summary>All ranges stand: checks the size, sets time and mode, and gives the file its name. Answers what now is at the path.</summary>
    ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken);

    /// <summary>It is not wanted any more: what arrived is removed, as far as the connection allows.</summary>
    ValueTask AbandonAsync();
}

/// <summary>An endpoint that reads parts of a file, several at once where that is quicker.</summary>
public interface IReadsRanges
{
    /// <summary>How many parts of one file may be read at once before more brings nothing.</summary>
    int ConcurrentRanges { get; }

    /// <summary>Reads that many bytes from the offset on; fewer when the file ends before.</summary>
    ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken);
}
