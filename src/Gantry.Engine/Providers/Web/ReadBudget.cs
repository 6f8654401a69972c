namespace Gantry.Engine.Providers.Web;

/// <summary>How much may be read of the other side, in all that it says.</summary>
public sealed class ReadBudget(long bytesMax)
{
    private long bytes;

    public long BytesMax => bytesMax;

    /// <summary>The other side said more.</summary>
    public bool IsExceeded => Interlocked.Read(ref bytes) > bytesMax;

    /// <summary>Fails with <see cref="IOException"/> when it is too much.</summary>
    internal void Take(int read)
    {
        if (Interlocked.Add(ref bytes, read) > bytesMax)
        {
            throw new IOException($"More than {bytesMax:N0} bytes came.");
        }
    }
}

/// <summary>Reads as long as the budget lasts.</summary>
public sealed class BudgetStream(Stream inner, ReadBudget budget) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Taken(inner.Read(buffer, offset, count));

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Taken(await inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Taken(await inner.ReadAsync(buffer, cancellationToken));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Taken(int read)
    {
        budget.Take(read);
        return read;
    }
}
