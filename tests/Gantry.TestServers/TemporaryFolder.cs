namespace Gantry.TestServers;

/// <summary>A folder of one test, removed with everything in it. On a tmpfs when there is one.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        var shared = "/dev/shm";
        var parent = Directory.Exists(shared) ? shared : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, $"gantry-test-{Guid.CreateVersion7():N}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Path { get; }

    /// <summary>The full path of something in it.</summary>
    public string this[string relativePath] => System.IO.Path.Combine(Path, relativePath);

    /// <summary>A folder in it, made when it is not there.</summary>
    public string Folder(string relativePath) => Directory.CreateDirectory(this[relativePath]).FullName;

    public string WriteFile(string relativePath, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[relativePath])!);
        File.WriteAllText(this[relativePath], text);
        return this[relativePath];
    }

    public void Dispose()
    {
        // Names that are not UTF-8 are beyond .NET's own deleting.
        using var remover = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/rm") { ArgumentList = { "-rf", "--", Path } })!;
        remover.WaitForExit();
    }
}
