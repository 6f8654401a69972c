using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>
/// A folder held by one writer at a time, among processes and within one. The system holds the lock, on the folder itself: it leaves no file behind, and ends with the
/// process however that ends.
/// </summary>
internal sealed partial class FolderLock : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly SafeFileHandle handle;

    private FolderLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Waits for its turn; null when it does not come within the limit.</summary>
    public static async Task<FolderLock?> TakeAsync(string folder, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var taken = Open(folder);
        var start = clock.GetTimestamp();
        while (flock(taken.handle, Exclusive | NonBlocking) != 0)
        {
            if (Marshal.GetLastPInvokeError() is not (WouldBlock or WouldBlockOnMac or Interrupted))
            {
                taken.Dispose();
                throw new IOException($"The folder '{folder}' cannot be locked: {Marshal.GetLastPInvokeErrorMessage()}.");
            }

            if (clock.GetElapsedTime(start) > limit || cancellationToken.IsCancellationRequested)
            {
                taken.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }

            await Task.Delay(Pause, clock, CancellationToken.None);
        }

        return taken;
    }

    public void Dispose() => handle.Dispose();

    private static FolderLock Open(string folder)
    {
        var descriptor = open(Encoding.UTF8.GetBytes(folder + "\0"), OperatingSystem.IsLinux() ? CloseOnExec : 0);
        return descriptor >= 0
            ? new(new SafeFileHandle(descriptor, ownsHandle: true))
            : throw new IOException($"The folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
