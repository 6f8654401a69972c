namespace Gantry.Engine.Endpoints;

/// <summary>What an open endpoint can do, and how it likes to be used. The runner asks this, never for a kind.</summary>
public sealed record Capabilities
{
    /// <summary>The step in which modification times are kept (1 s for SFTP); null means that they are not kept.</summary>
    public TimeSpan? TimePrecision { get; init; }

    /// <summary>
    /// A file that is written gets the time it is given. When not, times are only read: at a target they are the server's own, and say nothing of the source's.
    /// </summary>
    public bool KeepsGivenTimes { get; init; } = true;

    /// <summary>An earlier time is kept as this one (1970 for SFTP).</summary>
    public DateTimeOffset TimeFirst { get; init; } = DateTimeOffset.MinValue;

    /// <summary>A later time is kept as this one (2106 for SFTP).</summary>
    public DateTimeOffset TimeLast { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>A write replaces the old file in one instant by itself, so that no temporary name is needed (object stores).</summary>
    public bool WritesAreAtomic { get; init; }

    /// <summary>How many small files may be in flight at once before more brings nothing.</summary>
    public int ConcurrentFiles { get; init; } = 4;

    /// <summary>How many folders may be listed at once before more brings nothing.</summary>
    public int ConcurrentListings { get; init; } = 4;

    /// <summary>Folders exist only as prefixes of the files in them; an empty one cannot be kept.</summary>
    public bool FoldersAreImplied { get; init; }

    /// <summary>
    /// What is asked of it takes effect in the order in which it was asked: a file may follow the making of its folder without waiting for it.
    /// </summary>
    public bool KeepsOrder { get; init; }

    /// <summary>'a' and 'A' are one name to it, so that two files which differ in no more cannot both stand in a folder.</summary>
    public bool NamesIgnoreCase { get; init; }

    /// <summary>The longest name in bytes.</summary>
    public int NameBytesMax { get; init; } = 255;
}
