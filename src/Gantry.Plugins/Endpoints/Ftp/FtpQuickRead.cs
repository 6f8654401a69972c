using System.Buffers;
using System.Threading.Tasks.Sources;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One small file that is fetched on the short way: its line, and where its bytes go.</summary>
internal sealed class FtpQuickRead : FtpQuickJob, IValueTaskSource<FetchedFile?>
{
    // Who waits goes on where the file came: it costs no change of threads.
    private ManualResetValueTaskSourceCore<FetchedFile?> core;

    /// <summary>One byte longer than the file is known to be.</summary>
    public required Memory<byte> Buffer { get; init; }

    /// <summary>RETR.</summary>
    public required byte[] Line { get; init; }

    /// <summary>To be awaited once.</summary>
    public ValueTask<FetchedFile?> Answer => new(this, core.Version);

    /// <summary>Fails with BadPath when a name cannot be sent.</summary>
    public static FtpQuickRead Of(FtpEndpoint endpoint, string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> line = new(256);
        line.Write("RETR "u8);
        endpoint.Text.Write(endpoint.PathOf(path), line);
        line.Write("\r\n"u8);
        return new() { Buffer = buffer, Wanted = cancellationToken, Line = line.WrittenSpan.ToArray() };
    }

    public void Came(int length) => core.SetResult(new FetchedFile(length));

    public override void GoLongWay()
    {
        if (Wanted.IsCancellationRequested)
        {
            core.SetException(new OperationCanceledException(Wanted));
        }
        else
        {
            core.SetResult(null);
        }
    }

    FetchedFile? IValueTaskSource<FetchedFile?>.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FetchedFile?>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<FetchedFile?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
