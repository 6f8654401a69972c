using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gantry.TestServers;

/// <summary>
/// An FTP server in this process with a few files in memory, which does what a test wants where a real one would not: each command can be answered by the
/// test. It works commands off in their order.
/// </summary>
public sealed class MisbehavingFtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> sessions = [];
    private readonly Task serving;
    private int connections;

    public MisbehavingFtpServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Given the number of the connection, from 1, and the line: the answer; "" to hang up, null to do what is asked.</summary>
    public Func<int, string, string?> Answer { get; set; } = (_, _) => null;

    public string Features { get; set; } = "211-Features:\r\n UTF8\r\n EPSV\r\n MFMT\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 End\r\n";

    /// <summary>What MLSD and LIST give.</summary>
    public string Listing { get; set; } = "";

    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>How many bytes of a file are sent before its data connection ends; null sends all.</summary>
    public int? SendsAtMost { get; set; }

    public int Connections => Volatile.Read(ref connections);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        await Task.WhenAll(sessions);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptTcpClientAsync(stop.Token);
                sessions.Add(ServeAsync(socket, Interlocked.Increment(ref connections)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has had enough.
        }
    }

    private async Task ServeAsync(TcpClient socket, int number)
    {
        using var owned = socket;
        using TcpListener data = new(IPAddress.Loopback, 0);
        data.Start();
        try
        {
            await using var stream = socket.GetStream();
            using StreamReader reader = new(stream, Encoding.Latin1);
            StrongBox<string> renaming = new("");
            async Task SayAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop.Token);
            await SayAsync(Answer(number, "") ?? "220 Hello\r\n");
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                Heard.Enqueue(line);
                if (Answer(number, line) is { } answer)
                {
                    if (answer.Length == 0)
                    {
                        return;
                    }

                    await SayAsync(answer);
                    continue;
                }

                await DoAsync(line, data, SayAsync, renaming);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // The other side, or the test, has had enough.
        }
    }

    private async Task DoAsync(string line, TcpListener data, Func<string, Task> say, StrongBox<string> renaming)
    {
        var word = line.Split(' ')[0];
        var path = line.Length > word.Length ? line[(word.Length + 1)..] : "";
        switch (word)
        {
            case "USER":
                await say("331 Go on\r\n");
                break;
            case "PASS":
                await say("230 In\r\n");
                break;
            case "FEAT":
                await say(Features);
                break;
            case "PWD":
                await say("257 \"/\"\r\n");
                break;
            case "EPSV":
                await say($"229 Extended (|||{((IPEndPoint)data.LocalEndpoint).Port}|)\r\n");
                break;
            case "STOR":
                await say("150 Go on\r\n");
                Files[path] = await ReceiveAsync(data);
                await say("226 Done\r\n");
                break;
            case "RETR" when Files.TryGetValue(path, out var content):
                await say("150 Here\r\n");
                await SendAsync(data, content.AsMemory(0, Math.Min(content.Length, SendsAtMost ?? content.Length)));
                await say("226 Done\r\n");
                break;
            case "MLSD" or "LIST":
                await say("150 Here\r\n");
                await SendAsync(data, Encoding.Latin1.GetBytes(Listing));
                await say("226 Done\r\n");
                break;
            case "SIZE" when Files.TryGetValue(path, out var content):
                await say($"213 {content.Length}\r\n");
                break;
            case "MLST" when Files.TryGetValue(path, out var content):
                await say($"250-Here\r\n type=file;size={content.Length};modify=20260102030405; {path}\r\n250 End\r\n");
                break;
            case "DELE" when Files.TryRemove(path, out _):
                await say("250 Gone\r\n");
                break;
            case "RNFR" when Files.ContainsKey(path):
                renaming.Value = path;
                await say("350 Whereto?\r\n");
                break;
            case "RNTO" when Files.TryRemove(renaming.Value!, out var content):
                Files[path] = content;
                await say("250 Renamed\r\n");
                break;
            case "MFMT":
                await say("213 Set\r\n");
                break;
            case "TYPE" or "OPTS" or "NOOP":
                await say("200 Fine\r\n");
                break;
            case "CWD":
                await say(path == "/" ? "250 There\r\n" : "550 No such folder\r\n");
                break;
            case "QUIT":
                await say("221 Bye\r\n");
                break;
            default:
                await say("550 No such file\r\n");
                break;
        }
    }

    private async Task<byte[]> ReceiveAsync(TcpListener data)
    {
        using var client = await data.AcceptTcpClientAsync(stop.Token);
        using MemoryStream content = new();
        await client.GetStream().CopyToAsync(content, stop.Token);
        return content.ToArray();
    }

    private async Task SendAsync(TcpListener data, ReadOnlyMemory<byte> content)
    {
        using var client = await data.AcceptTcpClientAsync(stop.Token);
        await client.GetStream().WriteAsync(content, stop.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        await client.GetStream().CopyToAsync(Stream.Null, stop.Token);
    }
}
