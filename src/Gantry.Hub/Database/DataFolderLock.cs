using System.Globalization;
using System.Text;

namespace Gantry.Hub.Database;

/// <summary>
/// Holds a data folder for one hub. The lock is the system's and ends with the process, however it ends; the file <c>hub.pid</c> says who
/// holds it (first line) and where that hub listens (second line), which is what <c>gantry down</c> reads.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    public static string FileIn(string dataFolder) => Path.Combine(dataFolder, "hub.pid");

    /// <exception cref="HubStartException">Another hub uses the folder, or it cannot be written.</exception>
    public static DataFolderLock Take(string dataFolder)
    {
        var path = FileIn(dataFolder);
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
            var held = new DataFolderLock(file);
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
            throw new HubStartException($"The data folder '{dataFolder}' is in use by the hub with process {HolderOf(path)}. " +
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
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n" + (listening is null ? "" : listening + "\n")));
        file.Flush();
    }

    public void Dispose()
    {
        // Emptied and not deleted: a file deleted while another hub waits to open it would let two of them in.
        file.SetLength(0);
        file.Dispose();
    }

    private static void MakeFolder(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        if (!Posix.IsRoot) return;
        var user = PostgresUser.For(dataFolder);
        Posix.ChangeOwner(dataFolder, 0, user.Group);
    }

    private static string HolderOf(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadLine() is { Length: > 0 } number ? number : "that is just starting";
    }
}
