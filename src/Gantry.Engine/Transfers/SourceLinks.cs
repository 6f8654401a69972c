using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Where symbolic links of a source lead: resolved here, step by step, so that none leads out of the endpoint's root.</summary>
internal static class SourceLinks
{
    private const int StepsMax = 40;

    /// <summary>What the link at the path leads to and where that really lies; a link that leads nowhere, out or in a circle fails.</summary>
    public static async ValueTask<(Entry Entry, string Path)> FollowAsync(TransferSide source, string path, string? linkTarget)
    {
        for (var step = 0; step < StepsMax; step++)
        {
            var current = path;
            var target = linkTarget ?? await ReadAsync(source, current);
            path = Resolve(current, target);
            var entry = await source.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(path, cancellationToken));
            switch (entry)
            {
                case null:
                    throw new EndpointException(
                        EndpointError.NotFound, $"The symbolic link '{EndpointPath.Printable(current)}' leads to '{EndpointPath.Printable(target)}', where nothing is.");
                case { Kind: not EntryKind.SymbolicLink }:
                    return (entry, path);
                default:
                    linkTarget = entry.LinkTarget;
                    break;
            }
        }

        throw new EndpointException(EndpointError.BadPath, $"The symbolic link '{EndpointPath.Printable(path)}' leads in a circle.");
    }

    public static async ValueTask<string> ReadAsync(TransferSide source, string path) => source.Endpoint is ISymbolicLinks links
        ? await source.RunAsync((_, cancellationToken) => links.ReadLinkAsync(path, cancellationToken))
        : throw new EndpointException(EndpointError.NotSupported, $"'{source.Endpoint.Address}' does not tell where symbolic links lead.");

    /// <summary>The path that a link's text means, seen from the folder in which the link lies.</summary>
    private static string Resolve(string linkPath, string target)
    {
        if (target.StartsWith('/'))
        {
            throw LeadsOut(linkPath, target);
        }

        List<string> segments = [.. EndpointPath.ParentOf(linkPath).Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (var segment in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                if (segments.Count == 0)
                {
                    throw LeadsOut(linkPath, target);
                }

                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment != ".")
            {
                segments.Add(segment);
            }
        }

        return string.Join('/', segments);
    }

    private static EndpointException LeadsOut(string linkPath, string target) => new(
        EndpointError.BadPath,
        $"The symbolic link '{EndpointPath.Printable(linkPath)}' leads to '{EndpointPath.Printable(target)}', out of the source: it is not followed. Name that place as a source of its own.");
}
