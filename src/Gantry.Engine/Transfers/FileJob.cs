using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

internal enum FileWork
{
    Copy,

    /// <summary>Copied only when the contents turn out to differ.</summary>
    CompareThenCopy,

    /// <summary>Copied only when the times, which have to be asked for, turn out to differ.</summary>
    AskThenCopy,

    /// <summary>The target has it already; what remains is to clean up, and for a move to remove the source.</summary>
    Settle,

    /// <summary>A symbolic link is made anew.</summary>
    KeepLink,
}

/// <summary>One file on its way.</summary>
internal sealed class FileJob(FolderNode folder, Entry entry)
{
    public FolderNode Folder { get; } = folder;

    /// <summary>As last seen at the source, under the name it gets at the target.</summary>
    public Entry Entry { get; set; } = entry;

    public FileWork Work { get; init; }

    /// <summary>When it lies elsewhere than its folder says (behind a link, or named by itself); null otherwise.</summary>
    public FilePlace? Elsewhere { get; init; }

    /// <summary>When a template, or the spelling of what it replaces, gave it another place than its folder and its name do; null otherwise.</summary>
    public TargetPlace? Place { get; init; }

    /// <summary>What stands at the target in its place; null when nothing does.</summary>
    public TargetEntry? Existing { get; init; }

    /// <summary>Partial files of this version that others left, or writings of this job whose connection was lost.</summary>
    public IReadOnlyList<Leftover> Leftovers { get; set; } = [];

    /// <summary>How many of its bytes a former attempt at the transfer, or another transfer, had brought.</summary>
    public long ResumedBytes { get; set; }

    /// <summary>How often it changed while it was read.</summary>
    public int Changes { get; set; }

    /// <summary>It was tried on the short way, or is not for it: see <see cref="QuickLane"/>.</summary>
    public bool GoesLongWay { get; set; }

    /// <summary>When it was first taken up, by the clock's timestamps; 0 before.</summary>
    public long BegunAt { get; private set; }

    /// <summary>What its listing left out; null until it was asked, or when there is nothing.</summary>
    public FileDetails? Details { get; set; }

    /// <summary>Of what stands in its place at the target, as asked; null when nobody asked or knows.</summary>
    public DateTimeOffset? ExistingModifiedAt { get; set; }

    /// <summary>The time that the target is given, as far as it is known: when it was changed, else when its store took it in.</summary>
    public DateTimeOffset? ModifiedAt => Details?.ModifiedAt ?? Entry.ModifiedAt ?? Entry.StoredAt;

    /// <summary>Of its content, when it was told or computed anyway; null otherwise.</summary>
    public FileHash? Hash { get; set; } = entry.Hash;

    /// <summary>It holds its places at limited endpoints: see <see cref="TransferGate"/>.</summary>
    public bool HoldsPlaces { get; set; }

    public string Path => Folder.PathOf(Entry.Name);

    public TransferSide Source => Elsewhere?.Side ?? Folder.Source;

    /// <summary>A link led to it: it does not go away with the link.</summary>
    public bool IsBehindLink => Elsewhere?.IsBehindLink ?? Folder.IsBehindLink;

    public string SourcePath => Elsewhere?.Path ?? Folder.SourcePathOf(Entry.Name);

    /// <summary>The folder at whose target path it arrives.</summary>
    public FolderNode TargetFolder => Place?.Folder ?? Folder;

    public string TargetPath => TargetFolder.TargetPathOf(Place?.Name ?? Entry.Name);

    /// <summary>A stream of its content that knows the details tells them.</summary>
    public void Learn(Stream content)
    {
        if (content is IDetailedStream told)
        {
            Details = told.Details;
        }
    }

    public void Begin(TimeProvider clock)
    {
        if (BegunAt == 0)
        {
            BegunAt = clock.GetTimestamp();
        }
    }
}

/// <summary>Where a file is read.</summary>
/// <param name="Side">The source.</param>
/// <param name="Path">There.</param>
/// <param name="IsBehindLink">A link led to it.</param>
internal sealed record FilePlace(TransferSide Side, string Path, bool IsBehindLink = false);
