using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// The temporary name under which a file grows: ".gantry-FILE-TRANSFER.part". FILE stands for its name, size and modification time, so
/// that a later transfer recognises what is left of the same version; TRANSFER for who writes it, so that two never share one.
/// </summary>
public static class PartialName
{
    private const string Prefix = ".gantry-";
    private const string Suffix = ".part";

    /// <summary>Names of this form belong to Gantry: listings of a transfer leave them out.</summary>
    public static bool Is(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <param name="fileName">The final name.</param>
    /// <param name="size">In bytes, when known.</param>
    /// <param name="modifiedAt">Of the source.</param>
    /// <param name="transferId">Eight or more characters of [0-9a-z] that no other running transfer has.</param>
    public static string Of(string fileName, long? size, DateTimeOffset? modifiedAt, string transferId) =>
        $"{Prefix}{VersionOf(fileName, size, modifiedAt)}-{transferId}{Suffix}";

    /// <summary>Whether the partial file is of this version of this file, whoever wrote it.</summary>
    public static bool IsOf(string partialName, string fileName, long? size, DateTimeOffset? modifiedAt) =>
        Is(partialName) && partialName.AsSpan(Prefix.Length).StartsWith(VersionOf(fileName, size, modifiedAt) + "-", StringComparison.Ordinal);

    private static string VersionOf(string fileName, long? size, DateTimeOffset? modifiedAt)
    {
        var key = $"{fileName}\0{size}\0{modifiedAt?.UtcTicks / TimeSpan.TicksPerSecond}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.Unicode.GetBytes(key), hash);
        return Convert.ToHexStringLower(hash[..6]);
    }
}
