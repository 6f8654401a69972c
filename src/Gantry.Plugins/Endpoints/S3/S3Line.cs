using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// One connection that carries one request after the other (RFC 9112) on the thread of its caller, who waits there: an answer to a small file comes
/// sooner than a thread is woken for it. It knows plain answers only; another one fails with <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class S3Line : IDisposable
{
    private const int HeadBytesMax = 64 * 1024;
    private const int TextBytesMax = 64 * 1024 * 1024;
    private const int OneWriteBytes = 64 * 1024;
    private const int LinesAsideMax = 64;
    private static readonly TimeSpan connectingMax = TimeSpan.FromSeconds(30);

    private readonly Socket socket;
    private readonly ITimer watch;
    private readonly TimeSpan patience;
    private byte[] buffer = new byte[16 * 1024];
    private Stream? stream;
    private int start;
    private int end;

    public S3Line(AddressFamily family, TimeSpan patience, TimeProvider clock)
    {
        this.patience = patience;
        socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        watch = clock.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It was cut because nothing moved.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Of the answer to the last request, anything has come.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Another request can follow.</summary>
    public bool IsReusable { get; private set; }

    /// <summary>Nothing has come, not even the end, since the last answer. Some servers say that they waited in vain before they close.</summary>
    public bool IsQuiet => !socket.Poll(0, SelectMode.SelectRead);

    /// <summary>How one to this host is protected.</summary>
    /// <param name="host">Whose name the certificate has to bear.</param>
    /// <param name="authorities">Who may vouch for it; null for those this machine trusts.</param>
    public static SslClientAuthenticationOptions ProtectionFor(string host, X509Certificate2Collection? authorities) => new()
    {
        TargetHost = host,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateChainPolicy = authorities is null ? null : OwnAuthorities.PolicyOf(authorities),
    };

    /// <param name="place">The server.</param>
    /// <param name="protection">Null for a plain one.</param>
    public void Connect(IPEndPoint place, SslClientAuthenticationOptions? protection)
    {
        Watch(connectingMax);
        socket.Connect(place);
        stream = new NetworkStream(socket, ownsSocket: true);
        if (protection is not null)
        {
            var secured = new SslStream(stream);
            stream = secured;
            secured.AuthenticateAsClient(protection);
        }

        Unwatch();
    }

    /// <summary>Sends one request and takes its answer.</summary>
    /// <param name="head">Its lines, with the empty one.</param>
    /// <param name="body">Its content.</param>
    /// <param name="isHead">The answer has no content, whatever it says.</param>
    /// <param name="into">Where the content of a success goes, as far as it fits; null when it is wanted as bytes.</param>
    public S3Answer Ask(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isHead, Memory<byte>? into)
    {
        HasHeard = IsReusable = false;
        Watch(patience);
        Send(head, body);
        var (status, headers) = ReadHead();
        for (var aside = 0; (int)status is >= 100 and < 200 and not 101; aside++)
        {
            (status, headers) = aside < LinesAsideMax ? ReadHead() : throw Odd("no answer, only that one is to come");
        }

        S3Answer answer = new(status, headers, 0, ReadOnlyMemory<byte>.Empty);
        var stays = !Says(answer.Header("connection"), "close");
        if (isHead || status is HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        {
            return Ended(answer, stays);
        }

        if (answer.Header("transfer-encoding") is { } coding)
        {
            var content = coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) && (into is null || !answer.IsSuccess) ? ReadChunks() : throw Odd("a coded transfer");
            return Ended(answer with { Length = content.Length, Content = content }, stays);
        }

        var length = LengthOf(answer);
        if (into is { } target && answer.IsSuccess)
        {
            var taken = (int)Math.Min(length, target.Length);
            ReadExactly(target.Span[..taken]);
            return Ended(answer with { Length = taken }, stays && taken == length);
        }

        var bytes = new byte[length <= TextBytesMax ? (int)length : throw Odd("an answer of many megabytes")];
        ReadExactly(bytes);
        return Ended(answer with { Length = bytes.Length, Content = bytes }, stays);
    }

    /// <summary>Cuts it; whoever waits on it is woken by that.</summary>
    public void Abort() => socket.Dispose();

    public void Dispose()
    {
        watch.Dispose();
        stream?.Dispose();
        socket.Dispose();
    }

    private static InvalidDataException Odd(string what) => new($"The server sent {what}.");

    private static bool Says(string? header, string word) => header is not null && header.Contains(word, StringComparison.OrdinalIgnoreCase);

    private S3Answer Ended(S3Answer answer, bool stays)
    {
        Unwatch();

        // What nobody asked for would be taken for the next answer.
        IsReusable = stays && start == end;
        return answer;
    }

    private static long LengthOf(S3Answer answer)
    {
        var lengths = answer.Headers.Where(header => header.Key.Equals("content-length", StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).Distinct().ToList();
        return lengths is [var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : throw Odd("an answer without a length");
    }

    private void Send(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (head.Length + body.Length > OneWriteBytes)
        {
            stream!.Write(head);
            stream.Write(body);
            return;
        }

        var together = ArrayPool<byte>.Shared.Rent(head.Length + body.Length);
        try
        {
            head.CopyTo(together);
            body.CopyTo(together.AsSpan(head.Length));
            stream!.Write(together.AsSpan(0, head.Length + body.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(together);
        }
    }

    private (HttpStatusCode Status, List<KeyValuePair<string, string>> Headers) ReadHead()
    {
        var line = ReadLine();
        if (!line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || line.Length < 12 || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw Odd("something else than HTTP 1.1");
        }

        List<KeyValuePair<string, string>> headers = new(16);
        var bytes = line.Length;
        while ((line = ReadLine()).Length > 0)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[0] is ' ' or '\t' || (bytes += line.Length) > HeadBytesMax)
            {
                throw Odd("headers that are none");
            }

            headers.Add(new(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return ((HttpStatusCode)status, headers);
    }

    private ReadOnlyMemory<byte> ReadChunks()
    {
        using MemoryStream content = new();
        while (true)
        {
            var line = ReadLine();
            var sizeEnd = line.IndexOf(';', StringComparison.Ordinal);
            if (!int.TryParse(line.AsSpan(0, sizeEnd < 0 ? line.Length : sizeEnd).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
                || size < 0 || content.Length + size > TextBytesMax)
            {
                throw Odd("pieces that are none");
            }

            if (size == 0)
            {
                break;
            }

            content.SetLength(content.Length + size);
            ReadExactly(content.GetBuffer().AsSpan((int)content.Length - size, size));
            if (ReadLine().Length > 0)
            {
                throw Odd("a piece that is longer than it says");
            }
        }

        // Trailers say nothing that is asked for.
        for (var aside = 0; ReadLine().Length > 0; aside++)
        {
            if (aside == LinesAsideMax)
            {
                throw Odd("trailers without end");
            }
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private string ReadLine()
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

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length < HeadBytesMax ? buffer.Length * 2 : throw Odd("a line without end"));
            }

            end += Read(buffer.AsSpan(end));
        }
    }

    private void ReadExactly(Span<byte> target)
    {
        var held = Math.Min(target.Length, end - start);
        buffer.AsSpan(start, held).CopyTo(target);
        start += held;
        for (target = target[held..]; target.Length > 0;)
        {
            target = target[Read(target)..];
        }
    }

    private int Read(Span<byte> target)
    {
        var read = stream!.Read(target);
        if (read == 0)
        {
            throw new IOException("It was closed before the answer was whole.");
        }

        if (HasHeard)
        {
            Watch(patience);
        }

        HasHeard = true;
        return read;
    }

    private void Watch(TimeSpan limit) => watch.Change(limit, Timeout.InfiniteTimeSpan);

    private void Unwatch() => watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Expire()
    {
        HasExpired = true;
        Abort();
    }
}
