using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What a transfer needs to know of something at the target, in few bytes: a folder may hold a million of them.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TargetEntry
{
    // Ticks of UTC; 0 is nobody's time.
    private readonly long modifiedAt;
    private readonly long storedAt;

    public required EntryKind Kind { get; init; }

    public required long Size { get; init; }

    public DateTimeOffset? ModifiedAt
    {
        get => TimeOf(modifiedAt);
        init => modifiedAt = value?.UtcTicks ?? 0;
    }

    public DateTimeOffset? StoredAt
    {
        get => TimeOf(storedAt);
        init => storedAt = value?.UtcTicks ?? 0;
    }

    public FileHash? Hash { get; init; }

    public static TargetEntry Of(Entry entry) =>
        new() { Kind = entry.Kind, Size = entry.Size, ModifiedAt = entry.ModifiedAt, StoredAt = entry.StoredAt, Hash = entry.Hash };

    public Entry Named(string name) => new() { Name = name, Kind = Kind, Size = Size, ModifiedAt = ModifiedAt, StoredAt = StoredAt, Hash = Hash };

    private static DateTimeOffset? TimeOf(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}

/// <summary>One folder of the target, held compactly while the source's listing streams by.</summary>
/// <param name="ignoresCase">'a' and 'A' are one name to the target.</param>
internal sealed class TargetListing(bool ignoresCase)
{
    private readonly Dictionary<string, TargetEntry> entries = new(ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private readonly HashSet<string>? spellings = ignoresCase ? new(StringComparer.OrdinalIgnoreCase) : null;
    private List<Entry>? partials;
    private NameRepeats repeats;

    /// <summary>What no source entry claimed.</summary>
    public IReadOnlyDictionary<string, TargetEntry> Unclaimed => entries;

    /// <summary>Temporary files of this and other transfers, dead or alive.</summary>
    public List<Entry>? Partials => partials;

    /// <summary>Whether case counts is asked when the folder answers: some systems tell only by what stands there.</summary>
    public static async ValueTask<TargetListing> ReadAsync(IEndpoint endpoint, string folder, CancellationToken cancellationToken)
    {
        TargetListing? listing = null;
        await foreach (var entry in endpoint.ListAsync(folder, cancellationToken))
        {
            (listing ??= new(endpoint.Capabilities.NamesIgnoreCase)).Add(entry);
        }

        return listing ?? new(endpoint.Capabilities.NamesIgnoreCase);
    }

    public void Add(Entry entry)
    {
        if (PartialName.Is(entry.Name))
        {
            if (entry.Kind == EntryKind.File)
            {
                (partials ??= []).Add(entry);
            }

            return;
        }

        if (!entries.TryAdd(entry.Name, TargetEntry.Of(entry)))
        {
            entries[entry.Name] = TargetEntry.Of(entry);
            repeats.Add(entries.Count);
        }

        spellings?.Add(entry.Name);
    }

    /// <summary>Null when the target has nothing of this name.</summary>
    public TargetEntry? Find(string name) => entries.TryGetValue(name, out var entry) ? entry : null;

    /// <summary>How the target writes this name, which may differ in upper and lower case: what stands there is replaced under its own name.</summary>
    public string SpellingOf(string name) => spellings?.TryGetValue(name, out var spelling) == true ? spelling : name;

    /// <summary>Null when the target has nothing of this name. What is taken is not left over.</summary>
    public TargetEntry? Take(string name) => entries.Remove(name, out var entry) ? entry : null;
}
