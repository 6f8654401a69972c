using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// One end of a process's pipe, read or written by plain system calls on the caller's thread: the connection's loops have threads of
/// their own, and nothing is shorter. The pipe is made as large as Linux allows, so that both sides are woken less often.
/// </summary>
internal sealed partial class PipeEnd : Stream
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;
    private const int SetPipeSize = 1031;
    private const int PipeBytes = 1024 * 1024;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const short RoomToWrite = 4;

    private readonly SafeFileHandle handle;
    private readonly bool isInput;

    /// <param name="handle">Owned from here on.</param>
    /// <param name="isInput">Whether it is read.</param>
    /// <param name="isLarge">False for what says little: all pipes of a user share what memory they may have.</param>
    public PipeEnd(SafeFileHandle handle, bool isInput, bool isLarge = true)
    {
        this.handle = handle;
        this.isInput = isInput;

        // Reading waits in the call itself; writing must be able to stop when the pipe is full.
        if (!isInput && fcntl(handle, GetFlags, 0) is >= 0 and var flags)
        {
            _ = fcntl(handle, SetFlags, flags | NonBlocking);
        }

        if (isLarge)
        {
            // Refused where the user's pipes have used up their share; then it stays as it is.
            _ = fcntl(handle, SetPipeSize, PipeBytes);
        }
    }

    public override bool CanRead => isInput;

    public override bool CanSeek => false;

    public override bool CanWrite => !isInput;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                var count = read(handle, pointer, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                ThrowUnlessInterrupted();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = TryWrite(buffer);
            buffer = buffer[count..];
            if (!buffer.IsEmpty)
            {
                WaitForRoom();
            }
        }
    }

    /// <summary>Writes what the pipe takes at once, and answers how many bytes that were.</summary>
    public unsafe int TryWrite(ReadOnlySpan<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length)
        {
            fixed (byte* pointer = buffer[written..])
            {
                var count = write(handle, pointer, (nuint)(buffer.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() == TryAgain)
                {
                    return written;
                }
                else
                {
                    ThrowUnlessInterrupted();
                }
            }
        }

        return written;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            handle.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Also returns when the other end is gone; the next write then fails.</summary>
    private void WaitForRoom()
    {
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var question = new Poll { File = (int)handle.DangerousGetHandle(), Events = RoomToWrite };
            if (poll(ref question, 1, -1) < 0)
            {
                ThrowUnlessInterrupted();
            }
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static void ThrowUnlessInterrupted()
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw new IOException($"The pipe is broken: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref Poll files, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
