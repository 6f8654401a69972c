using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>The control connection: commands out, replies in, plain or over TLS (RFC 959, RFC 4217).</summary>
internal sealed class FtpControl : IAsyncDisposable
{
    private const int LineBytesMax = 8 * 1024;
    private const int LinesMax = 1000;
    private const int ReplyLengthMax = 256 * 1024;

    private readonly byte[] buffer = new byte[2 * LineBytesMax];
    private readonly Socket socket;
    private Stream stream;
    private FtpWait? ownThread;
    private int start;
    private int end;

    private FtpControl(string name, Socket socket)
    {
        (Name, this.socket, stream) = (name, socket, new NetworkStream(socket, ownsSocket: true));
        Peer = Plain((IPEndPoint)socket.RemoteEndPoint!);
        Local = Plain((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>"host:21", for messages.</summary>
    public string Name { get; }

    /// <summary>The machine that was dialled: data connections go there and come from there, whatever else the server says.</summary>
    public IPAddress Peer { get; }

    public IPAddress Local { get; }

    /// <summary>What data connections are encrypted with, so that they resume this connection's session; null while it is plain.</summary>
    public SslClientAuthenticationOptions? TlsOptions { get; private set; }

    /// <summary>
    /// From here on whoever writes and reads does so on his own thread, and waits there: every call is done when it returns. Null ends that. Only
    /// without TLS.
    /// </summary>
    public void UseOwnThread(FtpWait? wait) => ownThread = wait;

    /// <summary>How replies are read.</summary>
    public FtpText Text { get; set; } = FtpText.Utf8;

    public static async Task<FtpControl> ConnectAsync(string host, int port, EndpointContext context, CancellationToken cancellationToken)
    {
        var name = $"{EndpointPath.Printable(host)}:{port.ToString(CultureInfo.InvariantCulture)}";
        EndPoint target = context.AddressOf is { } choose ? new IPEndPoint(await choose(host, port, cancellationToken), port) : new DnsEndPoint(host, port);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            await socket.ConnectAsync(target, cancellationToken);
            return new(name, socket);
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            throw new EndpointException(EndpointError.Disconnected, Describe(name, host, failed), isTransient: true, failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An argument that would end the command it is in fails with BadSetting, without being shown.</summary>
    public static void CheckArgument(string noun, string argument)
    {
        if (argument.AsSpan().IndexOfAny("\r\n\0") >= 0)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The {noun} holds a line end or a NUL, which FTP cannot send.");
        }
    }

    /// <summary>From here on everything is encrypted. What the server sent before that in plain text, and was not asked for, ends the connection.</summary>
    public async Task SecureAsync(FtpTls tls, CancellationToken cancellationToken)
    {
        if (start < end)
        {
            throw new EndpointException(EndpointError.Protocol, $"{Name} sent more than was asked for before TLS began; somebody may have put it there.");
        }

        TlsOptions = tls.ToOptions();
        stream = await FtpTls.SecureAsync(stream, TlsOptions, Name, cancellationToken);
    }

    /// <summary>Sends a command and reads its reply.</summary>
    public async Task<FtpReply> AskAsync(string command, string argument, CancellationToken cancellationToken)
    {
        CheckArgument($"argument of {command}", argument);
        var line = Encoding.UTF8.GetBytes(argument.Length == 0 ? $"{command}\r\n" : $"{command} {argument}\r\n");
        try
        {
            await WriteAsync(line, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
        }

        return await ReadReplyAsync(cancellationToken);
    }

    /// <summary>Sends whole lines.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        try
        {
            if (ownThread is null)
            {
                await stream.WriteAsync(lines, cancellationToken);
            }
            else
            {
                for (var sent = 0; sent < lines.Length;)
                {
                    sent += socket.Send(lines.Span[sent..]);
                }
            }
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException)
        {
            throw Lost(failed);
        }
    }

    /// <summary>One reply, of one line or of several ("220-…" to "220 …").</summary>
    public async ValueTask<FtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var first = await ReadLineAsync(cancellationToken);
        var code = CodeOf(first) ?? throw Broken(first);
        var text = first.Length > 4 ? first[4..] : "";
        if (first.Length <= 3 || first[3] != '-')
        {
            return new(code, [text]);
        }

        List<string> lines = [text];
        var length = text.Length;
        for (var isMore = true; isMore;)
        {
            if (lines.Count == LinesMax)
            {
                throw new EndpointException(EndpointError.Protocol, $"{Name} sent a reply of more than {LinesMax} lines.");
            }

            // Only the same code and a space end it; lines in between may look like replies of their own.
            var line = await ReadLineAsync(cancellationToken);
            if ((length += line.Length) > ReplyLengthMax)
            {
                throw new EndpointException(EndpointError.Protocol, $"{Name} sent a reply of more than {ReplyLengthMax} characters; it does not speak FTP.");
            }

            isMore = CodeOf(line) != code || (line.Length > 3 && line[3] != ' ');
            lines.Add(isMore ? line : line.Length > 4 ? line[4..] : "");
        }

        return new(code, lines);
    }

    /// <summary>Says goodbye; whether the server hears it does not matter.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken);
            await ReadReplyAsync(cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or EndpointException)
        {
            // It is gone already, which is what was asked for.
        }
    }

    /// <summary>Ends the connection at once; whoever reads from it learns that.</summary>
    public void Abort() => socket.Dispose();

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    /// <summary>Our sockets speak both versions, and write an IPv4 address as one of IPv6.</summary>
    internal static IPAddress Plain(IPEndPoint end) => end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;

    private static int? CodeOf(string line) =>
        line.Length >= 3 && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2]) && line[0] is >= '1' and <= '5' && (line.Length == 3 || line[3] is ' ' or '-')
            ? ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0')
            : null;

