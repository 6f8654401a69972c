using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>A file being read, without a buffer of its own. A small one is read at once; a large one on a thread of its own pace.</summary>
internal sealed class LocalReadStream : ContentStream
{
    private readonly SafeFileHandle file;
    private readonly string fullPath;
    private readonly bool isSmall;
    private long offset;
    private bool isAtEnd;

    public LocalReadStream(SafeFileHandle file, string fullPath, long offset, bool isSmall)
    {
        this.file = file;
        this.fullPath = fullPath;
        this.offset = offset;
        this.isSmall = isSmall;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (isAtEnd)
        {
            return 0;
        }

        int read;
        do
        {
            read = LinuxFiles.Read(file, buffer, offset);
        }
        while (read == -LocalErrors.Interrupted);
        if (read < 0)
        {
            throw LocalErrors.Of(-read, fullPath);
        }

        // Less than asked is the end of a regular file: nobody needs to be asked again.
        offset += read;
        isAtEnd = read < buffer.Length;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return isSmall ? new(Read(buffer.Span)) : new(Task.Run(() => Read(buffer.Span), cancellationToken));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
