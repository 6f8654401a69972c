using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Engine.Files;

/// <summary>
/// Small files that are there whole or not at all, whatever happens meanwhile: written under another name, flushed, renamed, and the folder flushed, so that
/// a loss of power does not take them back. They have their mode before anything is in them.
/// </summary>
public static partial class WholeFile
{
    /// <summary>For what is nobody else's: 0600.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int CloseOnExec = 0x80000;

    /// <summary>The last of two writers counts.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly) => Write(path, content, mode, overwrite: true);

    /// <summary>Fails with <see cref="IOException"/> when it is there already, be it since a moment.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly) => Write(path, content, mode, overwrite: false);

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        var partial = $"{path}.{Guid.CreateVersion7():N}.part";
        try
        {
            using (FileStream file = new(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = OwnerOnly }))
            {
                if (mode != OwnerOnly)
                {
                    File.SetUnixFileMode(file.SafeFileHandle, mode);
                }

                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void FlushFolder(string folder)
    {
        var descriptor = open(Encoding.UTF8.GetBytes(folder + "\0"), OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        if (fsync(handle) != 0)
        {
            throw new IOException($"The folder '{folder}' cannot be written to disk: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);
}
