using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>What is in an archive: for the output, and to know that no two entries are about the same path.</summary>
internal sealed class ArchiveContents
{
    /// <summary>So many names are told; the rest is counted.</summary>
    public const int NamesTold = 1_000;

    private readonly HashSet<string> files = new(StringComparer.Ordinal);
    private readonly HashSet<string> folders = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private long bytes;

    public IEnumerable<string> Files => files;

    /// <summary>Entries that are no files and folders, with why they are left out.</summary>
    public List<(string Name, string Reason)> Skipped { get; } = [];

    public string Summary => $"{files.Count} file{(files.Count == 1 ? "" : "s")}, {Engine.Settings.ByteSize.Format(bytes)}.";

    public void Add(ArchiveItem item)
    {
        var path = ArchiveNames.PathOf(item.Name);
        switch (item.Kind)
        {
            case ArchiveItemKind.File when path.Length == 0 || !files.Add(path):
                throw ArchiveNames.Damaged($"The archive has more than one entry '{ArchiveNames.Shown(path)}', or one without a name.");
            case ArchiveItemKind.File:
                bytes += item.Size;
                names.Add(path);
                break;
            case ArchiveItemKind.Folder:
                folders.Add(path);
                break;
            default:
                Skipped.Add((item.Name, item.Kind == ArchiveItemKind.Link ? "it is a link" : "it is no file and no folder"));
                break;
        }
    }

    /// <summary>A file cannot be a folder as well.</summary>
    public void RequireConsistent()
    {
        foreach (var file in files)
        {
            for (var parent = EndpointPath.ParentOf(file); parent.Length > 0 && folders.Add(parent); parent = EndpointPath.ParentOf(parent))
            {
            }
        }

        if (files.FirstOrDefault(folders.Contains) is { } both)
        {
            throw ArchiveNames.Damaged($"The archive has '{ArchiveNames.Shown(both)}' as a file and as a folder.");
        }
    }

    /// <summary>{files, folders, bytes, names, names_truncated, skipped}.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["files"] = files.Count,
        ["folders"] = folders.Count(folder => folder.Length > 0),
        ["bytes"] = bytes,
        ["names"] = names.Take(NamesTold).Select(EndpointPath.AsText),
        ["names_truncated"] = names.Count > NamesTold,
        ["skipped"] = Skipped.Take(NamesTold).Select(entry => new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = ArchiveNames.Shown(entry.Name), ["reason"] = entry.Reason }),
    });
}
