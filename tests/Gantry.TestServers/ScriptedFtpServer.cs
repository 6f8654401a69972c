using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gantry.TestServers;

/// <summary>A server that says what it is told to, and keeps what it hears: for what no real server would do.</summary>
public sealed class ScriptedFtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string greeting;
    private readonly IReadOnlyDictionary<string, string> answers;
    private readonly StringBuilder heard = new();
    private readonly Task serving;

    /// <param name="greeting">Sent when somebody connects; with an empty one nothing is ever said.</param>
    /// <param name="answers">What is said to a command, by its word; with an empty answer the connection is closed.</param>
    public ScriptedFtpServer(string greeting, params (string Word, string Answer)[] answers)
    {
        this.greeting = greeting;
        this.answers = answers.ToDictionary(pair => pair.Word, pair => pair.Answer, StringComparer.Ordinal);
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Heard => heard.ToString();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var socket = await listener.AcceptTcpClientAsync(stop.Token);
            await using var stream = socket.GetStream();
            using StreamReader reader = new(stream, Encoding.Latin1);
            await SayAsync(stream, greeting);
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                heard.Append(line).Append('\n');
                var answer = answers.GetValueOrDefault(line.Split(' ')[0], "500 What?\r\n");
                if (answer.Length == 0)
                {
                    return;
                }

                await SayAsync(stream, answer);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The other side, or the test, has had enough.
        }
    }

    private async Task SayAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop.Token);
}
