namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// A folder of this machine, in memory where there is such a thing and for this user alone, where rclone finds the small files it is to upload. Whoever makes one holds its
/// lock; folders whose maker was killed are removed by the next.
/// </summary>
internal sealed class RcloneStage : IDisposable
{
    private const string InMemory = "/dev/shm";
    private const string NamePrefix = "gantry-stage-";
    private const string LockName = ".lock";

    private FileStream? held;

    private readonly Lazy<string> folder;
    private long last;

    public RcloneStage() => folder = new(Make);

    public string Folder => folder.Value;

    /// <summary>Lays a file down and answers its name.</summary>
    public string Put(ReadOnlySpan<byte> content, DateTimeOffset? modifiedAt)
    {
        var name = Interlocked.Increment(ref last).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        var path = Path.Combine(Folder, name);
        try
        {
            using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, content.Length);
            RandomAccess.Write(handle, content, 0);
            if (modifiedAt is { } time)
            {
                File.SetLastWriteTimeUtc(handle, time.UtcDateTime);
            }
        }
        catch
        {
            Take(name);
            throw;
        }

        return name;
    }

    /// <summary>Removes it again.</summary>
    public void Take(string name) => File.Delete(Path.Combine(Folder, name));

    public void Dispose()
    {
        if (folder.IsValueCreated && Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        held?.Dispose();
    }

    private string Make()
    {
        const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var root = Directory.Exists(InMemory) ? InMemory : Path.GetTempPath();
        Sweep(root);
        var path = Path.Combine(root, $"{NamePrefix}{Guid.CreateVersion7():N}");
        path = OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName : Directory.CreateDirectory(path, OwnersOnly).FullName;
        held = Lock(path, FileMode.CreateNew);
        return path;
    }

    /// <summary>What a killed program left. The lock of one that lives cannot be had; a folder without one is just being made.</summary>
    private static void Sweep(string root)
    {
        foreach (var left in Directory.EnumerateDirectories(root, NamePrefix + "*"))
        {
            try
            {
                using (Lock(left, FileMode.Open))
                {
                    Directory.Delete(left, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It is in use, or another user's.
            }
        }
    }

    private static FileStream Lock(string folder, FileMode mode) => new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None);
}
