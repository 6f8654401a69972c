using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;

namespace Gantry.Plugins.Providers.Archive;

internal enum ArchiveItemKind
{
    File,
    Folder,
    Link,

    /// <summary>A device, a FIFO: nothing that has content.</summary>
    Other,
}

/// <summary>One entry of an archive, as it was read.</summary>
internal sealed record ArchiveItem
{
    /// <summary>As the archive says it.</summary>
    public required string Name { get; init; }

    public required ArchiveItemKind Kind { get; init; }

    public long Size { get; init; }

    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The permission bits without those that give somebody else's rights; null when the archive says none.</summary>
    public int? UnixMode { get; init; }

    /// <summary>What is in it, to be read before the next entry; null for what is no file.</summary>
    public Stream? Content { get; init; }
}

/// <summary>Names that entries may have, and the failures of archives.</summary>
internal static class ArchiveNames
{
    private const int LengthMax = 4096;
    private const int DepthMax = 100;

    /// <summary>The path below the folder that is unpacked into; "" for that folder itself. A name that leads elsewhere fails.</summary>
    public static string PathOf(string name)
    {
        var isDrive = name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]);
        var segments = name.Split('/').Where(segment => segment.Length > 0 && segment != ".").ToList();
        if (name.StartsWith('/') || isDrive || segments.Contains("..") || name.Contains('\0', StringComparison.Ordinal) || name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            throw Damaged($"The archive has an entry '{Shown(name)}', which leads out of the folder it is unpacked into, or is no name.");
        }

        return name.Length <= LengthMax && segments.Count <= DepthMax && !segments.Exists(PartialName.Is)
            ? string.Join('/', segments)
            : throw Damaged($"The archive has an entry '{Shown(name)}', whose name is too long, too deep, or one that this program keeps for itself.");
    }

    public static string Shown(string name) => EndpointPath.Printable(name.Length > 200 ? name[..200] + "…" : name);

    public static ProviderException Damaged(string message, Exception? inner = null) =>
        new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"{message} Nothing was unpacked." }, inner);
}
