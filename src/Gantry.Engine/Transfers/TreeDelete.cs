using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Deletes files that a selection includes, and the folders that are empty then. What is gone already counts for nothing; what fails is
/// listed and stops nothing else.
/// </summary>
public sealed class TreeDelete(IEndpoint endpoint, FileSelection selection, bool isDryRun, TimeProvider clock)
{
    private const int FailuresListed = 1000;

    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly TransferTally tally = new(clock, FailuresListed);

    public TransferProgress Progress => tally.Progress();

    /// <summary>Everything below the folder; the folder itself stays.</summary>
    public async Task<TransferResult> RunAsync(string folder, CancellationToken cancellationToken)
    {
        await DeleteContentAsync(folder, "", cancellationToken);
        return tally.Result(endedBy: null);
    }

    /// <summary>True when nothing is left in it.</summary>
    private async Task<bool> DeleteContentAsync(string folder, string path, CancellationToken cancellationToken)
    {
        var isEmpty = true;
        List<Entry> folders = [];
        List<Entry> files = [];
        try
        {
            await foreach (var entry in endpoint.ListAsync(folder, cancellationToken))
            {
                (entry.Kind == EntryKind.Folder ? folders : files).Add(entry);
            }
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound && path.Length > 0)
        {
            return true;
        }
        catch (EndpointException exception) when (path.Length > 0)
        {
            tally.Failed(EndpointPath.AsText(path), exception.Message, exception.IsTransient);
            return false;
        }

        var many = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(endpoint.Capabilities.ConcurrentFiles, 1, 64),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(files, many, async (file, token) =>
        {
            if (!await DeleteFileAsync(folder, path, file, token))
            {
                Volatile.Write(ref isEmpty, false);
            }
        });
        foreach (var child in folders)
        {
            isEmpty &= await DeleteFolderAsync(EndpointPath.Join(folder, child.Name), EndpointPath.Join(path, child.Name), cancellationToken);
        }

        return isEmpty;
    }

    private async Task<bool> DeleteFolderAsync(string folder, string path, CancellationToken cancellationToken)
    {
        if (!selection.IncludesFolder(path) || !await DeleteContentAsync(folder, path, cancellationToken))
        {
            return false;
        }

        return await TryAsync(path, () => endpoint.DeleteFolderAsync(folder, cancellationToken));
    }

    private async Task<bool> DeleteFileAsync(string folder, string path, Entry file, CancellationToken cancellationToken)
    {
        var filePath = EndpointPath.Join(path, file.Name);
        if (!selection.IsAll && !selection.Includes(filePath, file, startedAt))
        {
            return false;
        }

        return await TryAsync(filePath, () => endpoint.DeleteFileAsync(EndpointPath.Join(folder, file.Name), cancellationToken));
    }

    private async Task<bool> TryAsync(string path, Func<ValueTask> delete)
    {
        try
        {
            if (!isDryRun)
            {
                await delete();
            }

            tally.Deleted();
            return true;
        }
        catch (EndpointException exception)
        {
            tally.Failed(EndpointPath.AsText(path), exception.Message, exception.IsTransient);
            return false;
        }
    }
}
