using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>The files that a step names one by one, or by the manifests of other steps.</summary>
internal sealed class ChosenFiles
{
    private ChosenFiles(PathSet? only, PathSet? except) => (Only, Except) = (only, except);

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

    private static ValueTask<IReadOnlyCollection<string>> PathsAsync(IManifestStore? manifests, string name, ManifestPart part, CancellationToken cancellationToken) =>
        manifests?.FindPathsAsync(name, part, cancellationToken)
        ?? throw new EndpointException(EndpointError.NotSupported, "Manifests are not kept here, so files cannot be chosen by one.");
}
