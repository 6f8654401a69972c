namespace Gantry.Engine.Endpoints;

/// <summary>One file, folder or link of a <see cref="MemoryEndpoint"/>, guarded by its lock.</summary>
internal sealed class MemoryNode
{
    public const int FileMode = 0x1A4; // 0644

    private const int FolderMode = 0x1ED; // 0755
    private const int LinkMode = 0x1FF; // 0777

    public required EntryKind Kind { get; init; }

    public required int UnixMode { get; init; }

    public DateTimeOffset ModifiedAt { get; set; }

    /// <summary>Of a file; replaced whole, never changed, since readers hold it.</summary>
    public byte[]? Content { get; set; }

    public Dictionary<string, MemoryNode>? Children { get; init; }

    public string? LinkTarget { get; init; }

    public static MemoryNode File(byte[] content, DateTimeOffset modifiedAt, int unixMode) =>
        new() { Kind = EntryKind.File, Content = content, ModifiedAt = modifiedAt, UnixMode = unixMode };

    public static MemoryNode Folder(DateTimeOffset modifiedAt = default) =>
        new() { Kind = EntryKind.Folder, Children = new(StringComparer.Ordinal), ModifiedAt = modifiedAt, UnixMode = FolderMode };

    public static MemoryNode Link(string target, DateTimeOffset modifiedAt) =>
        new() { Kind = EntryKind.SymbolicLink, LinkTarget = target, ModifiedAt = modifiedAt, UnixMode = LinkMode };
}
