using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>A source that gives so many bytes in portions as it is told, and then ends, fails or waits for ever.</summary>
public sealed class ScriptedContent : ContentStream
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
}
