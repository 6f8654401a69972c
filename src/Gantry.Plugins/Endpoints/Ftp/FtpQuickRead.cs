using System.Buffers;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One small file that is fetched on the short way: its line, and where its bytes go.</summary>
internal sealed class FtpQuickRead : FtpQuickJob
{
    // Who waits goes on where the file came: it costs no change of threads. A number, since nothing has to be compiled for it at start-up.
    private readonly TaskCompletionSource<int> length = new();

    /// <summary>One byte longer than the file is known to be.</summary>
    public required Memory<byte> Buffer { get; init; }

    /// <summary>RETR.</summary>
    public required byte[] Line { get; init; }

    /// <summary>How many bytes came; less than none when it goes the long way.</summary>
    public Task<int> Length => length.Task;

    /// <summary>Fails with BadPath when a name cannot be sent.</summary>
    public static FtpQuickRead Of(FtpEndpoint endpoint, string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> line = new(256);
        line.Write("RETR "u8);
        endpoint.Text.Write(endpoint.PathOf(path), line);
        line.Write("\r\n"u8);
        return new() { Buffer = buffer, Wanted = cancellationToken, Line = line.WrittenSpan.ToArray() };
    }

    public void Came(int bytes) => length.SetResult(bytes);

    public override void GoLongWay()
    {
        if (Wanted.IsCancellationRequested)
        {
            length.SetException(new OperationCanceledException(Wanted));
        }
        else
        {
            length.SetResult(-1);
        }
    }
}
