namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint that knows where its folders really lie, so that one folder is known under two names.</summary>
public interface ITellsRealPath
{
    /// <summary>
    /// The absolute path on the machine that has the folder, with all links on the way resolved; what of it is not there stays as it is written. Null where that cannot
    /// be told.
    /// </summary>
    ValueTask<string?> RealPathAsync(string folder, CancellationToken cancellationToken);
}
