namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint that tells by itself when something below its root changes.</summary>
public interface IWatches
{
    /// <summary>
    /// Calls back when something was made, changed, renamed or deleted, from any thread and as often as it likes, until disposed of. Changes may be missed: whoever watches
    /// lists now and then besides. Where nothing can be watched it fails with <see cref="EndpointException"/>.
    /// </summary>
    IDisposable Watch(Action changed);
}
