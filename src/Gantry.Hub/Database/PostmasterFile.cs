using System.Globalization;

namespace Gantry.Hub.Database;

/// <summary>What a running PostgreSQL says about itself in <c>postmaster.pid</c>.</summary>
internal sealed record PostmasterFile(int ProcessId, string SocketFolder, string Status)
{
    /// <summary>Null when there is none, or when it is not (yet) whole.</summary>
    public static PostmasterFile? Read(string databaseFolder)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathIn(databaseFolder));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var processId)) return null;
        return new PostmasterFile(processId, lines.Length > 4 ? lines[4] : "", lines.Length > 7 ? lines[7].Trim() : "");
    }

    public static string PathIn(string databaseFolder) => Path.Combine(databaseFolder, "postmaster.pid");

    /// <summary>
    /// True when that process is alive and is PostgreSQL at work in this very folder: a number in an old file may be anybody's by now.
    /// </summary>
    public bool IsAliveIn(string databaseFolder)
    {
        if (!Posix.Signal(ProcessId, 0)) return false;
        try
        {
            var process = $"/proc/{ProcessId.ToString(CultureInfo.InvariantCulture)}";
            var program = Path.GetFileName(File.ResolveLinkTarget(process + "/exe", returnFinalTarget: false)?.FullName ?? "");
            return program.StartsWith("postgres", StringComparison.Ordinal)
                && Posix.StatusOf(process + "/cwd") is { } working && Posix.StatusOf(databaseFolder) is { } folder
                && (working.Device, working.Inode) == (folder.Device, folder.Inode);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or it belongs to somebody else: neither is ours.
            return false;
        }
    }
}
