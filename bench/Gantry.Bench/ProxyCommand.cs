using System.Globalization;
using System.Net;

namespace Gantry.Bench;

/// <summary>"proxy LISTEN-PORT TARGET-PORT RTT-MS": a line with that round trip time between two ports of this machine.</summary>
internal static class ProxyCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length != 3)
        {
            await Console.Error.WriteLineAsync("Usage: proxy LISTEN-PORT TARGET-PORT RTT-MS");
            return 2;
        }

        var numbers = Array.ConvertAll(args, text => int.Parse(text, CultureInfo.InvariantCulture));
        using var ending = new CancellationTokenSource();
        Console.CancelKeyPress += (_, signal) =>
        {
            signal.Cancel = true;
            ending.Cancel();
        };
        var proxy = new DelayProxy(new IPEndPoint(IPAddress.Loopback, numbers[1]), TimeSpan.FromMilliseconds(numbers[2] / 2.0), TimeProvider.System);
        try
        {
            await proxy.RunAsync(numbers[0], port => Console.Out.WriteLine($"listening {port}"), ending.Token);
        }
        catch (OperationCanceledException)
        {
            // Ended by the script that started it.
        }

        return 0;
    }
}
