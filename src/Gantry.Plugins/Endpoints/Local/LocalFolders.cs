using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>
/// The folders that were written to a moment ago, still open: with many small files, opening the folder of each would be a good part of the
/// work. Only for a moment, so that a folder that somebody moves away or replaces is soon seen to be another one.
/// </summary>
internal sealed class LocalFolders(LocalRoot root) : IDisposable
{
    private const int Most = 8;
    private const long KeptMilliseconds = 50;

    private readonly Lock gate = new();
    private readonly LocalFolder?[] recent = new LocalFolder?[Most];
    private int next;

    /// <summary>The folder in which the path lies; the caller disposes of what it gets.</summary>
    public LocalFolder Parent(string path)
    {
        var folder = EndpointPath.ParentOf(path);
        var now = Environment.TickCount64;
        lock (gate)
        {
            foreach (var known in recent)
            {
                if (known is not null && known.Path == folder && now - known.OpenedAt < KeptMilliseconds)
                {
                    return known.Hold();
                }
            }
        }

        var opened = new LocalFolder(folder, root.OpenParent(path), now);
        lock (gate)
        {
            recent[next]?.Dispose();
            recent[next] = opened.Hold();
            next = (next + 1) % Most;
        }

        return opened;
    }

    /// <summary>Something was not as expected: whatever is asked for next is opened anew.</summary>
    public void Forget() => Dispose();

    public void Dispose()
    {
        lock (gate)
        {
            for (var i = 0; i < Most; i++)
            {
                recent[i]?.Dispose();
                recent[i] = null;
            }
        }
    }
}
