using System.Runtime.InteropServices;

namespace Gantry.Hub.Database;

/// <summary>The few calls of the operating system that .NET has no name for.</summary>
internal static partial class Posix
{
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigTerm = 15;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const int CurrentFolder = -100;
    private const uint StatxBasic = 0x7ff;

    public static bool IsRoot => GetEffectiveUser() == 0;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();

    /// <summary>True when the signal was delivered; signal 0 only asks whether the process is there.</summary>
    public static bool Signal(int processId, int signal) => processId > 0 && Kill(processId, signal) == 0;

    public static void ChangeOwner(string path, uint user, uint group)
    {
        if (Chown(path, user, group) != 0)
            throw new IOException($"The owner of '{path}' cannot be changed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Follows links; null when the file or folder is not there or cannot be seen.</summary>
    public static FileStatus? StatusOf(string path)
    {
        // The layout of struct statx is the same on every architecture, unlike that of struct stat.
        Span<byte> answer = stackalloc byte[256];
        unsafe
        {
            fixed (byte* pointer = answer)
            {
                if (Statx(CurrentFolder, path, 0, StatxBasic, pointer) != 0) return null;
            }
        }

        return new FileStatus(MemoryMarshal.Read<uint>(answer[20..]), MemoryMarshal.Read<uint>(answer[24..]),
            (UnixFileMode)(MemoryMarshal.Read<ushort>(answer[28..]) & 0xfff),
            MemoryMarshal.Read<ulong>(answer[136..]), MemoryMarshal.Read<ulong>(answer[32..]));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* answer);
}

internal sealed record FileStatus(uint User, uint Group, UnixFileMode Mode, ulong Device, ulong Inode);
