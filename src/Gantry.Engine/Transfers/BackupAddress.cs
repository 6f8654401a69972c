using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Where a target and its backup folder meet, so that one endpoint reaches both and files are renamed from one to the other.</summary>
internal static class BackupAddress
{
    /// <summary>
    /// The address to open, and the folders of target and backup below it. A backup that is no address ("old", ".old/2026") lies inside of the target; one
    /// that is has to lie on the same endpoint. Two that cannot meet fail with BadSetting.
    /// </summary>
    public static (string Address, string TargetFolder, string? BackupFolder) Resolve(string target, string? backup)
    {
        if (backup is null)
        {
            return (target, "", null);
        }

        if (!IsAddress(backup))
        {
            var inside = backup.Trim('/');
            EndpointPath.Check(inside);
            return inside.Length > 0 ? (target, "", inside) : throw Bad(target, backup, "it names no folder");
        }

        var (targetHost, targetPath, query) = Split(target);
        var (backupHost, backupPath, backupQuery) = Split(backup);
        if (targetHost != backupHost || (backupQuery.Length > 0 && backupQuery != query) || targetPath.StartsWith('/') != backupPath.StartsWith('/'))
        {
            throw Bad(target, backup, "it is not on the same endpoint, where a file would only be renamed");
        }

        var (ofTarget, ofBackup) = (Segments(targetPath), Segments(backupPath));
        var common = ofTarget.Zip(ofBackup).TakeWhile(pair => pair.First == pair.Second).Count();
        if (common == ofBackup.Count)
        {
            throw Bad(target, backup, "it is the target, or a folder above it");
        }

        var root = string.Join('/', ofTarget.Take(common));
        var isUrl = targetHost.Contains("://", StringComparison.Ordinal);
        var address = targetHost + (targetPath.StartsWith('/') ? "/" : "") + root;
        return (
            (address.Length == 0 ? "." : address) + query,
            Below(ofTarget.Skip(common), isUrl),
            Below(ofBackup.Skip(common), isUrl));
    }

    private static bool IsAddress(string text) =>
        text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal);

    private static (string Host, string Path, string Query) Split(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            var colon = address.IndexOf(':', StringComparison.Ordinal);
            var isNamed = colon >= 0 && address.IndexOf('/', StringComparison.Ordinal) is var first && (first < 0 || first > colon);
            return isNamed ? (address[..(colon + 1)], address[(colon + 1)..], "") : ("", address, "");
        }

        var query = address.IndexOf('?', StringComparison.Ordinal);
        var (rest, tail) = query < 0 ? (address, "") : (address[..query], address[query..]);
        var slash = rest.IndexOf('/', scheme + 3);
        return slash < 0 ? (rest, "/", tail) : (rest[..slash], rest[slash..], tail);
    }

    private static List<string> Segments(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".")];

    private static string Below(IEnumerable<string> segments, bool isUrl) => string.Join('/', segments.Select(segment => isUrl ? Uri.UnescapeDataString(segment) : segment));

    private static EndpointException Bad(string target, string backup, string why) => new(
        EndpointError.BadSetting,
        $"'{EndpointPath.Printable(backup)}' cannot keep what '{EndpointPath.Printable(target)}' loses: {why}. Name a folder inside of the target, or beside it on the same endpoint.");
}
