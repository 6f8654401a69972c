using System.Globalization;

namespace Gantry.Hub.Database;

/// <summary>
/// Holds a data folder for one hub. The lock is the system's, on the file <c>hub.lock</c>, and ends with the process, however it ends; the file
/// <c>hub.pid</c> says who holds it (first line) and where that hub listens (second line), which is what <c>gantry down</c> reads.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream held;
    private readonly string dataFolder;

    private DataFolderLock(FileStream held, string dataFolder) => (this.held, this.dataFolder) = (held, dataFolder);

    public static string FileIn(string dataFolder) => Path.Combine(dataFolder, "hub.pid");

    private static string LockIn(string dataFolder) => Path.Combine(dataFolder, "hub.lock");

    /// <exception cref="HubStartException">Another hub uses the folder, or it cannot be written.</exception>
    public static DataFolderLock Take(string dataFolder)
    {
        var path = LockIn(dataFolder);
        try
        {
            if (!Directory.Exists(dataFolder)) MakeFolder(dataFolder);
            // FileShare.None is an exclusive flock here.
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            var held = new DataFolderLock(file, dataFolder);
            held.Write(listening: null);
            return held;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new HubStartException($"The data folder '{dataFolder}' may not be written by the user {Environment.UserName}. " +
                "Choose another with --data, or give it to this user with chown.", exception);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new HubStartException($"The data folder '{dataFolder}' is in use by the hub with process {HolderOf(FileIn(dataFolder))}. " +
                $"Stop it with 'gantry down --data {dataFolder}', or choose another folder with --data.", exception);
        }
        catch (IOException exception)
        {
            throw new HubStartException($"The data folder '{dataFolder}' cannot be used: {exception.Message} Choose another with --data.", exception);
        }
    }

    /// <summary>Says where the hub listens, for whoever looks for it.</summary>
    public void Write(string? listening)
    {
        // Whole or not at all: somebody may be reading it.
        var partial = FileIn(dataFolder) + ".part";
        File.WriteAllText(partial, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n" + (listening is null ? "" : listening + "\n"));
        File.Move(partial, FileIn(dataFolder), overwrite: true);
    }

    public void Dispose()
    {
        // The locked file stays: one deleted while another hub waits to open it would let two of them in.
        File.Delete(FileIn(dataFolder));
        held.Dispose();
    }

    private static void MakeFolder(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        if (!Posix.IsRoot) return;
        var user = PostgresUser.For(dataFolder);
        Posix.ChangeOwner(dataFolder, 0, user.Group);
    }

    private static string HolderOf(string path) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault() is { Length: > 0 } number ? number : "that is just starting";
}
