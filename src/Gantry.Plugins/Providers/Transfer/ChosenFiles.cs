using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>
/// The files that a step names one by one, or by the manifests of other steps. A file that was named and is not there is a failure, while one that a
/// filter leaves out is not.
/// </summary>
internal sealed class ChosenFiles
{
    private readonly ConcurrentDictionary<string, bool> unseen;

    private ChosenFiles(PathSet? only, PathSet? except)
    {
        (Only, Except) = (only, except);
        unseen = new ConcurrentDictionary<string, bool>((only?.Paths ?? []).Select(path => KeyValuePair.Create(path, true)), StringComparer.Ordinal);
    }

    /// <summary>Null when nothing is named: then everything is meant.</summary>
    public PathSet? Only { get; }

    /// <summary>What arrived already; null when nothing did.</summary>
    public PathSet? Except { get; }

    public static async ValueTask<ChosenFiles> FindAsync(TransferParameters parameters, IManifestStore? manifests, CancellationToken cancellationToken)
    {
        List<string>? only = parameters.Files?.ToList();
        foreach (var (names, part) in new[] { (parameters.ArrivedIn, ManifestPart.Arrived), (parameters.FailedIn, ManifestPart.Failed) })
        {
            foreach (var name in names)
            {
                (only ??= []).AddRange(await PathsAsync(manifests, name, part, cancellationToken));
            }
        }

        List<string> except = [];
        foreach (var name in parameters.NotArrivedIn)
        {
            except.AddRange(await PathsAsync(manifests, name, ManifestPart.Settled, cancellationToken));
        }

        if ((only is not null || except.Count > 0) && parameters.Is("purge"))
        {
            throw new EndpointException(
                EndpointError.BadSetting, "A purge leaves at the target only what the transfer brings, and this one brings only the files that are named. Leave out 'purge', or the list.");
        }

        var exceptSet = except.Count == 0 ? null : new PathSet(except);
        return new ChosenFiles(only is null ? null : new PathSet(exceptSet is null ? only : only.Where(path => !exceptSet.Contains(path))), exceptSet);
    }

    /// <summary>Passes on what it is told, and remembers what it saw of what was named.</summary>
    public ITransferManifest Watch(ITransferManifest? manifest) => new Watcher(unseen, manifest);

    /// <summary>What was named and is at none of the sources.</summary>
    public async ValueTask<IReadOnlyList<string>> FindMissingAsync(IReadOnlyList<TransferSource> sources, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var path in unseen.Keys.Where(path => path.Length > 0).Order(StringComparer.Ordinal))
        {
            var isThere = false;
            foreach (var source in sources)
            {
                isThere = isThere || await source.Endpoint.FindAsync(EndpointPath.Join(source.Path, path), cancellationToken) is not null;
            }

            if (!isThere)
            {
                missing.Add(path);
            }
        }

        return missing;
    }

    private static ValueTask<IReadOnlyCollection<string>> PathsAsync(IManifestStore? manifests, string name, ManifestPart part, CancellationToken cancellationToken) =>
        manifests?.FindPathsAsync(name, part, cancellationToken)
        ?? throw new EndpointException(EndpointError.NotSupported, "Manifests are not kept here, so files cannot be chosen by one.");

    private sealed class Watcher(ConcurrentDictionary<string, bool> unseen, ITransferManifest? manifest) : ITransferManifest
    {
        public void Add(in ManifestEntry entry)
        {
            unseen.TryRemove(entry.Path, out _);
            manifest?.Add(entry);
        }
    }
}
