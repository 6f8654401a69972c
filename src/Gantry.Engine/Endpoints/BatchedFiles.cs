namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint whose server may take small files by the hundred, as one stream.</summary>
public interface ITakesBatches
{
    /// <summary>Begins for one transfer, and returns at once; null where this endpoint has no such way to any server.</summary>
    /// <param name="transferId">Begins the last part of each temporary name, so that what a killed transfer leaves is known as its own.</param>
    /// <param name="cancellationToken">Ends it: what is under way is removed as far as the connection allows, and then told as not written.</param>
    IBatchedWrites? BeginBatches(string transferId, CancellationToken cancellationToken);
}

/// <summary>
/// Small files that gather and travel together, with the promises of <see cref="IWritesWhole"/> for each; the folder of a file has to be there.
/// Where the server turns out to have no such way, that is told once, and the files go one by one. Disposing ends it, once all were told.
/// </summary>
public interface IBatchedWrites : IWritesWhole, IAsyncDisposable
{
    /// <summary>How many files under way at once keep it busy. Asked anew: it may turn out to be fewer.</summary>
    int ConcurrentFiles { get; }
}
