using System.Collections.Concurrent;
using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Keeps what a transfer would overwrite or delete at its target: renamed into a folder of the same endpoint, under the path that it had.</summary>
internal sealed class TargetBackup(TransferRun run, string root)
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> folders = new(StringComparer.Ordinal);

    /// <summary>Only a copy keeps it, because a write replaces the old file by itself and nothing can be renamed before (object stores).</summary>
    public bool Copies => run.Target.Endpoint is ICopiesInside { CopiesOnServer: true } inside
        && run.Target.Endpoint.Capabilities.WritesAreAtomic
        && inside.CanCopyFrom(run.Target.Endpoint);

    /// <summary>Before anything moves: an endpoint that can neither rename nor copy keeps nothing.</summary>
    public void Check()
    {
        if (!Copies && run.Target.Endpoint is not IMoves)
        {
            throw new EndpointException(
                EndpointError.NotSupported, $"'{run.Target.Endpoint.Address}' can neither rename nor copy files, so that a backup folder cannot be kept there.");
        }

        var target = run.Request.Target.Folder;
        if (root == target || target.StartsWith(root + "/", StringComparison.Ordinal))
        {
            throw new EndpointException(EndpointError.BadSetting, $"The backup folder '{EndpointPath.Printable(root)}' holds the target: choose one inside of it or beside it.");
        }
    }

    /// <summary>Whether the path of the target is the backup folder, which no transfer touches.</summary>
    public bool Is(string targetPath) => targetPath == root;

    /// <summary>Instead of deleting the file. What is not there any more needs no keeping.</summary>
    public async ValueTask RemoveAsync(string targetPath)
    {
        if (Copies)
        {
            await CopyAsync(targetPath);
            await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.DeleteFileAsync(targetPath, cancellationToken));
            return;
        }

        if (await IsThereAsync(targetPath))
        {
            var path = await FreePathAsync(targetPath);
            await run.Target.RunAsync((endpoint, cancellationToken) => ((IMoves)endpoint).MoveAsync(targetPath, path, cancellationToken));
        }
    }

    /// <summary>Before a write that replaces the file by itself.</summary>
    public async ValueTask CopyAsync(string targetPath)
    {
        if (await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(targetPath, cancellationToken)) is not { } entry)
        {
            return;
        }

        var path = await FreePathAsync(targetPath);
        var options = new WriteOptions
        {
            PartialName = PartialName.Of(entry.Name, entry.Size, entry.ModifiedAt, run.AttemptId + "backup"),
            Length = entry.Size,
            ModifiedAt = entry.ModifiedAt,
        };
        await run.Target.RunAsync((endpoint, cancellationToken) =>
            ((ICopiesInside)endpoint).CopyFromAsync(endpoint, targetPath, path, options, cancellationToken));
    }

    /// <summary>Takes the old file out of the way and puts the new file in its place, or the old one back.</summary>
    public async ValueTask ReplaceAsync(string newPath, string targetPath)
    {
        var mover = (IMoves)run.Target.Endpoint;
        var path = await FreePathAsync(targetPath);
        var isThere = await IsThereAsync(targetPath);
        if (isThere)
        {
            await mover.MoveAsync(targetPath, path, run.Token);
        }

        try
        {
            // Not to be broken off between the two.
            await mover.MoveAsync(newPath, targetPath, CancellationToken.None);
        }
        catch (EndpointException) when (isThere)
        {
            await mover.MoveAsync(path, targetPath, CancellationToken.None);
            throw;
        }
    }

    private async ValueTask<bool> IsThereAsync(string path) =>
        await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(path, cancellationToken)) is not null;

    /// <summary>What an earlier transfer kept under this name stays: then the time of this one is put to the name.</summary>
    private async ValueTask<string> FreePathAsync(string targetPath)
    {
        var below = run.Request.Target.Folder.Length == 0 ? targetPath : targetPath[(run.Request.Target.Folder.Length + 1)..];
        var path = EndpointPath.Join(root, below);
        var parent = EndpointPath.ParentOf(path);
        if (!run.Target.Endpoint.Capabilities.FoldersAreImplied)
        {
            await folders.GetOrAdd(parent, folder => new(() => run.Target.RunAsync((endpoint, cancellationToken) => endpoint.CreateFolderAsync(folder, cancellationToken)).AsTask())).Value;
        }

        var free = path;
        for (var taken = 0; await IsThereAsync(free); taken++)
        {
            // Two transfers may begin in one second.
            free = path + run.StartedAt.UtcDateTime.ToString(".yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + (taken == 0 ? "" : $"-{taken + 1}");
        }

        return free;
    }
}
