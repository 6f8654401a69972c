using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Lists the source while the way to the target is still being made, so that this is done when the target can be compared, and reads the first small
/// files. What changes between a listing and the reading of a file is noticed when it is read, as always.
/// </summary>
internal sealed class SourceAhead(TransferRun run)
{
    private const int EntriesMax = 50_000;
    private const int FileBytesMax = 16 * 1024;
    private const long BytesMax = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<(TransferSide Source, string Folder), ReadFolder> known = new();

    /// <summary>Folders of which something may still be used.</summary>
    public int FoldersHeld => known.Count;

    /// <summary>Begins with this folder, if the target is one that is still connecting.</summary>
    public void Begin(TransferSide source, string folder)
    {
        if (run.Target.Endpoint is not IConnects { Connecting.IsCompleted: false } target)
        {
            return;
        }

        run.Start(() => ListAllAsync(source, folder, target.Connecting));
    }

    /// <summary>What was listed ahead, once; else what the source lists now.</summary>
    public IAsyncEnumerable<Entry> ListAsync(TransferSide source, string folder) =>
        known.TryGetValue((source, folder), out var read) && read.TakeListing() is { } listing ? ReplayAsync(listing, run.Token) : source.Endpoint.ListAsync(folder, run.Token);

    /// <summary>All of a file that was read ahead, once; null when it was not, or had another size than this.</summary>
    public byte[]? ContentOf(FileJob file, int size) =>
        file.Elsewhere is null && known.TryGetValue((file.Folder.Source, file.Folder.SourcePath), out var folder)
        && folder.Contents.TryRemove(file.Entry.Name, out var content) && content.Length == size ? content : null;

    /// <summary>Everything in the folder is done: what was not used of it never will be.</summary>
    public void Forget(FolderNode folder) => known.TryRemove((folder.Source, folder.SourcePath), out _);

    private static async IAsyncEnumerable<Entry> ReplayAsync(List<Entry> listing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in listing)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await ValueTask.CompletedTask;
    }

    private async Task ListAllAsync(TransferSide source, string first, Task connecting)
    {
        try
        {
            List<(string Folder, List<Entry> Entries)> listed = [];
            var folders = new Queue<string>([first]);
            for (var left = EntriesMax; folders.TryDequeue(out var folder);)
            {
                var listing = new List<Entry>();
                await foreach (var entry in source.Endpoint.ListAsync(folder, run.Token))
                {
                    if (connecting.IsCompleted || --left < 0)
                    {
                        return;
                    }

                    listing.Add(entry);
                    if (entry.Kind == EntryKind.Folder && EndpointPath.IsName(entry.Name))
                    {
                        folders.Enqueue(EndpointPath.Join(folder, entry.Name));
                    }
                }

                known[(source, folder)] = new ReadFolder(listing);
                listed.Add((folder, listing));
            }

            if (source.Endpoint is IReadsWhole whole && source.Gate.IsOpen && run.Files.HasLanes && run.Request.Selection.IsAll)
            {
                ReadSmall(source, whole, listed, connecting);
            }
        }
        catch (EndpointException)
        {
            // The listing that counts meets the same failure, and tells it.
        }
    }

    /// <summary>The target may turn out to have them: then this was in vain, and cost no time all the same.</summary>
    private void ReadSmall(TransferSide source, IReadsWhole whole, List<(string Folder, List<Entry> Entries)> listed, Task connecting)
    {
        var left = BytesMax;
        var buffer = new byte[FileBytesMax + 1];
        foreach (var (folder, entry) in listed.SelectMany(listing => listing.Entries.Select(entry => (listing.Folder, entry))))
        {
            if (entry is not { Kind: EntryKind.File, Size: <= FileBytesMax } || !EndpointPath.IsName(entry.Name))
            {
                continue;
            }

            left -= entry.Size;
            if (left < 0 || connecting.IsCompleted || run.Token.IsCancellationRequested)
            {
                return;
            }

            // One byte more than the listing told shows whether the file has grown.
            var size = (int)entry.Size;
            var path = EndpointPath.Join(folder, entry.Name);
            if (whole.ReadWhole(path, buffer.AsSpan(0, size + 1)) == size && known.TryGetValue((source, folder), out var read))
            {
                read.Contents[entry.Name] = buffer[..size];
            }
        }
    }

    private sealed class ReadFolder(List<Entry> listing)
    {
        private List<Entry>? listing = listing;

        public ConcurrentDictionary<string, byte[]> Contents { get; } = new(StringComparer.Ordinal);

        /// <summary>Once; null from then on.</summary>
        public List<Entry>? TakeListing() => Interlocked.Exchange(ref listing, null);
    }
}
