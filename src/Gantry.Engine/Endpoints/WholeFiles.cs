namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint that is near enough to read a small file in one go on the caller's thread: no stream, no wait.</summary>
public interface IReadsWhole
{
    /// <summary>
    /// Fills the buffer from the beginning of the file and answers how many bytes that were: less than the buffer holds means that the file
    /// ends there. Fails as <see cref="IEndpoint.OpenReadAsync"/> does.
    /// </summary>
    int ReadWhole(string path, Span<byte> buffer);
}

/// <summary>An endpoint that is far away, and sends a small file in one go: no stream, no copy in between, and many at once.</summary>
public interface IFetchesWhole
{
    /// <summary>
    /// Fills the buffer from the beginning of the file; fewer bytes than it holds mean that the file ends there. Null when this file cannot come this
    /// way now, whatever the reason: <see cref="IEndpoint.OpenReadAsync"/> finds it out and tells it. Fails as that does.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">One byte longer than the file is known to be. Nobody touches it any more once this has ended, in whatever way.</param>
    /// <param name="cancellationToken">Ends it within a moment, also while the server says nothing.</param>
    ValueTask<FetchedFile?> FetchWholeAsync(string path, Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>What came of a file that was fetched whole.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Details">Null when the answer told none.</param>
public readonly record struct FetchedFile(int Length, FileDetails? Details = null);

/// <summary>
/// An endpoint that takes small files without a wait for each: the caller begins one after the other, and is told later. This way knows
/// success only. Whatever else happens is found out, told and mended by <see cref="IEndpoint.WriteAsync"/>, to which the caller then turns.
/// </summary>
public interface IWritesWhole
{
    /// <summary>
    /// Begins to write the file with the promises of <see cref="IEndpoint.WriteAsync"/>. False when this file cannot go this way now: then
    /// nothing was done, and the receiver is not told.
    /// </summary>
    /// <param name="path">Where it will stand.</param>
    /// <param name="content">All of it; not to be changed before the receiver was told.</param>
    /// <param name="options">With the length, the time and the mode.</param>
    /// <param name="receiver">Told once, on whatever thread, but never before this call has begun the writing.</param>
    /// <param name="cancellationToken">Removes what was made, at the server's next answer.</param>
    bool TryBeginWrite(string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken);
}

/// <summary>Who is told what became of a file that <see cref="IWritesWhole"/> began to write.</summary>
public interface IWholeWriteReceiver
{
    void OnEnded(WholeWriteEnd end);
}

public enum WholeWriteEnd
{
    /// <summary>It is at its path, with its time and mode as far as the server takes them.</summary>
    Written,

    /// <summary>It is not, and nothing of it was left behind.</summary>
    NotWritten,

    /// <summary>The connection was lost: the partial file may be left behind, and the file may even be there.</summary>
    Lost,
}
