using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What a transfer needs to know of something at the target.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TargetEntry(EntryKind Kind, long Size, DateTimeOffset? ModifiedAt);

/// <summary>One folder of the target, held compactly while the source's listing streams by.</summary>
internal sealed class TargetListing
{
    private readonly Dictionary<string, TargetEntry> entries = new(StringComparer.Ordinal);
    private List<Entry>? partials;

    /// <summary>What no source entry claimed.</summary>
    public IReadOnlyDictionary<string, TargetEntry> Unclaimed => entries;

    /// <summary>Temporary files of this and other transfers, dead or alive.</summary>
    public List<Entry>? Partials => partials;

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

        entries[entry.Name] = new TargetEntry(entry.Kind, entry.Size, entry.ModifiedAt);
    }

    /// <summary>Null when the target has nothing of this name. What is taken is not left over.</summary>
    public TargetEntry? Take(string name) => entries.Remove(name, out var entry) ? entry : null;
}
