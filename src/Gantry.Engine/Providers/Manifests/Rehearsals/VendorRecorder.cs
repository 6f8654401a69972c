using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>What the recorder answers.</summary>
internal sealed record RecorderAnswer(int Status, string ContentType, string Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Stands for every vendor: on this machine's loopback only, takes each request byte for byte, and answers as it is told.</summary>
internal sealed class VendorRecorder : IAsyncDisposable
{
    private const int HeadBytesMax = 1 << 20;
    private const int BodyBytesMax = 64 << 20;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly ConcurrentDictionary<int, Task> talks = new();
    private readonly Task accepting;

    public VendorRecorder()
    {
        listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        accepting = AcceptAsync();
    }

    public Uri Url { get; }

    public Func<RecordedRequest, RecorderAnswer> Answer { get; set; } = _ => new RecorderAnswer(200, "application/json", "{}");

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(talks.Values);
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var number = 0; ; number++)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(ending.Token);
                talks[number] = TalkAsync(socket, number);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Socket socket, int number)
    {
        await Task.Yield();
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var reader = PipeReader.Create(stream);
        try
        {
            while (await ReadAsync(reader, ending.Token) is { } request)
            {
                await stream.WriteAsync(Written(Answer(request), request.Method == "HEAD"), ending.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidDataException)
        {
            // Whoever asked went away, or wrote no HTTP.
        }
        finally
        {
            await reader.CompleteAsync();
            talks.TryRemove(number, out _);
        }
    }

    /// <summary>Null when the other side is done.</summary>
    private static async Task<RecordedRequest?> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(reader, cancellationToken) is not { } first)
        {
            return null;
        }

        if (first.Split(' ') is not [var method, var target, "HTTP/1.1"])
        {
            throw new InvalidDataException($"'{first}' is no request.");
        }

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(reader, cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon > 0 ? (line[..colon], line[(colon + 1)..].Trim()) : throw new InvalidDataException($"'{line}' is no header.");
            headers[name] = headers.TryGetValue(name, out var other) ? $"{other},{value}" : value;
        }

        return new RecordedRequest(method, headers.GetValueOrDefault("Host", ""), target, headers, await ReadBodyAsync(reader, headers, cancellationToken));
    }

    private static async Task<byte[]> ReadBodyAsync(PipeReader reader, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (headers.GetValueOrDefault("Transfer-Encoding") != "chunked")
        {
            return await ReadBytesAsync(reader, int.Parse(headers.GetValueOrDefault("Content-Length", "0"), NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken);
        }

        using var body = new MemoryStream();
        while (true)
        {
            var size = await ReadLineAsync(reader, cancellationToken) ?? throw new InvalidDataException("The body broke off.");
            var chunk = await ReadBytesAsync(reader, int.Parse(size.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), cancellationToken);
            await ReadLineAsync(reader, cancellationToken);
            if (chunk.Length == 0)
            {
                return body.ToArray();
            }

            body.Write(chunk);
        }
    }

    private static async Task<byte[]> ReadBytesAsync(PipeReader reader, int count, CancellationToken cancellationToken)
    {
        if (count is < 0 or > BodyBytesMax)
        {
            throw new InvalidDataException("The body is too long.");
        }

        if (count == 0)
        {
            return [];
        }

        var read = await reader.ReadAtLeastAsync(count, cancellationToken);
        var bytes = read.Buffer.Length >= count ? read.Buffer.Slice(0, count).ToArray() : throw new InvalidDataException("The body broke off.");
        reader.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Without its end; null when there is none any more.</summary>
    private static async Task<string?> ReadLineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted || read.Buffer.Length > HeadBytesMax)
            {
                return null;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static byte[] Written(RecorderAnswer answer, bool isHeadOnly)
    {
        var body = isHeadOnly ? [] : Encoding.UTF8.GetBytes(answer.Body);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Recorded\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value.ReplaceLineEndings(" ")}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
    }
}
