using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>
/// One connection to a mail server (RFC 5321), for one message. A login never goes over a connection that others can read, unless that is this machine's own.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LineBytesMax = 4096;
    private const int LinesMax = 200;

    private readonly SmtpServer server;
    private readonly byte[] buffer = new byte[LineBytesMax];
    private readonly bool isLocal;
    private readonly string ownName;
    private Stream stream;
    private int position;
    private int filled;
    private Dictionary<string, string> extensions = new(StringComparer.OrdinalIgnoreCase);

    private SmtpSession(SmtpServer server, NetworkStream stream)
    {
        this.server = server;
        this.stream = stream;
        var own = ((IPEndPoint)stream.Socket.LocalEndPoint!).Address;
        own = AddressGuard.Plain(own);
        isLocal = IPAddress.IsLoopback(own);
        ownName = own.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(own.GetAddressBytes())}]" : $"[{own}]";
    }

    /// <summary>Answers a session that may send: greeted, encrypted and signed in as the server's settings say.</summary>
    public static async Task<SmtpSession> OpenAsync(SmtpServer server, EgressRules rules, CancellationToken cancellationToken)
    {
        var network = (NetworkStream)await HttpGate.ConnectAsync(new DnsEndPoint(server.Host, server.Port), rules, cancellationToken);
        var session = new SmtpSession(server, network);
        try
        {
            await session.GreetAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Sends it to all its recipients: when the server refuses one of them, to none. Answers what the server said, in which many name the place in their queue.
    /// </summary>
    public async Task<SmtpReply> SendAsync(MailMessage message, Gantry.Engine.Endpoints.IEndpointOpener endpoints, CancellationToken cancellationToken)
    {
        var hasEightBits = extensions.ContainsKey("8BITMIME");
        if (message.NeedsUtf8 && !extensions.ContainsKey("SMTPUTF8"))
        {
            throw Fail(ProviderErrorKind.BadRequest, $"An address of this message has letters beyond ASCII before its '@', and {server.Name} does not take such (SMTPUTF8).");
        }

        var options = $"{(hasEightBits ? " BODY=8BITMIME" : "")}{(message.NeedsUtf8 ? " SMTPUTF8" : "")}";
        await RequireAsync($"MAIL FROM:<{message.From.Address}>{options}", $"{server.Name} refused the sender '{message.From.Address}'", cancellationToken);
        foreach (var box in message.Recipients)
        {
            await RequireAsync($"RCPT TO:<{box.Address}>", $"{server.Name} refused the recipient '{box.Address}', so that nobody was sent anything", cancellationToken);
        }

        var reply = await AskAsync("DATA", cancellationToken);
        if (reply.Code != 354)
        {
            throw reply.ToFailure($"{server.Name} refused to take a message");
        }

        var content = new DotStuffing(stream);
        await message.WriteAsync(content, hasEightBits, endpoints, cancellationToken);
        return await EndAsync(content, cancellationToken);
    }

    public async ValueTask DisposeAsync() => await stream.DisposeAsync();

    /// <summary>From the last byte on nobody knows whether the server took it, until it answers.</summary>
    private async Task<SmtpReply> EndAsync(DotStuffing content, CancellationToken cancellationToken)
    {
        SmtpReply reply;
        try
        {
            await content.EndAsync(cancellationToken);
            reply = await ReadReplyAsync(cancellationToken);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ProviderException)
        {
            throw Fail(ProviderErrorKind.Upstream,
                $"{server.Name} did not answer to the end of the message, so that it may or may not have been sent. Look there before you send it again.", inner: lost);
        }

        return reply.IsPositive ? reply : throw reply.ToFailure($"{server.Name} refused the message");
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        if (server.Tls == SmtpTls.Implicit)
        {
            await SecureAsync(cancellationToken);
        }

        var greeting = await ReadReplyAsync(cancellationToken);
        if (greeting.Code != 220)
        {
            throw greeting.ToFailure($"{server.Name} does not take mail now");
        }

        await HelloAsync(cancellationToken);
        if (server.Tls == SmtpTls.StartTls)
        {
            await StartTlsAsync(cancellationToken);
        }

        if (server.Login is { } login)
        {
            await SignInAsync(login, cancellationToken);
        }
    }

    private async Task HelloAsync(CancellationToken cancellationToken)
    {
        extensions = new(StringComparer.OrdinalIgnoreCase);
        var reply = await AskAsync($"EHLO {ownName}", cancellationToken);
        if (reply.Code is 500 or 501 or 502 or 504 && server.Tls != SmtpTls.StartTls)
        {
            // A server from before 1995 has no extensions, and takes mail all the same.
            await RequireAsync($"HELO {ownName}", $"{server.Name} refused the greeting", cancellationToken);
            return;
        }

        if (!reply.IsPositive)
        {
            throw reply.ToFailure($"{server.Name} refused the greeting");
        }

        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Trim().Split(' ', 2);
            extensions[words[0]] = words.Length > 1 ? words[1] : "";
        }
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!extensions.ContainsKey("STARTTLS"))
        {
            throw Fail(ProviderErrorKind.Unavailable, $"{server.Name} does not offer STARTTLS. Where TLS begins at once (port 465), say tls: implicit.");
        }

        await RequireAsync("STARTTLS", $"{server.Name} refused STARTTLS", cancellationToken);

        // What came before TLS could be anybody's, and must not be taken for what came after.
        if (position < filled)
        {
            throw Fail(ProviderErrorKind.Upstream, $"{server.Name} said more than it was asked before TLS began. Somebody on the way may be at work.");
        }

        await SecureAsync(cancellationToken);
        await HelloAsync(cancellationToken);
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = secured;
        try
        {
            await secured.AuthenticateAsClientAsync(server.TlsOptions(), cancellationToken);
        }
        catch (AuthenticationException failed)
        {
            throw Fail(ProviderErrorKind.Unavailable, $"TLS with {server.Name} failed: {(failed.InnerException?.Message ?? failed.Message).TrimEnd('.')}. "
                + "A certificate of one's own is trusted by 'certificate_sha256' or 'ca'.", inner: failed);
        }
    }

    private async Task SignInAsync(NetworkCredential login, CancellationToken cancellationToken)
    {
        if (server.Tls == SmtpTls.None && !isLocal)
        {
            throw Fail(ProviderErrorKind.BadRequest, $"A password is not sent to {server.Name} over a connection that others can read. Say tls: starttls or tls: implicit.");
        }

        var ways = extensions.GetValueOrDefault("AUTH", "").ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SmtpReply reply;
        if (ways.Contains("PLAIN"))
        {
            reply = await AskAsync($"AUTH PLAIN {Base64($"\0{login.UserName}\0{login.Password}")}", cancellationToken);
        }
        else if (ways.Contains("LOGIN"))
        {
            reply = await AskAsync("AUTH LOGIN", cancellationToken);
            reply = reply.Code == 334 ? await AskAsync(Base64(login.UserName), cancellationToken) : reply;
            reply = reply.Code == 334 ? await AskAsync(Base64(login.Password), cancellationToken) : reply;
        }
        else
        {
            throw Fail(ProviderErrorKind.Unauthorized, ways.Length == 0
                ? $"{server.Name} does not let anybody sign in on this connection. Leave 'user' and 'password' out, or use TLS."
                : $"{server.Name} lets people sign in by {string.Join(", ", ways)}, and this program by PLAIN or LOGIN.");
        }

        if (reply.Code != 235)
        {
            throw reply.ToFailure($"{server.Name} refused the login of '{login.UserName}'", ProviderErrorKind.Unauthorized);
        }
    }

    private async Task RequireAsync(string command, string refusal, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(command, cancellationToken);
        if (!reply.IsPositive)
        {
            throw reply.ToFailure(refusal);
        }
    }

    private async Task<SmtpReply> AskAsync(string command, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\n"), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await ReadReplyAsync(cancellationToken);
    }

    private async Task<SmtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        while (lines.Count < LinesMax)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code) || code is < 200 or > 599
                || (line.Length > 3 && line[3] is not (' ' or '-')))
            {
                break;
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(code, lines);
            }
        }

        throw Fail(ProviderErrorKind.Upstream, $"{server.Name} does not answer as a mail server does. Is this the right port, and the right setting of 'tls'?");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = buffer.AsSpan(position, filled - position).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(buffer, position, end).TrimEnd('\r');
                position += end + 1;
                return line;
            }

            buffer.AsSpan(position, filled - position).CopyTo(buffer);
            (filled, position) = (filled - position, 0);
            if (filled == buffer.Length)
            {
                throw Fail(ProviderErrorKind.Upstream, $"{server.Name} sent a line of more than {LineBytesMax} bytes, which no mail server does.");
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            filled += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient = false, Exception? inner = null) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);
}
