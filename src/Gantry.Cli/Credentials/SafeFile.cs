namespace Gantry.Cli.Credentials;

/// <summary>Replaces files of the user, whole or not at all.</summary>
internal static class SafeFile
{
    /// <summary>Keeps the mode of the file that is replaced; a new one is the user's only. A link stays a link.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        path = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = $"{path}.{Environment.ProcessId}.part";
        Write(partial, content, File.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Fails with <see cref="IOException"/> when it is there already.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var partial = $"{path}.{Environment.ProcessId}.part";
        Write(partial, content, mode);
        try
        {
            File.Move(partial, path, overwrite: false);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        File.Delete(path);
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
