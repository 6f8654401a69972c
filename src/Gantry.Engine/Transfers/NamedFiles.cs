using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// The files and folders that were named one by one: one that no source has is a failure, since whoever named it counts on it, while one that a filter
/// leaves out is not.
/// </summary>
internal sealed class NamedFiles(TransferRun run, PathSet only)
{
    private readonly ConcurrentDictionary<string, bool> unseen = new(only.Paths.Where(path => path.Length > 0).Select(path => KeyValuePair.Create(path, true)), StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> failed = new(StringComparer.Ordinal);

    /// <summary>A source lists it, or it was deleted at the target as it was at the source.</summary>
    public void See(string path) => unseen.TryRemove(path, out _);

    /// <summary>It was told why; nothing is said of what was named in it.</summary>
    public void Failed(string path)
    {
        if (only.ReachesInto(path))
        {
            failed[path] = true;
        }
    }

    /// <summary>When all sources were walked: tells of what was named and not met.</summary>
    public async Task TellMissingAsync(IReadOnlyList<FoundSource> folders)
    {
        foreach (var path in unseen.Keys.Order(StringComparer.Ordinal))
        {
            if (failed.ContainsKey(path) || AboveOf(path).Any(folder => failed.ContainsKey(folder) || !run.Request.Selection.IncludesFolder(folder)))
            {
                continue;
            }

            try
            {
                run.FailFile(path, await IsThereAsync(folders, path)
                    ? "It was named, and the source lists it under another name: a folder above it is a symbolic link, or upper and lower case differ."
                    : "It was named, and is not there.");
            }
            catch (EndpointException exception)
            {
                run.FailFile(path, $"It was named, and the source cannot tell whether it is there: {exception.Message}", exception.IsTransient);
            }
        }
    }

    private static async Task<bool> IsThereAsync(IReadOnlyList<FoundSource> folders, string path)
    {
        foreach (var folder in folders)
        {
            var place = EndpointPath.Join(folder.Path, path);
            if (await folder.Side.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(place, cancellationToken)) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> AboveOf(string path)
    {
        while (path.Length > 0)
        {
            path = EndpointPath.ParentOf(path);
            yield return path;
        }
    }
}
