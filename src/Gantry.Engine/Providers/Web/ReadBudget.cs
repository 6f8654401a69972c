using Gantry.Engine.Endpoints;

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
public sealed class BudgetStream(Stream inner, ReadBudget budget) : ContentStream(inner)
{
    public override int Read(byte[] buffer, int offset, int count) => Taken(Inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Taken(await Inner.ReadAsync(buffer, cancellationToken));

    private int Taken(int read)
    {
        budget.Take(read);
        return read;
    }
}
