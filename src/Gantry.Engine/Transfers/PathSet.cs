using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Files and folders by their paths, as a list names them: a folder stands for all that is in it. "" is everything.</summary>
public sealed class PathSet
{
    private readonly HashSet<string> paths;
    private readonly HashSet<string> above = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    /// <summary>A path that leads out of its root fails with BadPath.</summary>
    public PathSet(IEnumerable<string> paths)
    {
        this.paths = new HashSet<string>(paths, StringComparer.Ordinal);
        lookup = this.paths.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var path in this.paths)
        {
            EndpointPath.Check(path);
            for (var folder = path; folder.Length > 0;)
            {
                folder = EndpointPath.ParentOf(folder);
                if (!above.Add(folder))
                {
                    break;
                }
            }
        }
    }

    public int Count => paths.Count;

    public IReadOnlyCollection<string> Paths => paths;

    /// <summary>Whether the path is named, or a folder that it lies in.</summary>
    public bool Contains(string path)
    {
        if (paths.Contains(path) || paths.Contains(""))
        {
            return true;
        }

        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (lookup.Contains(path.AsSpan(0, end)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether anything in the folder is named.</summary>
    public bool ReachesInto(string folder) => above.Contains(folder) || Contains(folder);
}
