using System.Globalization;
using System.Runtime.InteropServices;

namespace Gantry.Cli.Hubs;

/// <summary>The hub that holds a data folder: hub.lock is locked while it lives, and hub.pid names its process and its address.</summary>
internal static partial class RunningHub
{
    private const int Terminate = 15;

    /// <summary>Null when no hub holds the folder. The address is null while that hub is still starting.</summary>
    public static (int ProcessId, string? Address)? Find(string dataFolder)
    {
        if (!IsHeld(Path.Combine(dataFolder, "hub.lock")))
        {
            return null;
        }

        var path = Path.Combine(dataFolder, "hub.pid");
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var processId = lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return (processId, lines.Length > 1 ? lines[1] : null);
    }

    /// <summary>Asks it to stop. False when it may not be asked, or is not there any more.</summary>
    public static bool Stop(int processId) => processId > 0 && Kill(processId, Terminate) == 0;

    private static bool IsHeld(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
