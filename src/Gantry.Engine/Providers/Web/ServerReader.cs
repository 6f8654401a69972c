namespace Gantry.Engine.Providers.Web;

/// <summary>What a server says on a connection, a buffer at a time: for protocols whose answers are lines and counted bytes.</summary>
public sealed class ServerReader(Stream stream, int bufferBytes)
{
    private readonly byte[] buffer = new byte[bufferBytes];
    private Stream stream = stream;
    private int position;
    private int filled;

    /// <summary>What has come and was not taken yet.</summary>
    public ReadOnlySpan<byte> Rest => buffer.AsSpan(position, filled - position);

    /// <summary>Reads on from another stream, which TLS begins. False when something has come before, which could be anybody's: then nothing is changed.</summary>
    public bool TryGoOnWith(Stream secured)
    {
        if (position < filled)
        {
            return false;
        }

        stream = secured;
        return true;
    }

    /// <summary>Waits until there is something to take. Fails with <see cref="IOException"/> when the server has closed the connection.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (position < filled)
        {
            return;
        }

        position = 0;
        filled = await stream.ReadAsync(buffer, cancellationToken);
        if (filled == 0)
        {
            throw new IOException("The server closed the connection.");
        }
    }

    /// <summary>So many bytes of <see cref="Rest"/> were taken.</summary>
    public void Take(int count) => position += count;

    /// <summary>Takes as many bytes as the target has, and waits for those that have not come.</summary>
    public async ValueTask TakeAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            await FillAsync(cancellationToken);
            var count = Math.Min(target.Length, filled - position);
            Rest[..count].CopyTo(target.Span);
            position += count;
            target = target[count..];
        }
    }
}
