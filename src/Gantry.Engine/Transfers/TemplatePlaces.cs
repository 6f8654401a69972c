using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Where files arrive whose names are made by a template: each folder of the target is listed once, when its first file comes, and no two files get one name.
/// </summary>
internal sealed class TemplatePlaces(TransferRun run, PathTemplate template)
{
    private readonly FileDecision decision = new(run);
    private readonly ConcurrentDictionary<string, string> taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<(FolderNode Folder, TargetListing? Listing, EndpointException? Failure)>>> folders = new(StringComparer.Ordinal);

    public async ValueTask OnFileAsync(FolderNode folder, Entry entry, FilePlace? elsewhere)
    {
        var path = folder.PathOf(entry.Name);
        if (!run.Request.Selection.IsAll && !run.Request.Selection.Includes(path, entry, run.StartedAt))
        {
            folder.Keep();
            return;
        }

        if (Find(folder, entry.Name, path, elsewhere) is not { } targetPath)
        {
            return;
        }

        var (target, listing, failure) = await FolderAsync(EndpointPath.ParentOf(targetPath), folder.Source);
        if (failure is not null)
        {
            run.Tally.Found(entry.Size);
            run.Fail(folder, path, $"The folder at the target cannot be listed: {failure.Message}", failure.IsTransient);
            return;
        }

        var name = EndpointPath.NameOf(targetPath);
        await decision.OnFileAsync(folder, entry, listing?.Find(name), listing, elsewhere, new TargetPlace(target, name));
    }

    /// <summary>Null when it gets none; then the failure is recorded.</summary>
    private string? Find(FolderNode folder, string name, string path, FilePlace? elsewhere)
    {
        try
        {
            var sourceFolder = run.SourceFolderOf(folder);
            var targetPath = EndpointPath.Join(run.Request.Target.Folder, template.PathOf(sourceFolder, name));
            var side = elsewhere?.Side ?? folder.Source;
            RequestCheck.CheckFile(run.Request, new TransferSource { Endpoint = side.Endpoint, Path = elsewhere?.Path ?? folder.SourcePathOf(name) }, targetPath);
            var key = run.Target.Endpoint.Capabilities.NamesIgnoreCase ? targetPath.ToUpperInvariant() : targetPath;
            if (taken.TryAdd(key, path))
            {
                return targetPath;
            }

            throw new EndpointException(
                EndpointError.AlreadyExists,
                $"It would get the name '{EndpointPath.Printable(targetPath)}' at the target, which '{EndpointPath.Printable(taken[key])}' has got: give each its own, by {{source.dir}}, {{filename}} or {{extension}}.");
        }
        catch (EndpointException exception)
        {
            run.Tally.Found(0);
            run.Fail(folder, path, exception);
            return null;
        }
    }

    private Task<(FolderNode Folder, TargetListing? Listing, EndpointException? Failure)> FolderAsync(string path, TransferSide source) =>
        folders.GetOrAdd(path, parent => new(() => ListAsync(parent, source))).Value;

    private async Task<(FolderNode Folder, TargetListing? Listing, EndpointException? Failure)> ListAsync(string path, TransferSide source)
    {
        var root = run.Request.Target.Folder;
        var folder = new FolderNode
        {
            Parent = path == root ? null : (await FolderAsync(root, source)).Folder,
            Source = source,
            Path = path,
            SourcePath = "",
            TargetPath = path,
            IsRemovable = false,
        };
        try
        {
            var listing = await run.Target.RunAsync((endpoint, cancellationToken) => TargetListing.ReadAsync(endpoint, path, cancellationToken));
            folder.IsAtTarget = true;
            run.Cleanup.Sort(folder, listing);
            return (folder, listing, null);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            folder.IsAtTarget = false;
            return (folder, null, null);
        }
        catch (EndpointException exception)
        {
            return (folder, null, exception);
        }
    }
}

/// <summary>A place at the target that is not the one that its folder would give.</summary>
internal sealed record TargetPlace(FolderNode Folder, string Name);
