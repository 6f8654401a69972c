using System.Globalization;
using System.Runtime.InteropServices;

namespace Gantry.Cli.Hubs;

/// <summary>The hub that holds a data folder: the folder's file hub.pid names its process and its address, and is locked while it lives.</summary>
internal static partial class RunningHub
{
    private const int Terminate = 15;

    /// <summary>Null when no hub holds the folder. The address is null while that hub is still starting.</summary>
    public static (int ProcessId, string? Address)? Find(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "hub.pid");
        try
        {
            if (!IsHeld(path))
            {
                return null;
            }

            using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var processId = int.TryParse(reader.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            return (processId, reader.ReadLine() is { Length: > 0 } address ? address : null);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
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
        catch (IOException held) when (held is not FileNotFoundException and not DirectoryNotFoundException)
        {
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
