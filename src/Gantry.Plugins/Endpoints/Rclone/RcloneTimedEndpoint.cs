using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>A folder behind rclone on a system that is known to keep times.</summary>
internal class RcloneTimedEndpoint : RcloneEndpoint, ISetsTimes
{
    /// <inheritdoc cref="RcloneEndpoint(string, RcloneNames, Func{CancellationToken, ValueTask{RcloneRemote}}, TimeProvider, Action{string})"/>
    public RcloneTimedEndpoint(string address, RcloneNames names, Func<CancellationToken, ValueTask<RcloneRemote>> describe, TimeProvider clock, Action<string> notice)
        : base(address, names, describe, clock, notice)
    {
    }

    public ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken) => SetTimeAsync(path, modifiedAt, cancellationToken);
}
