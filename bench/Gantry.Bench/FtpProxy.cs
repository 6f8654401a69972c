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
    public async Task RunAsync(int port, Action<int> listening, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        listening(((IPEndPoint)listener.LocalEndpoint).Port);
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = PassAsync(client, serverPort, isControl: true, cancellationToken);
        }
    }

    private async Task PassAsync(TcpClient client, int port, bool isControl, CancellationToken cancellationToken)
    {
        using (client)
        {
            using var server = new TcpClient();
            try
            {
                // The kernel accepts at once; what is sent then has the connecting's round trip still before it.
                await Task.Delay(delay, clock, cancellationToken);
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
                await Task.Delay(delay, clock, cancellationToken);
                client.NoDelay = server.NoDelay = true;
                await Task.WhenAll(
                    FtpLine.PassAsync(client.Client, server.Client, delay, clock, bytes => bytes, cancellationToken),
                    FtpLine.PassAsync(server.Client, client.Client, delay, clock, bytes => isControl ? WithOurPorts(bytes, cancellationToken) : bytes, cancellationToken));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or IOException)
            {
                // One end is gone, so the connection is over.
            }
        }
    }

    /// <summary>A reply comes in one piece on this machine.</summary>
    private byte[] WithOurPorts(byte[] bytes, CancellationToken cancellationToken)
    {
        var text = Encoding.Latin1.GetString(bytes);
        if (!text.Contains("229 ", StringComparison.Ordinal) && !text.Contains("227 ", StringComparison.Ordinal))
        {
            return bytes;
        }

        text = ExtendedPassive.Replace(text, match => $"(|||{OurPortFor(NumberIn(match, "port"), cancellationToken)}|)");
        text = Passive.Replace(text, match =>
        {
            var ours = OurPortFor((NumberIn(match, "high") * 256) + NumberIn(match, "low"), cancellationToken);
            return $"(127,0,0,1,{ours / 256},{ours % 256})";
        });
        return Encoding.Latin1.GetBytes(text);
    }

    private static int NumberIn(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    private int OurPortFor(int port, CancellationToken cancellationToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeOnceAsync(listener, port, cancellationToken);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeOnceAsync(TcpListener listener, int port, CancellationToken cancellationToken)
    {
        using (listener)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await PassAsync(client, port, isControl: false, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // The script that started it has ended.
            }
        }
    }

    [GeneratedRegex(@"\(\|\|\|(?<port>\d+)\|\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExtendedPassive { get; }

    [GeneratedRegex(@"\(?127,0,0,1,(?<high>\d+),(?<low>\d+)\)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Passive { get; }
}
