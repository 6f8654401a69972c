using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>
/// The system calls of Linux that the local kind is made of. .NET's own file API knows neither names that are not UTF-8 nor opening
/// beneath a folder, and costs twice the time for small files.
/// </summary>
internal static unsafe partial class LinuxFiles
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    public const int PathBytesMax = 4096;
    public const int CurrentFolder = -100;

    private const int RemoveFolderFlag = 0x200;
    private const int NoFollowFlag = 0x100;
    private const int EmptyPathFlag = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong Clone = 0x40049409;
    private const int OpenAt2Call = 437; // The same on every architecture.

    // O_DIRECTORY and O_NOFOLLOW are two of the few flags that differ between architectures.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static int FolderOnly { get; } = IsArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a path of the process, links followed. A negative answer is an errno.</summary>
    [SkipLocalsInit]
    public static int Open(string path, int flags)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        fixed (byte* pointer = Terminated(path, bytes))
        {
            return Result(openat(CurrentFolder, pointer, flags | CloseOnExec, 0));
        }
    }

    /// <summary>Opens what lies beneath a folder; no link and no ".." leads out of it (EXDEV). A negative answer is an errno.</summary>
    [SkipLocalsInit]
    public static int OpenBeneath(SafeFileHandle folder, string path, int flags)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        var how = new OpenHow { Flags = (ulong)(flags | CloseOnExec), Resolve = ResolveBeneath | ResolveNoMagicLinks };
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(path, bytes))
        {
            return Result((int)syscall(OpenAt2Call, held.Descriptor, (nint)pointer, (nint)(&how), sizeof(OpenHow)));
        }
    }

    /// <summary>Opens a name in a folder. A negative answer is an errno.</summary>
    [SkipLocalsInit]
    public static int OpenIn(SafeFileHandle folder, string name, int flags)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(name, bytes))
        {
            return Result(openat(held.Descriptor, pointer, flags | CloseOnExec, 0));
        }
    }

    /// <summary>Makes and opens a file for writing; EEXIST when there is anything of that name.</summary>
    [SkipLocalsInit]
    public static int CreateFile(SafeFileHandle folder, string name, int mode)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(name, bytes))
        {
            return Result(openat(held.Descriptor, pointer, WriteOnly | Create | Exclusive | CloseOnExec | NoFollow, mode));
        }
    }

    [SkipLocalsInit]
    public static int CreateFolder(SafeFileHandle folder, string name)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(name, bytes))
        {
            return Result(mkdirat(held.Descriptor, pointer, 0x1FF));
        }
    }

    [SkipLocalsInit]
    public static int Remove(SafeFileHandle folder, string name, bool isFolder)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(name, bytes))
        {
            return Result(unlinkat(held.Descriptor, pointer, isFolder ? RemoveFolderFlag : 0));
        }
    }

    [SkipLocalsInit]
    public static int Rename(SafeFileHandle sourceFolder, string sourceName, SafeFileHandle targetFolder, string targetName)
    {
        Span<byte> sourceBytes = stackalloc byte[PathBytesMax];
        Span<byte> targetBytes = stackalloc byte[PathBytesMax];
        using var heldSource = new HeldHandle(sourceFolder);
        using var heldTarget = new HeldHandle(targetFolder);
        fixed (byte* source = Terminated(sourceName, sourceBytes), target = Terminated(targetName, targetBytes))
        {
            return Result(renameat(heldSource.Descriptor, source, heldTarget.Descriptor, target));
        }
    }

    [SkipLocalsInit]
    public static int CreateLink(string linkTarget, SafeFileHandle folder, string name)
    {
        Span<byte> targetBytes = stackalloc byte[PathBytesMax];
        Span<byte> nameBytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        fixed (byte* target = Terminated(linkTarget, targetBytes), pointer = Terminated(name, nameBytes))
        {
            return Result(symlinkat(target, held.Descriptor, pointer));
        }
    }

    /// <summary>What the link says; null with the errno when it is none.</summary>
    [SkipLocalsInit]
    public static string? ReadLink(int folder, ReadOnlySpan<byte> terminatedName, out int errno)
    {
        Span<byte> target = stackalloc byte[PathBytesMax];
        fixed (byte* pointer = terminatedName, targetPointer = target)
        {
            var length = Result((int)readlinkat(folder, pointer, targetPointer, PathBytesMax));
            errno = length < 0 ? -length : 0;
            return length < 0 ? null : NameBytes.Decode(target[..length]);
        }
    }

    [SkipLocalsInit]
    public static string? ReadLink(SafeFileHandle folder, string name, out int errno)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        return ReadLink(held.Descriptor, Terminated(name, bytes), out errno);
    }

    [SkipLocalsInit]
    public static int SetTimes(SafeFileHandle folder, string name, DateTimeOffset modifiedAt)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        var times = stackalloc TimeSpec[2];
        FillTimes(times, modifiedAt);
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = Terminated(name, bytes))
        {
            return Result(utimensat(held.Descriptor, pointer, times, NoFollowFlag));
        }
    }

    public static int SetTimes(SafeFileHandle file, DateTimeOffset modifiedAt)
    {
        var times = stackalloc TimeSpec[2];
        FillTimes(times, modifiedAt);
        using var held = new HeldHandle(file);
        return Result(futimens(held.Descriptor, times));
    }

    public static int SetMode(SafeFileHandle file, int mode)
    {
        using var held = new HeldHandle(file);
        return Result(fchmod(held.Descriptor, (uint)mode));
    }

    public static int Stat(SafeFileHandle file, out FileStat stat)
    {
        using var held = new HeldHandle(file);
        return Stat(held.Descriptor, "\0"u8, EmptyPathFlag, out stat);
    }

    [SkipLocalsInit]
    public static int Stat(SafeFileHandle folder, string name, out FileStat stat)
    {
        Span<byte> bytes = stackalloc byte[PathBytesMax];
        using var held = new HeldHandle(folder);
        return StatNoFollow(held.Descriptor, Terminated(name, bytes), out stat);
    }

    public static int StatNoFollow(int folder, ReadOnlySpan<byte> terminatedName, out FileStat stat) =>
        Stat(folder, terminatedName, NoFollowFlag, out stat);

    public static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        using var held = new HeldHandle(file);
        fixed (byte* pointer = buffer)
        {
            return Result((int)pread(held.Descriptor, pointer, (nuint)buffer.Length, offset));
        }
    }

    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> buffer)
    {
        using var held = new HeldHandle(file);
        fixed (byte* pointer = buffer)
        {
            return Result((int)write(held.Descriptor, pointer, (nuint)buffer.Length));
        }
    }

    public static int WriteAt(SafeFileHandle file, ReadOnlySpan<byte> buffer, long offset)
    {
        using var held = new HeldHandle(file);
        fixed (byte* pointer = buffer)
        {
            return Result((int)pwrite(held.Descriptor, pointer, (nuint)buffer.Length, offset));
        }
    }

    /// <summary>Shares the blocks of the source (btrfs, XFS); a negative answer where the file system cannot.</summary>
    public static int CloneFrom(SafeFileHandle target, SafeFileHandle source)
    {
        using var heldTarget = new HeldHandle(target);
        using var heldSource = new HeldHandle(source);
        return Result(ioctl(heldTarget.Descriptor, Clone, heldSource.Descriptor));
    }

    /// <summary>Copies a part to the same place of the other file, inside the kernel; answers how many bytes that were.</summary>
    public static long CopyRange(SafeFileHandle source, SafeFileHandle target, long offset, long bytes)
    {
        using var heldSource = new HeldHandle(source);
        using var heldTarget = new HeldHandle(target);
        var (from, to) = (offset, offset);
        var copied = copy_file_range(heldSource.Descriptor, &from, heldTarget.Descriptor, &to, (nuint)bytes, 0);
        return copied < 0 ? -Marshal.GetLastPInvokeError() : copied;
    }

    /// <summary>Where data next begins (or a hole), from the offset on; ENXIO when nothing comes but a hole.</summary>
    public static long Seek(SafeFileHandle file, long offset, bool isForData)
    {
        const int Data = 3;
        const int Hole = 4;
        using var held = new HeldHandle(file);
        var position = lseek(held.Descriptor, offset, isForData ? Data : Hole);
        return position < 0 ? -Marshal.GetLastPInvokeError() : position;
    }

    public static int SetLength(SafeFileHandle file, long length)
    {
        using var held = new HeldHandle(file);
        return Result(ftruncate(held.Descriptor, length));
    }

    /// <summary>Fills the buffer with directory records of the kernel's form; 0 at the end.</summary>
    public static int ReadFolder(SafeFileHandle folder, Span<byte> buffer)
    {
        using var held = new HeldHandle(folder);
        fixed (byte* pointer = buffer)
        {
            return Result((int)getdents64(held.Descriptor, pointer, (nuint)buffer.Length));
        }
    }

    /// <summary>The name as the kernel takes it, with its closing NUL.</summary>
    public static ReadOnlySpan<byte> Terminated(string path, Span<byte> buffer)
    {
        if ((path.Length >= buffer.Length / 3 && NameBytes.Count(path) >= buffer.Length) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new EndpointException(EndpointError.BadPath, $"The path '{EndpointPath.Printable(path)}' is longer than {PathBytesMax} bytes or holds a NUL.");
        }

        var length = NameBytes.Encode(path, buffer);
        buffer[length] = 0;
        return buffer[..(length + 1)];
    }

    private static int Stat(int folder, ReadOnlySpan<byte> terminatedName, int flags, out FileStat stat)
    {
        fixed (byte* pointer = terminatedName)
        fixed (FileStat* target = &stat)
        {
            return Result(statx(folder, pointer, flags, BasicStats, target));
        }
    }

    private static void FillTimes(TimeSpec* times, DateTimeOffset modifiedAt)
    {
        var ticks = modifiedAt.UtcTicks - DateTime.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        times[0] = times[1] = new TimeSpec { Seconds = (nint)seconds, Nanoseconds = (nint)(rest * 100) };
    }

    private static int Result(int answer) => answer < 0 ? -Marshal.GetLastPInvokeError() : answer;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int folder, byte* path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(int folder, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int folder, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(int sourceFolder, byte* source, int targetFolder, byte* target);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int folder, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(int folder, byte* path, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int utimensat(int folder, byte* path, TimeSpec* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(int file, TimeSpec* times);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int folder, byte* path, int flags, uint mask, FileStat* stat);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int file, byte* buffer, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(int file, byte* buffer, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int file, ulong request, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint copy_file_range(int source, long* sourceOffset, int target, long* targetOffset, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int folder, byte* buffer, nuint length);

    /// <summary>A descriptor that cannot be closed by another thread while it is used.</summary>
    private readonly ref struct HeldHandle
    {
        private readonly SafeFileHandle handle;

        public HeldHandle(SafeFileHandle handle)
        {
            var isHeld = false;
            handle.DangerousAddRef(ref isHeld);
            this.handle = handle;
            Descriptor = (int)handle.DangerousGetHandle();
        }

        public int Descriptor { get; }

        public void Dispose() => handle.DangerousRelease();
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
