namespace Gantry.Engine.Endpoints;

/// <summary>
/// The temporary name under which a file grows: ".gantry-FILE-TRANSFER.part". FILE stands for its name, size and modification time, so
/// that a later transfer recognises what is left of the same version; TRANSFER for who writes it, so that two never share one.
/// </summary>
public static class PartialName
{
    private const string Prefix = ".gantry-";
    private const string Suffix = ".part";
    private const int FileLength = 12;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Names of this form belong to Gantry: listings of a transfer leave them out.</summary>
    public static bool Is(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <param name="fileName">The final name.</param>
    /// <param name="size">In bytes, when known.</param>
    /// <param name="modifiedAt">Of the source.</param>
    /// <param name="transferId">Eight or more characters of [0-9a-z] that no other running transfer has.</param>
    public static string Of(string fileName, long? size, DateTimeOffset? modifiedAt, string transferId) =>
        $"{Prefix}{FileOf(fileName, size, modifiedAt)}-{transferId}{Suffix}";

    /// <summary>Whether the partial file is of this version of this file, whoever wrote it.</summary>
    public static bool IsOf(string partialName, string fileName, long? size, DateTimeOffset? modifiedAt) =>
        FileIn(partialName) == FileOf(fileName, size, modifiedAt);

    /// <summary>Whether it was written by a transfer whose id begins so.</summary>
    public static bool IsBy(string partialName, string transferId) =>
        FileIn(partialName) is not null && partialName.AsSpan(Prefix.Length + FileLength + 1).StartsWith(transferId, StringComparison.Ordinal);

    /// <summary>The part that stands for the version of the file; null when the name is not of this form.</summary>
    public static string? FileIn(string partialName) =>
        Is(partialName) && partialName.Length > Prefix.Length + FileLength + Suffix.Length && partialName[Prefix.Length + FileLength] == '-'
            ? partialName.Substring(Prefix.Length, FileLength)
            : null;

    /// <summary>What <see cref="FileIn"/> answers for partial files of this version.</summary>
    public static string FileOf(string fileName, long? size, DateTimeOffset? modifiedAt)
    {
        // FNV-1a: it only has to tell the files of one folder apart, and is reckoned for every file.
        var hash = 14695981039346656037UL;
        foreach (var character in fileName)
        {
            hash = (hash ^ character) * FnvPrime;
        }

        hash = (hash ^ (ulong)(size ?? -1)) * FnvPrime;
        hash = (hash ^ (ulong)(modifiedAt?.UtcTicks ?? -1)) * FnvPrime;
        return ((hash ^ (hash >> 48)) & 0xFFFF_FFFF_FFFF).ToString("x12");
    }
}
