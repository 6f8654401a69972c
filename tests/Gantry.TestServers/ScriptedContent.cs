namespace Gantry.TestServers;

/// <summary>A source that gives so many bytes in portions as it is told, and then ends, fails or waits for ever.</summary>
public sealed class ScriptedContent : Stream
{
    private readonly byte[] bytes;
    private readonly int portion;
    private readonly Func<CancellationToken, ValueTask> atEnd;
    private readonly TaskCompletionSource reachedEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int given;

    private ScriptedContent(byte[] bytes, int portion, Func<CancellationToken, ValueTask> atEnd)
    {
        this.bytes = bytes;
        this.portion = portion;
        this.atEnd = atEnd;
    }

    /// <summary>Completes when all its bytes were taken.</summary>
    public Task ReachedEnd => reachedEnd.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>In portions of an odd size, as networks deliver.</summary>
    public static ScriptedContent Of(byte[] bytes, int portion = 1021) => new(bytes, portion, _ => ValueTask.CompletedTask);

    public static ScriptedContent FailingAfter(byte[] bytes) => new(bytes, bytes.Length, _ => throw new IOException("The source broke off."));

    public static ScriptedContent WaitingAfter(byte[] bytes) =>
        new(bytes, bytes.Length, async token => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = Math.Min(Math.Min(buffer.Length, portion), bytes.Length - given);
        if (length == 0 && buffer.Length > 0)
        {
            reachedEnd.TrySetResult();
            await atEnd(cancellationToken);
            return 0;
        }

        bytes.AsMemory(given, length).CopyTo(buffer);
        given += length;
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Endpoints read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
