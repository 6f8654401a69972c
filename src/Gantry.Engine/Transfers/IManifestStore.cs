namespace Gantry.Engine.Transfers;

/// <summary>Which files of a manifest are meant.</summary>
public enum ManifestPart
{
    /// <summary>Copied or there already, by the paths they have at the target.</summary>
    Arrived,

    /// <summary>Copied or there already, by the paths they had at the source.</summary>
    Settled,

    /// <summary>Failed and not copied by a later attempt, by their paths at the source.</summary>
    Failed,
}

/// <summary>
/// Keeps the manifests of one execution's transfers and finds those of others by their names. A hub keeps them in its database; a plan that runs
/// without one, in memory.
/// </summary>
public interface IManifestStore
{
    /// <summary>Begins the manifest of one attempt at a step.</summary>
    /// <param name="progress">Asked now and then while the attempt goes on, from another thread; null while there is none.</param>
    IKeptManifest Begin(string stepPath, int attempt, Func<TransferProgress?> progress);

    /// <summary>
    /// The paths in the manifest of a step: "EXECUTION/STEP". A step of this execution that has told nothing has none; another execution's that is not there fails
    /// with <see cref="Endpoints.EndpointError.NotFound"/>.
    /// </summary>
    ValueTask<IReadOnlyCollection<string>> FindPathsAsync(string manifest, ManifestPart part, CancellationToken cancellationToken);
}

/// <summary>The manifest of one attempt, while it is made.</summary>
public interface IKeptManifest : ITransferManifest, IAsyncDisposable
{
    /// <summary>"EXECUTION/STEP".</summary>
    string Name { get; }

    /// <summary>Returns when all that was told is kept.</summary>
    /// <param name="result">How the transfer ended; null when it was cancelled.</param>
    ValueTask CompleteAsync(TransferResult? result, CancellationToken cancellationToken);
}
