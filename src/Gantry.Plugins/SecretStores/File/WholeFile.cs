namespace Gantry.Plugins.SecretStores.File;

/// <summary>Files that only their owner may read, written whole or not at all, whatever happens meanwhile.</summary>
internal static class WholeFile
{
    /// <summary>Replaces it. Two writers need a <see cref="FolderLock"/>.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(path, path + ".part", content, overwrite: true);

    /// <summary>Fails with <see cref="IOException"/> when it is there meanwhile; two makers need no lock.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content) => Write(path, $"{path}.{Guid.CreateVersion7():N}.part", content, overwrite: false);

    private static void Write(string path, string partial, ReadOnlySpan<byte> content, bool overwrite)
    {
        System.IO.File.Delete(partial);
        using (FileStream file = new(partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        try
        {
            System.IO.File.Move(partial, path, overwrite);
        }
        catch
        {
            System.IO.File.Delete(partial);
            throw;
        }

        using var folder = FolderLock.Open(Path.GetDirectoryName(path)!);
        folder.Flush();
    }
}
