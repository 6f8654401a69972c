using System.Globalization;
using System.Net;

namespace Gantry.Bench;

/// <summary>
/// "proxy LISTEN-PORT TARGET-PORT RTT-MS": a line with that round trip time between two ports of this machine; "ftp-proxy" takes the data connections of an
/// FTP server along.
/// </summary>
internal static class ProxyCommand
{
    public static async Task<int> RunAsync(string[] args, bool isFtp = false)
    {
        if (args.Length != 3)
        {
            await Console.Error.WriteLineAsync("Usage: proxy|ftp-proxy LISTEN-PORT TARGET-PORT RTT-MS");
            return 2;
        }

        var numbers = Array.ConvertAll(args, text => int.Parse(text, CultureInfo.InvariantCulture));
        using var ending = new CancellationTokenSource();
        Console.CancelKeyPress += (_, signal) =>
        {
            signal.Cancel = true;
            ending.Cancel();
        };
        var delay = TimeSpan.FromMilliseconds(numbers[2] / 2.0);
        try
        {
            await (isFtp
                ? new FtpProxy(numbers[1], delay, TimeProvider.System).RunAsync(numbers[0], Listening, ending.Token)
                : new DelayProxy(new IPEndPoint(IPAddress.Loopback, numbers[1]), delay, TimeProvider.System).RunAsync(numbers[0], Listening, ending.Token));
        }
        catch (OperationCanceledException)
        {
            // Ended by the script that started it.
        }

        return 0;
    }

    private static void Listening(int port) => Console.Out.WriteLine($"listening {port}");
}
