namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>A folder of this machine, in memory where there is such a thing and for this user alone, where rclone finds the small files it is to upload.</summary>
internal sealed class RcloneStage : IDisposable
{
    private const string InMemory = "/dev/shm";

    private readonly Lazy<string> folder = new(Make);
    private long last;

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
    }

    private static string Make()
    {
        const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var path = Path.Combine(Directory.Exists(InMemory) ? InMemory : Path.GetTempPath(), $"gantry-{Guid.CreateVersion7():N}");
        return OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName : Directory.CreateDirectory(path, OwnersOnly).FullName;
    }
}
