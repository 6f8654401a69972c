using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>One thing in a folder, as the API shows it.</summary>
/// <param name="Name">Bytes of it that are no text are shown as \xNN.</param>
/// <param name="Kind">file, folder, symbolic_link, other.</param>
/// <param name="Size">In bytes; null for what is not a file.</param>
/// <param name="ModifiedAt">Null when the endpoint does not say.</param>
/// <param name="Mode">The permission bits; null when the endpoint has none.</param>
/// <param name="LinkTarget">Of a symbolic link, when the listing tells.</param>
/// <param name="IsText">False when the name holds bytes that are no text: then no path names it here, and it is left to transfers.</param>
internal sealed record FileView(string Name, EntryKind Kind, long? Size, DateTimeOffset? ModifiedAt, int? Mode, string? LinkTarget, bool IsText)
{
    public static FileView Of(Entry entry)
    {
        var name = EndpointPath.AsText(entry.Name);
        return new FileView(
            name, entry.Kind, entry.Kind == EntryKind.File ? entry.Size : null, entry.ModifiedAt ?? entry.StoredAt, entry.UnixMode,
            entry.LinkTarget is { } target ? EndpointPath.AsText(target) : null, name == entry.Name);
    }

    /// <summary>In one line.</summary>
    public void Write(Utf8JsonWriter json) => JsonSerializer.Serialize(json, this, HubJson.Options);
}

/// <summary>Files and folders of an endpoint, by their paths in it.</summary>
internal sealed record PathsRequest
{
    /// <summary>Without a leading '/', and without "." and "..".</summary>
    public required IReadOnlyList<string> Paths { get; init; }
}

/// <summary>What to delete.</summary>
internal sealed record DeletionRequest
{
    /// <inheritdoc cref="PathsRequest.Paths"/>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Folders with all that is in them; otherwise only empty ones.</summary>
    public bool Recursive { get; init; }
}

/// <summary>A folder to make, with those above it.</summary>
internal sealed record FolderRequest
{
    public required string Path { get; init; }
}

/// <summary>A file or folder to rename.</summary>
internal sealed record RenameRequest
{
    /// <summary>Its path.</summary>
    public required string From { get; init; }

    /// <summary>The path it gets, where nothing may stand yet.</summary>
    public required string To { get; init; }
}

/// <summary>How much there is.</summary>
/// <param name="Files">Symbolic links count as files: what they point to stays.</param>
/// <param name="Folders">Those named, and those in them.</param>
/// <param name="Bytes">Of the files.</param>
/// <param name="IsWhole">False when there is more than was counted.</param>
internal sealed record FileCount(long Files, long Folders, long Bytes, bool IsWhole);
