using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Transfers;

namespace Gantry.Hub.Triggers.Watching;

/// <summary>A file that is not handled yet, and waits to be left alone.</summary>
/// <param name="Entry">As it was listed last.</param>
/// <param name="FirstSeenAt">By the clock.</param>
/// <param name="SameSince">By the clock's timestamps: since when it is as it is.</param>
internal sealed record UnsettledFile(string Path, Entry Entry, string Version, DateTimeOffset FirstSeenAt, long SameSince);

/// <summary>
/// Lists an endpoint for one trigger, and keeps what has not settled yet. It holds no more than those: a folder of millions that are handled passes through.
/// </summary>
internal sealed class FileScan(FilesTrigger files, IEndpoint endpoint, TimeProvider clock)
{
    private const int ChunkMax = 500;
    private const int FoldersMax = 100_000;

    private readonly FileSelection selection = files.Selection;
    private readonly Dictionary<string, UnsettledFile> unsettled = new(StringComparer.Ordinal);

    public IReadOnlyCollection<UnsettledFile> Unsettled => unsettled.Values;

    /// <summary>How long until the first of what has not settled may have; null when there is nothing.</summary>
    public TimeSpan? SettlesIn => unsettled.Count == 0 ? null
        : unsettled.Values.Min(file => files.Settle - clock.GetElapsedTime(file.SameSince)) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>What tells versions of a file apart.</summary>
    public static string VersionOf(Entry entry) => FormattableString.Invariant($"{entry.Size}:{(entry.ModifiedAt ?? entry.StoredAt)?.UtcTicks}:{entry.Hash?.Hex}");

    /// <summary>Lists everything. What came and has settled is given to <paramref name="settled"/>, some hundred at a time.</summary>
    /// <param name="handled">Which versions of these paths are handled, by the hashes of paths.</param>
    /// <param name="settled">Hears what has settled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ListAsync(
        Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, string>>> handled, Func<IReadOnlyList<UnsettledFile>, Task> settled, CancellationToken cancellationToken)
    {
        HashSet<string> listed = new(StringComparer.Ordinal);
        List<(string Path, Entry Entry)> chunk = [];
        await foreach (var file in FilesAsync(cancellationToken))
        {
            if (unsettled.ContainsKey(file.Path))
                listed.Add(file.Path);
            chunk.Add(file);
            if (chunk.Count >= ChunkMax)
                await TakeAsync(chunk, listed, handled, settled);
        }

        await TakeAsync(chunk, listed, handled, settled);
        foreach (var gone in unsettled.Keys.Where(path => !listed.Contains(path)).ToList())
            unsettled.Remove(gone);
    }

    /// <summary>Looks only at what had not settled, file by file: for endpoints that tell of one file what they tell of many.</summary>
    public async Task LookAgainAsync(Func<IReadOnlyList<UnsettledFile>, Task> settled, CancellationToken cancellationToken)
    {
        List<UnsettledFile> done = [];
        foreach (var file in unsettled.Values.Where(HasRested).ToList())
        {
            if (await endpoint.FindAsync(file.Path, cancellationToken) is not { Kind: EntryKind.File } entry)
                unsettled.Remove(file.Path);
            else if (VersionOf(entry) is var version && version != file.Version)
                unsettled[file.Path] = file with { Entry = entry, Version = version, SameSince = clock.GetTimestamp() };
            else
                done.Add(file);
            if (done.Count >= ChunkMax)
                await GiveAsync(done, settled);
        }

        await GiveAsync(done, settled);
    }

    private async Task TakeAsync(
        List<(string Path, Entry Entry)> chunk, HashSet<string> listed, Func<IReadOnlyList<string>, Task<IReadOnlyDictionary<string, string>>> handled,
        Func<IReadOnlyList<UnsettledFile>, Task> settled)
    {
        if (chunk.Count == 0)
            return;
        var known = await handled([.. chunk.Select(file => file.Path)]);
        List<UnsettledFile> done = [];
        foreach (var (path, entry) in chunk)
        {
            if (known.TryGetValue(ArrivedFile.HashOf(path), out var version) && IsSame(version, entry))
            {
                unsettled.Remove(path);
                continue;
            }

            if (Note(path, entry) is not { } file)
                continue;
            listed.Add(path);
            if (HasRested(file))
                done.Add(file);
        }

        chunk.Clear();
        await GiveAsync(done, settled);
    }

    /// <summary>Null when there is no more room; it comes up at a later listing.</summary>
    private UnsettledFile? Note(string path, Entry entry)
    {
        var version = VersionOf(entry);
        if (unsettled.TryGetValue(path, out var known) && known.Version == version)
            return known;
        if (known is null && unsettled.Count >= files.FilesMax)
            return null;
        return unsettled[path] = new UnsettledFile(path, entry, version, known?.FirstSeenAt ?? clock.GetUtcNow(), clock.GetTimestamp());
    }

    private async Task GiveAsync(List<UnsettledFile> done, Func<IReadOnlyList<UnsettledFile>, Task> settled)
    {
        if (done.Count == 0)
            return;
        await settled(done);
        foreach (var file in done)
            unsettled.Remove(file.Path);
        done.Clear();
    }

    private bool HasRested(UnsettledFile file) => clock.GetElapsedTime(file.SameSince) >= files.Settle;

    /// <summary>FTP servers tell no time of day of a file that is older than half a year: the same day then is the same version.</summary>
    private static bool IsSame(string version, Entry entry)
    {
        if (version == VersionOf(entry))
            return true;
        var parts = version.Split(':', 3);
        return entry is { ModifiedAt: { } time, Hash: null } && time.UtcDateTime.TimeOfDay == TimeSpan.Zero && parts[0] == FormattableString.Invariant($"{entry.Size}")
            && long.TryParse(parts[1], out var ticks) && new DateTime(ticks).Date == time.UtcDateTime.Date;
    }

    private async IAsyncEnumerable<(string Path, Entry Entry)> FilesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<(string Path, int Depth)> folders = new([("", 1)]);
        while (folders.TryPop(out var folder))
        {
            await foreach (var entry in ListedAsync(folder.Path, cancellationToken))
            {
                var path = EndpointPath.Join(folder.Path, entry.Name);
                if (entry.Kind == EntryKind.Folder && folder.Depth < files.Depth && folders.Count < FoldersMax && selection.IncludesFolder(path))
                    folders.Push((path, folder.Depth + 1));
                else if (entry.Kind == EntryKind.File && !PartialName.Is(entry.Name) && selection.IncludesPath(path))
                    yield return (path, entry);
            }
        }
    }

    /// <summary>A folder that went away meanwhile holds nothing; the root has to be there.</summary>
    private async IAsyncEnumerable<Entry> ListedAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var listing = endpoint.ListAsync(folder, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await listing.MoveNextAsync())
                    yield break;
            }
            catch (EndpointException gone) when (folder.Length > 0 && gone.Error == EndpointError.NotFound)
            {
                yield break;
            }

            yield return listing.Current;
        }
    }
}