    private static string Describe(string name, string host, SocketException failed) => failed.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{name} refused the connection: nothing listens there, or a firewall says no.",
        SocketError.HostNotFound or SocketError.NoData => $"There is no host '{EndpointPath.Printable(host)}': its name has no address.",
        SocketError.TryAgain => $"The address of '{EndpointPath.Printable(host)}' cannot be looked up at the moment.",
        SocketError.TimedOut => $"{name} did not answer.",
        _ => $"{name} could not be reached: {failed.Message}",
    };

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length > LineBytesMax || (length < 0 && end - start > LineBytesMax))
            {
                throw new EndpointException(EndpointError.Protocol, $"{Name} sent a line of more than {LineBytesMax} bytes; it does not speak FTP.");
            }

            if (length >= 0)
            {
                var line = Text.Decode(buffer.AsSpan(start, length).TrimEnd((byte)'\r'));
                start += length + 1;
                return line;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            AcknowledgeAtOnce();
            var read = ownThread is { } wait ? wait.Receive(socket, buffer.AsSpan(end)) : await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            end += read > 0 ? read : throw new EndOfStreamException();
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException)
        {
            throw Lost(failed);
        }
    }

    /// <summary>
    /// A server says 150 and 226 in two small segments, and many hold the second back until the first is acknowledged (RFC 896), which a system
    /// puts off for 40 ms (RFC 1122, 4.2.3.2). Linux forgets this choice, so that it is made for every reading (tcp(7), TCP_QUICKACK).
    /// </summary>
    private void AcknowledgeAtOnce()
    {
        const int Tcp = 6;
        const int QuickAcknowledgement = 12;
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(Tcp, QuickAcknowledgement, [1, 0, 0, 0]);
        }
    }

    private EndpointException Broken(string line) => new(
        EndpointError.Protocol, $"{Name} does not speak FTP: it sent '{EndpointPath.Printable(line.Length > 80 ? line[..80] + "…" : line)}'. Implicit TLS is chosen with tls=implicit (--tls implicit where a login is tried).");

    private EndpointException Lost(Exception failed) =>
        new(EndpointError.Disconnected, $"{Name} closed the connection.", isTransient: true, failed);
}
