using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>
/// An object store in memory: its listings tell when a file was taken in, not when it was changed; the time and the metadata are told file by file.
/// </summary>
internal sealed class StoreEndpoint(MemoryEndpoint inner, TimeProvider clock) : PassingEndpoint(inner), ITellsDetails
{
    private readonly ConcurrentDictionary<string, (FileDetails Details, DateTimeOffset StoredAt)> kept = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Whether listings tell a hash.</summary>
    public bool TellsHashes { get; set; }

    /// <summary>As if somebody else had put it there.</summary>
    public void Keep(string path, DateTimeOffset storedAt, DateTimeOffset? modifiedAt = null, params (string Name, string Value)[] metadata) =>
        kept[path] = (new FileDetails { ModifiedAt = modifiedAt, Metadata = metadata.ToDictionary(pair => pair.Name, pair => pair.Value) }, storedAt);

    public FileDetails DetailsOf(string path) => kept[path].Details;

    public override async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in base.ListAsync(folder, cancellationToken))
        {
            yield return await ShownAsync(EndpointPath.Join(folder, entry.Name), entry, cancellationToken);
        }
    }

    public override async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) =>
        await base.FindAsync(path, cancellationToken) is { } entry
            ? await ShownAsync(path, entry, cancellationToken) with { ModifiedAt = kept.TryGetValue(path, out var file) ? file.Details.ModifiedAt : null }
            : null;

    public override async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var entry = await base.WriteAsync(path, content, options with { Metadata = null, ModifiedAt = null }, cancellationToken);
        kept[path] = (
            new FileDetails { ModifiedAt = options.ModifiedAt, Metadata = options.Metadata ?? new Dictionary<string, string>() },
            clock.GetUtcNow());
        return entry;
    }

    public ValueTask<FileDetails?> FindDetailsAsync(string path, CancellationToken cancellationToken)
    {
        Asked.Enqueue(path);
        return ValueTask.FromResult(kept.TryGetValue(path, out var file) ? file.Details : null);
    }

    private async ValueTask<Entry> ShownAsync(string path, Entry entry, CancellationToken cancellationToken) => entry.Kind != EntryKind.File ? entry : entry with
    {
        ModifiedAt = null,
        StoredAt = kept.TryGetValue(path, out var file) ? file.StoredAt : null,
        Hash = TellsHashes ? new FileHash("md5", await ((MemoryEndpoint)inner).HashAsync(path, "md5", cancellationToken)) : null,
    };
}
