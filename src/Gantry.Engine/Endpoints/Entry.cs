namespace Gantry.Engine.Endpoints;

public enum EntryKind
{
    File,
    Folder,
    SymbolicLink,

    /// <summary>A device, a socket, a FIFO: nothing that can be copied.</summary>
    Other,
}

/// <summary>One thing in a folder, as a listing tells it.</summary>
public sealed record Entry
{
    /// <summary>
    /// The last segment of its path. Bytes that are not UTF-8 are carried as the lone surrogates U+DC80 to U+DCFF, one for each byte
    /// (see <see cref="NameBytes"/>), so that every name a file system can hold has one string and back.
    /// </summary>
    public required string Name { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>In bytes; 0 for what is not a file.</summary>
    public long Size { get; init; }

    /// <summary>UTC, as precise as the endpoint keeps it; null when it does not say.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>UTC: when an object store took it in, which says nothing of the age of its content; null elsewhere.</summary>
    public DateTimeOffset? StoredAt { get; init; }

    /// <summary>A hash of its content when the listing tells one; null otherwise.</summary>
    public FileHash? Hash { get; init; }

    /// <summary>The permission bits (0 to 4095) when the endpoint has them; null otherwise.</summary>
    public int? UnixMode { get; init; }

    /// <summary>What a symbolic link points to, when the listing tells; null otherwise.</summary>
    public string? LinkTarget { get; init; }
}
