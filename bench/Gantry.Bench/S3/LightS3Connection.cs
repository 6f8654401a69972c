using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gantry.Bench.S3;

internal sealed record LightS3Request(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Content)
{
    /// <summary>"" when it has none.</summary>
    public string Header(string name) => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
}

/// <summary>
/// One connection, on a thread of its own that waits for it: of all ways to serve a few dozen programs' connections the one that leaves the measured
/// programs the most of the processor.
/// </summary>
internal sealed class LightS3Connection(Socket socket, LightS3Server server)
{
    private const int TogetherBytes = 64 * 1024;

    private readonly byte[] together = new byte[TogetherBytes];
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>Until it is closed.</summary>
    public void Run()
    {
        try
        {
            using (socket)
            {
                while (TryReadLine() is { } line)
                {
                    Answer(server.Serve(Read(line, out var isLast)), line.StartsWith("HEAD ", StringComparison.Ordinal), isLast);
                    if (isLast)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // That program has gone.
        }
    }

    private LightS3Request Read(string first, out bool isLast)
    {
        List<KeyValuePair<string, string>> headers = new(16);
        while (TryReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        var words = first.Split(' ');
        var question = words[1].IndexOf('?', StringComparison.Ordinal);
        LightS3Request request = new(
            words[0], Uri.UnescapeDataString(question < 0 ? words[1] : words[1][..question]), QueryOf(question < 0 ? "" : words[1][(question + 1)..]), headers, []);
        isLast = request.Header("Connection").Equals("close", StringComparison.OrdinalIgnoreCase);
        if (request.Header("Content-Length") is not { Length: > 0 } length || length == "0")
        {
            return request;
        }

        if (request.Header("Expect").Length > 0)
        {
            socket.Send("HTTP/1.1 100 Continue\r\n\r\n"u8);
        }

        var content = new byte[long.Parse(length, CultureInfo.InvariantCulture)];
        var held = Math.Min(content.Length, end - start);
        buffer.AsSpan(start, held).CopyTo(content);
        start += held;
        while (held < content.Length)
        {
            held += Receive(content.AsSpan(held));
        }

        return request with { Content = content };
    }

    private static Dictionary<string, string> QueryOf(string text)
    {
        Dictionary<string, string> query = new(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            query[Uri.UnescapeDataString(equals < 0 ? part : part[..equals])] = equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..].Replace('+', ' '));
        }

        return query;
    }

    private void Answer(LightS3Answer answer, bool isHead, bool isLast)
    {
        var head = new StringBuilder(512).Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Said\r\nx-amz-request-id: bench\r\n");
        if (answer.Status != 204)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Length}\r\n");
        }

        foreach (var (name, value) in answer.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append(isLast ? "Connection: close\r\n\r\n" : "\r\n");
        var length = Encoding.Latin1.GetBytes(head.ToString(), together);
        foreach (var piece in isHead ? [] : answer.Content)
        {
            if (length + piece.Length <= TogetherBytes)
            {
                piece.Span.CopyTo(together.AsSpan(length));
                length += piece.Length;
                continue;
            }

            Send(together.AsSpan(0, length));
            length = 0;
            Send(piece.Span);
        }

        Send(together.AsSpan(0, length));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Null at the end of the connection.</summary>
    private string? TryReadLine()
    {
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.Latin1.GetString(buffer.AsSpan(start, length).TrimEnd((byte)'\r'));
                start += length + 1;
                return line;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var received = socket.Receive(buffer.AsSpan(end));
            if (received == 0)
            {
                return null;
            }

            end += received;
        }
    }

    private int Receive(Span<byte> target) => socket.Receive(target) is > 0 and var received ? received : throw new IOException("It was closed in the middle of a request.");
}
