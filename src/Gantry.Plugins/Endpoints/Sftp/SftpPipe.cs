using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>The way to an SFTP server: two streams, and whoever made them.</summary>
internal class SftpPipe : IAsyncDisposable
{
    /// <summary>Both are used synchronously, each by a thread of its own.</summary>
    /// <param name="input">What the server says.</param>
    /// <param name="output">What the server hears.</param>
    public SftpPipe(Stream input, Stream output)
    {
        Input = input;
        Output = output;
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>Ends both streams at once, also for a thread that is blocked in one of them. May be called twice.</summary>
    public virtual void Abort()
    {
        Output.Dispose();
        Input.Dispose();
    }

    /// <summary>Writes what the other side takes at once; answers how many bytes that were. 0 when the stream cannot tell.</summary>
    public int TryWrite(ReadOnlySpan<byte> bytes) => Output is PipeEnd end ? end.TryWrite(bytes) : 0;

    /// <summary>Why the streams ended, as exactly as their maker knows.</summary>
    public virtual ValueTask<EndpointException> ExplainAsync(EndpointException reason) => ValueTask.FromResult(reason);

    /// <summary>What its maker knows of the server, besides what the server told of itself.</summary>
    public virtual SftpServer Describe(SftpServer told) => told;

    /// <summary>Called when the server has greeted: what was only needed for logging in can go.</summary>
    public virtual void OnGreeted()
    {
    }

    public virtual ValueTask DisposeAsync()
    {
        Abort();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
