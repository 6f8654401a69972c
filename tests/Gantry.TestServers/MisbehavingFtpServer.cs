using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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
    private int dataConnections;
    private long listedBytes;

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

    /// <summary>Pieces of a listing by their number, in place of that, until one is empty: for such as have no end.</summary>
    public Func<int, string>? ListingPieces { get; set; }

    /// <summary>How many bytes of pieces have gone.</summary>
    public long ListedBytes => Interlocked.Read(ref listedBytes);

    /// <summary>What it says behind a listing.</summary>
    public string ListingEnd { get; set; } = "226 Done\r\n";

    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>How many bytes of a file are sent before its data connection ends; null sends all.</summary>
    public int? SendsAtMost { get; set; }

    /// <summary>How many bytes of a file are taken before nothing more is; null takes all.</summary>
    public int? TakesAtMost { get; set; }

    /// <summary>Where bytes stop, a data connection stands still, and its control connection too, instead of ending.</summary>
    public bool FallsSilent { get; set; }

    /// <summary>A data connection that stops early is broken off (426), instead of ending as a whole one would.</summary>
    public bool Breaks { get; set; }

    /// <summary>What it says when the other side leaves a download before its end; null ends the session.</summary>
    public string? EndsLeftOnesBy { get; set; }

    /// <summary>The address that PASV names, with commas.</summary>
    public string PassiveHost { get; set; } = "127,0,0,1";

    /// <summary>The second half of a listing waits for this.</summary>
    public Task HalfListed { get; set; } = Task.CompletedTask;

    /// <summary>How many data connections were made to it, or by it.</summary>
    public int DataConnections => Volatile.Read(ref dataConnections);

    /// <summary>Before it dials back, somebody else does, from another address, and sends something.</summary>
    public bool HasIntruder { get; set; }

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
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
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
            Dialogue dialogue = new();
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

                await DoAsync(line, data, SayAsync, dialogue);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // The other side, or the test, has had enough.
        }
    }

    private async Task DoAsync(string line, TcpListener data, Func<string, Task> say, Dialogue dialogue)
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
                Files[path] = await ReceiveAsync(data, dialogue);
                await say(TakesAtMost is { } most && Files[path].Length >= most ? "426 Broken\r\n" : "226 Done\r\n");
                break;
            case "PASV":
                await say($"227 Entering Passive Mode ({PassiveHost},{((IPEndPoint)data.LocalEndpoint).Port / 256},{((IPEndPoint)data.LocalEndpoint).Port % 256})\r\n");
                break;
            case "PORT":
                var numbers = path.Split(',').Select(int.Parse).ToArray();
                dialogue.DialsBack = new(IPAddress.Loopback, (numbers[4] * 256) + numbers[5]);
                await say("200 There\r\n");
                break;
            case "REST":
                dialogue.Offset = int.Parse(path, System.Globalization.CultureInfo.InvariantCulture);
                await say("350 From there\r\n");
                break;
            case "RETR" when Files.TryGetValue(path, out var content):
                await say("150 Here\r\n");
                var rest = content.AsMemory(dialogue.Offset);
                dialogue.Offset = 0;
                var isCut = SendsAtMost < rest.Length;
                var isLeft = await IsLeftAsync(() => SendAsync(data, dialogue, rest[..Math.Min(rest.Length, SendsAtMost ?? rest.Length)], isCut));
                await say(isLeft ? EndsLeftOnesBy! : isCut && Breaks ? "426 Broken\r\n" : "226 Done\r\n");
                break;
            case "MLSD" or "LIST":
                await say("150 Here\r\n");
                await say(await IsLeftAsync(() => ListAsync(data, dialogue)) ? EndsLeftOnesBy! : ListingEnd);
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
                dialogue.Renaming = path;
                await say("350 Whereto?\r\n");
                break;
            case "RNTO" when Files.TryRemove(dialogue.Renaming, out var content):
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

    private async Task<bool> IsLeftAsync(Func<Task> send)
    {
        try
        {
            await send();
            return false;
        }
        catch (IOException) when (EndsLeftOnesBy is not null)
        {
            return true;
        }
    }

    private async Task ListAsync(TcpListener data, Dialogue dialogue)
    {
        using var client = await ConnectAsync(data, dialogue);
        for (var i = 0; ListingPieces?.Invoke(i) is { Length: > 0 } piece; i++)
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(piece), stop.Token);
            Interlocked.Add(ref listedBytes, piece.Length);
        }

        var all = Encoding.Latin1.GetBytes(Listing);
        await client.GetStream().WriteAsync(all.AsMemory(0, all.Length / 2), stop.Token);
        await HalfListed.WaitAsync(stop.Token);
        await client.GetStream().WriteAsync(all.AsMemory(all.Length / 2), stop.Token);
        await EndAsync(client);
    }

    /// <summary>Says that this was all, and waits until the other side has read it.</summary>
    private async Task EndAsync(TcpClient client)
    {
        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null, stop.Token);
    }

    private async Task<TcpClient> ConnectAsync(TcpListener data, Dialogue dialogue)
    {
        Interlocked.Increment(ref dataConnections);
        if (dialogue.DialsBack is not { } place)
        {
            return await data.AcceptTcpClientAsync(stop.Token);
        }

        if (HasIntruder)
        {
            using TcpClient intruder = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await intruder.ConnectAsync(place, stop.Token);
            await intruder.GetStream().WriteAsync("what nobody asked for"u8.ToArray(), stop.Token);
        }

        TcpClient client = new();
        await client.ConnectAsync(place, stop.Token);
        return client;
    }

    private async Task<byte[]> ReceiveAsync(TcpListener data, Dialogue dialogue)
    {
        using var client = await ConnectAsync(data, dialogue);
        using MemoryStream content = new();
        var buffer = new byte[16 * 1024];
        var left = TakesAtMost ?? int.MaxValue;
        while (left > 0 && await client.GetStream().ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), stop.Token) is > 0 and var read)
        {
            content.Write(buffer, 0, read);
            left -= read;
        }

        if (left == 0 && FallsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }

        return content.ToArray();
    }

    private async Task SendAsync(TcpListener data, Dialogue dialogue, ReadOnlyMemory<byte> content, bool isCut)
    {
        using var client = await ConnectAsync(data, dialogue);
        await client.GetStream().WriteAsync(content, stop.Token);
        if (isCut && FallsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }

        await EndAsync(client);
    }

    /// <summary>What one command leaves for the next.</summary>
    private sealed class Dialogue
    {
        public string Renaming { get; set; } = "";

        public int Offset { get; set; }

        /// <summary>Where it dials for data; null when it waits there.</summary>
        public IPEndPoint? DialsBack { get; set; }
    }
}
