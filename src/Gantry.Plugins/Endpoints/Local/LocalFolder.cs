using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>An open folder that several hold at once; the last of them closes it.</summary>
internal sealed class LocalFolder(string path, SafeFileHandle handle, long openedAt) : IDisposable
{
    private int holders = 1;

    public string Path { get; } = path;

    public SafeFileHandle Handle { get; } = handle;

    /// <summary>In milliseconds of the machine's uptime.</summary>
    public long OpenedAt { get; } = openedAt;

    /// <summary>Under the lock of whoever keeps it open meanwhile.</summary>
    public LocalFolder Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            Handle.Dispose();
        }
    }
}
