using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Something that another program reads by a path, and that is in no file system: an anonymous file or a pipe of this process, named
/// through /proc. Only this user's programs can open it, and it is gone with this process, however that ends.
/// </summary>
internal sealed partial class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;
    private const uint Executable = 0x10;
    private const int PipeCloseOnExec = 0x80000;

    private readonly SafeFileHandle reading;
    private readonly SafeFileHandle? writing;

    private MemoryFile(SafeFileHandle reading, SafeFileHandle? writing = null)
    {
        this.reading = reading;
        this.writing = writing;
    }

    public string Path => $"/proc/{Environment.ProcessId}/fd/{reading.DangerousGetHandle()}";

    /// <summary>A file that its owner may read, as ssh demands of a key.</summary>
    public static MemoryFile Of(string content) => Of(content, 0x100, 0);

    /// <summary>An empty file that another program may write.</summary>
    public static MemoryFile OfNothing() => Of("", 0x180, 0);

    /// <summary>A script to be started.</summary>
    public static MemoryFile OfProgram(string content) => Of(content, 0x140, Executable);

    /// <summary>A pipe that holds the text; what was read from it is gone.</summary>
    public static MemoryFile OfPipe(string content)
    {
        Span<int> ends = stackalloc int[2];
        if (pipe2(ref ends[0], PipeCloseOnExec) < 0)
        {
            throw Failure("pipe2");
        }

        var pipe = new MemoryFile(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        try
        {
            using var writer = new FileStream(new SafeFileHandle(ends[1], ownsHandle: false), FileAccess.Write, bufferSize: 0);
            writer.Write(Encoding.UTF8.GetBytes(content));
            return pipe;
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    /// <summary>What is in it now.</summary>
    public string ReadText() => File.ReadAllText(Path);

    public void Dispose()
    {
        reading.Dispose();
        writing?.Dispose();
    }

    private static MemoryFile Of(string content, uint mode, uint flags)
    {
        var descriptor = memfd_create("gantry", CloseOnExec | flags);
        if (descriptor < 0 && flags != 0)
        {
            // Kernels before 6.3 do not know the flag, and need none.
            descriptor = memfd_create("gantry", CloseOnExec);
        }

        if (descriptor < 0)
        {
            throw Failure("memfd_create");
        }

        using var writer = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(writer, Encoding.UTF8.GetBytes(content), 0);
        if (fchmod(descriptor, mode) < 0)
        {
            throw Failure("fchmod");
        }

        // Opened again for reading: what is open for writing cannot be started.
        return new MemoryFile(File.OpenHandle($"/proc/self/fd/{descriptor}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    private static IOException Failure(string call) => new($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(ref int ends, int flags);
}
