using Gantry.Engine.Endpoints;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>Files and folders with all that is in them: counted, or deleted. Symbolic links are never followed.</summary>
internal sealed class FolderWalk(IEndpoint endpoint)
{
    private const int DeletionsMax = 16;

    private long files;
    private long folders;
    private long bytes;

    /// <summary>What is gone so far.</summary>
    public FileCount Deleted => new(Interlocked.Read(ref files), Interlocked.Read(ref folders), Interlocked.Read(ref bytes), IsWhole: true);

    public async Task<FileCount> CountAsync(IReadOnlyList<string> paths, long countMax, CancellationToken cancellationToken)
    {
        Stack<string> waiting = [];
        foreach (var path in paths)
        {
            if (await endpoint.FindAsync(path, cancellationToken) is { } entry)
                Count(entry, path, waiting);
        }

        while (waiting.TryPop(out var folder))
        {
            await foreach (var entry in endpoint.ListAsync(folder, cancellationToken))
            {
                if (files + folders >= countMax)
                    return Deleted with { IsWhole = false };
                Count(entry, EndpointPath.Join(folder, entry.Name), waiting);
            }
        }

        return Deleted;
    }

    /// <exception cref="EndpointException">Something could not be deleted; what came before it is gone.</exception>
    public async Task DeleteAsync(IReadOnlyList<string> paths, bool isRecursive, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            var entry = await endpoint.FindAsync(path, cancellationToken);
            if (entry is null)
                continue;
            if (entry.Kind != EntryKind.Folder)
                await DeleteFileAsync(path, entry.Size, cancellationToken);
            else if (isRecursive)
                await DeleteTreeAsync(path, cancellationToken);
            else
                await DeleteFolderAsync(path, cancellationToken);
        }
    }

    /// <summary>The files of each folder first, several at once; then the folders, from the innermost out.</summary>
    private async Task DeleteTreeAsync(string root, CancellationToken cancellationToken)
    {
        Stack<string> waiting = new([root]);
        List<string> emptied = [];
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Clamp(endpoint.Capabilities.ConcurrentFiles, 1, DeletionsMax) };
        while (waiting.TryPop(out var folder))
        {
            emptied.Add(folder);
            List<(string Path, long Size)> inIt = [];
            await foreach (var entry in endpoint.ListAsync(folder, cancellationToken))
            {
                var path = EndpointPath.Join(folder, entry.Name);
                if (entry.Kind == EntryKind.Folder)
                    waiting.Push(path);
                else
                    inIt.Add((path, entry.Size));
            }

            await Parallel.ForEachAsync(inIt, options, async (file, token) => await DeleteFileAsync(file.Path, file.Size, token));
        }

        for (var i = emptied.Count - 1; i >= 0; i--)
            await DeleteFolderAsync(emptied[i], cancellationToken);
    }

    private async Task DeleteFileAsync(string path, long size, CancellationToken cancellationToken)
    {
        await endpoint.DeleteFileAsync(path, cancellationToken);
        Interlocked.Increment(ref files);
        Interlocked.Add(ref bytes, size);
    }

    private async Task DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        await endpoint.DeleteFolderAsync(path, cancellationToken);
        Interlocked.Increment(ref folders);
    }

    private void Count(Entry entry, string path, Stack<string> waiting)
    {
        if (entry.Kind == EntryKind.Folder)
        {
            folders++;
            waiting.Push(path);
            return;
        }

        files++;
        bytes += entry.Size;
    }
}
