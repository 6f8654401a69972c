using System.Net.Sockets;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Waits for a server on the caller's own thread: an answer to a small file comes sooner than a thread is woken for it.</summary>
internal sealed class FtpWait(TimeProvider clock, Func<bool> isGivenUp)
{
    private static readonly TimeSpan slice = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the server may say nothing.</summary>
    public required TimeSpan Limit { get; set; }

    /// <summary>What came; 0 at the end. Fails with TimeoutException after the limit, and is cancelled when it is given up.</summary>
    public int Receive(Socket socket, Span<byte> buffer)
    {
        var since = clock.GetTimestamp();
        while (!socket.Poll(Limit < slice ? Limit : slice, SelectMode.SelectRead))
        {
            if (isGivenUp())
            {
                throw new OperationCanceledException("The endpoint was closed.");
            }

            if (clock.GetElapsedTime(since) >= Limit)
            {
                throw new TimeoutException();
            }
        }

        return socket.Receive(buffer);
    }
}
