using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Gantry.Bench;

/// <summary>
/// A long line to an FTP server: control connections pass with a delay, and each port that the server names for data is replaced by one of a line with the
/// same delay. The connecting costs a round trip as well, as it does on a real line.
/// </summary>
internal sealed partial class FtpProxy(int serverPort, TimeSpan delay, TimeProvider clock)
{
    /// <summary>Runs until it is cancelled; tells its port when it listens.</summary>
    public Task RunAsync(int port, Action<int> listening, CancellationToken cancellationToken) =>
        DelayProxy.ServeAsync(port, listening, client => Pass(client, serverPort, isControl: true), cancellationToken);

    private void Pass(Socket client, int port, bool isControl)
    {
        using (client)
        {
            using Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // The kernel accepts at once; what is sent then has the connecting's round trip still before it.
                DelayLine.Wait(delay);
                server.Connect(new IPEndPoint(IPAddress.Loopback, port));
                DelayLine.Wait(delay);
                client.NoDelay = server.NoDelay = true;
                var there = DelayLine.OnThread(() => PassOn(client, server, bytes => bytes));
                PassOn(server, client, bytes => isControl ? WithOurPorts(bytes) : bytes);
                there.Wait();
            }
            catch (SocketException)
            {
                // The server is gone, so the connection is over.
            }
        }
    }

    private void PassOn(Socket from, Socket to, Func<byte[], byte[]> change)
    {
        try
        {
            FtpLine.Pass(from, to, delay, clock, change);
        }
        catch (SocketException)
        {
            // One end is gone, and the other is told so.
            from.Close();
            to.Close();
        }
        catch (ObjectDisposedException)
        {
            // The other direction has found that out.
        }
    }

    /// <summary>A reply comes in one piece on this machine.</summary>
    private byte[] WithOurPorts(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        if (!text.Contains("229 ", StringComparison.Ordinal) && !text.Contains("227 ", StringComparison.Ordinal))
        {
            return bytes;
        }

        text = ExtendedPassive.Replace(text, match => $"(|||{OurPortFor(NumberIn(match, "port"))}|)");
        text = Passive.Replace(text, match =>
        {
            var ours = OurPortFor((NumberIn(match, "high") * 256) + NumberIn(match, "low"));
            return $"(127,0,0,1,{ours / 256},{ours % 256})";
        });
        return Encoding.Latin1.GetBytes(text);
    }

    private static int NumberIn(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    private int OurPortFor(int port)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _ = DelayLine.OnThread(() =>
        {
            using (listener)
            {
                Pass(listener.AcceptSocket(), port, isControl: false);
            }
        });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\(\|\|\|(?<port>\d+)\|\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExtendedPassive { get; }

    [GeneratedRegex(@"\(?127,0,0,1,(?<high>\d+),(?<low>\d+)\)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Passive { get; }
}
