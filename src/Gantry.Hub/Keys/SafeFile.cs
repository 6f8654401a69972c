namespace Gantry.Hub.Keys;

/// <summary>Small files that must be whole, lasting, and nobody else's.</summary>
internal static class SafeFile
{
    /// <summary>Made with 0600 before anything is in it; after a crash the old or the new content is there.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var partial = path + ".part";
        File.Delete(partial);
        using (var file = new FileStream(partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }
}
