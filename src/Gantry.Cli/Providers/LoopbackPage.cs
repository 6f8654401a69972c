using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gantry.Cli.Providers;

/// <summary>The page on this machine that a browser comes back to with a code (RFC 8252, 7.3).</summary>
internal sealed class LoopbackPage : IDisposable
{
    private const int RequestBytesMax = 16 * 1024;
    private const string Done = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Gantry</title><p>Thank you. You can close this page and go back to the terminal.";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public LoopbackPage()
    {
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    public Uri Address { get; }

    /// <summary>The parameters of the first request that has this state; others are answered, and no more.</summary>
    public async Task<IReadOnlyDictionary<string, string>> WaitAsync(string state, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            if (await AnswerAsync(client, state, cancellationToken) is { } parameters)
            {
                return parameters;
            }
        }
    }

    public void Dispose() => listener.Dispose();

    private static async Task<IReadOnlyDictionary<string, string>?> AnswerAsync(TcpClient client, string state, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = client.GetStream();
            var parameters = Parse(await ReadAsync(stream, cancellationToken));
            var isIt = parameters.GetValueOrDefault("state") == state && (parameters.ContainsKey("code") || parameters.ContainsKey("error"));
            var body = Encoding.UTF8.GetBytes(isIt ? Done : "");
            var head = $"HTTP/1.1 {(isIt ? "200 OK" : "404 Not Found")}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\nReferrer-Policy: no-referrer\r\n\r\n";
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], cancellationToken);
            return isIt ? parameters : null;
        }
        catch (IOException)
        {
            // Whoever asked went away.
            return null;
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[RequestBytesMax];
        var filled = 0;
        for (int read; filled < buffer.Length && buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) < 0 && (read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken)) > 0;)
        {
            filled += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, filled);
    }

    /// <summary>Of "GET /?code=…&amp;state=… HTTP/1.1".</summary>
    private static Dictionary<string, string> Parse(string request)
    {
        var target = request.Split(' ') is ["GET", var path, ..] ? path : "";
        return target.Contains('?', StringComparison.Ordinal)
            ? target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0])
                .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal)
            : [];
    }
}
