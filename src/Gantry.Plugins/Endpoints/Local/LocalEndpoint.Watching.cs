using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

internal sealed partial class LocalEndpoint
{
    private const int BufferBytesOfWatcher = 64 * 1024;

    /// <summary>By the kernel's notices. When there are more than it keeps, that is told as a change as well.</summary>
    public IDisposable Watch(Action changed)
    {
        // Whether the root is there, and may be looked into, is told as everywhere else.
        _ = FindRoot();
        try
        {
            var watcher = new FileSystemWatcher(root.FullPath)
            {
                IncludeSubdirectories = true,
                InternalBufferSize = BufferBytesOfWatcher,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Created += (_, _) => changed();
            watcher.Changed += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            throw new EndpointException(EndpointError.Other, $"'{EndpointPath.Printable(root.FullPath)}' cannot be watched: {exception.Message}", isTransient: true, exception);
        }
    }
}
