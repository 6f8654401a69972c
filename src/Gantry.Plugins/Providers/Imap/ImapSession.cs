using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>One signed-in conversation with a mail server (RFC 3501 and 9051).</summary>
internal sealed class ImapSession : IAsyncDisposable
{
    private const int AnswerBytesMax = 48 * 1024 * 1024;
    private const int AnswersMax = 200_000;

    private readonly ImapServer server;
    private readonly ServerReader said;
    private Stream stream;
    private HashSet<string> capabilities = new(StringComparer.OrdinalIgnoreCase);
    private int count;
    private int answered;

    private ImapSession(ImapServer server, Stream stream) => (this.server, this.stream, said) = (server, stream, new ServerReader(stream, bufferBytes: 32 * 1024));

    public bool CanMove => capabilities.Contains("MOVE");

    /// <summary>Only named messages can be expunged, and not whatever else somebody marked as deleted.</summary>
    public bool CanExpungeByUid => capabilities.Contains("UIDPLUS") || capabilities.Contains("IMAP4rev2");

    public static async Task<ImapSession> OpenAsync(ImapServer server, EgressRules rules, CancellationToken cancellationToken)
    {
        var stream = await HttpGate.ConnectAsync(new DnsEndPoint(server.Host, server.Port), rules, cancellationToken);
        var isLocal = stream is NetworkStream { Socket.RemoteEndPoint: IPEndPoint { Address: var address } } && IPAddress.IsLoopback(address);
        var session = new ImapSession(server, stream);
        try
        {
            await session.GreetAsync(isLocal, cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fails with <see cref="ProviderException"/> unless the server says OK; what it said before that is the answer.</summary>
    /// <param name="what">What is being done, for the message: "It could not open the mailbox 'x'".</param>
    /// <param name="command">The command without its tag.</param>
    /// <param name="cancellationToken">Ends the conversation.</param>
    public async Task<IReadOnlyList<ImapAnswer>> AskAsync(string what, ImapCommand command, CancellationToken cancellationToken)
    {
        var (answers, end) = await SendAsync(command, cancellationToken);
        return end.IsOk ? answers : throw ImapErrors.Refused(server, what, end);
    }

    public async ValueTask DisposeAsync() => await stream.DisposeAsync();

    private async Task GreetAsync(bool isLocal, CancellationToken cancellationToken)
    {
        if (server.Tls == ImapTls.Implicit)
        {
            await SecureAsync(cancellationToken);
        }

        answered = 0;
        var greeting = await ReadAnswerAsync(cancellationToken);
        if (!greeting.IsUntagged || !(greeting.Status is "OK" or "PREAUTH"))
        {
            throw greeting.Status is "BYE" ? ImapErrors.Refused(server, "It takes nobody now", greeting) : ImapErrors.Protocol(server, "it does not greet as a mail server does");
        }

        await LearnAsync(cancellationToken);
        if (server.Tls == ImapTls.StartTls)
        {
            await StartTlsAsync(cancellationToken);
        }

        if (greeting.Status == "PREAUTH" && server.Tls != ImapTls.None)
        {
            throw ImapErrors.Protocol(server, "it takes this side for signed in already, which somebody on the way may have said");
        }

        await SignInAsync(isLocal, cancellationToken);
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!capabilities.Contains("STARTTLS"))
        {
            throw ImapErrors.Fail(ProviderErrorKind.Unavailable, $"{server.Name} does not offer STARTTLS. Where TLS begins at once (port 993), say tls: implicit.");
        }

        await AskAsync("It refused STARTTLS", new ImapCommand("STARTTLS"), cancellationToken);
        await SecureAsync(cancellationToken);
        await LearnAsync(cancellationToken);
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = secured;
        if (!said.TryGoOnWith(secured))
        {
            throw ImapErrors.Protocol(server, "it said more than it was asked before TLS began");
        }

        await secured.AuthenticateAsClientAsync(server.TlsOptions(), cancellationToken);
    }

    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        var answers = await AskAsync("It does not tell what it can", new ImapCommand("CAPABILITY"), cancellationToken);
        capabilities = answers.Where(answer => answer.Status == "CAPABILITY").SelectMany(answer => answer.Values()).Select(value => value.Text ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private async Task SignInAsync(bool isLocal, CancellationToken cancellationToken)
    {
        if (server.Tls == ImapTls.None && !isLocal)
        {
            throw ImapErrors.Fail(ProviderErrorKind.BadRequest, $"A password is not sent to {server.Name} over a connection that others can read. Say tls: implicit or tls: starttls.");
        }

        var refusal = $"It refused the login of '{server.Login.UserName}'";
        var way = server.IsToken ? "XOAUTH2" : "PLAIN";
        ImapCommand command;
        if (server.IsToken || capabilities.Contains("AUTH=PLAIN"))
        {
            command = capabilities.Contains("SASL-IR") ? new ImapCommand($"AUTHENTICATE {way} {server.Proof}") : new ImapCommand($"AUTHENTICATE {way}") { Continuation = server.Proof };
        }
        else if (!capabilities.Contains("LOGINDISABLED"))
        {
            command = new ImapCommand("LOGIN ").Text(server.Login.UserName).Add(" ").Text(server.Login.Password);
        }
        else
        {
            throw ImapErrors.Fail(ProviderErrorKind.Unauthorized, $"{server.Name} does not let anybody sign in on this connection. Use TLS.");
        }

        var (_, end) = await SendAsync(command, cancellationToken);
        if (!end.IsOk)
        {
            throw ImapErrors.Refused(server, refusal, end, ProviderErrorKind.Unauthorized);
        }

        await LearnAsync(cancellationToken);
    }

    private async Task<(IReadOnlyList<ImapAnswer> Answers, ImapAnswer End)> SendAsync(ImapCommand command, CancellationToken cancellationToken)
    {
        var tag = $"g{(++count).ToString(CultureInfo.InvariantCulture)}";
        answered = 0;
        List<ImapAnswer> answers = [];
        await WriteAsync(Encoding.ASCII.GetBytes(tag + " "), cancellationToken);
        foreach (var part in command.Parts)
        {
            await WriteAsync(part.Bytes, cancellationToken);
            if (part.IsLiteralNext && await UntilAsync(tag, answers, takesContinuation: true, cancellationToken) is { } early)
            {
                return (answers, early);
            }
        }

        await WriteAsync("\r\n"u8.ToArray(), cancellationToken);
        if (command.Continuation is { } more && await UntilAsync(tag, answers, takesContinuation: true, cancellationToken) is var refused)
        {
            if (refused is not null)
            {
                return (answers, refused);
            }

            await WriteAsync(Encoding.ASCII.GetBytes(more + "\r\n"), cancellationToken);
        }

        return (answers, (await UntilAsync(tag, answers, takesContinuation: false, cancellationToken))!);
    }

    /// <summary>Reads up to the end of the command, or until the server asks for more of it, which is null.</summary>
    private async Task<ImapAnswer?> UntilAsync(string tag, List<ImapAnswer> answers, bool takesContinuation, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await ReadAnswerAsync(cancellationToken);
            if (answer.Tag == "+")
            {
                if (takesContinuation)
                {
                    return null;
                }

                // A refused token is explained here, and the refusal itself comes after an empty line.
                await WriteAsync("\r\n"u8.ToArray(), cancellationToken);
            }
            else if (answer.Tag == tag)
            {
                return answer;
            }
            else if (!answer.IsUntagged || answers.Count == AnswersMax)
            {
                throw ImapErrors.Protocol(server, "it answers what it was not asked");
            }
            else if (answer.Status == "BYE")
            {
                throw ImapErrors.Refused(server, "It ended the conversation", answer);
            }
            else
            {
                answers.Add(answer);
            }
        }
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>One answer: a line, which goes on behind each literal in it.</summary>
    private async Task<ImapAnswer> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var begin = (int)whole.Length;
            await ReadLineAsync(whole, cancellationToken);
            var length = LiteralAtEnd(whole.GetBuffer().AsSpan(begin, (int)whole.Length - begin));
            if (length is null)
            {
                answered += (int)whole.Length;
                return ImapAnswer.Read(whole.GetBuffer().AsSpan(0, (int)whole.Length)) ?? throw ImapErrors.Protocol(server, "it does not answer as a mail server does");
            }

            RequireRoom(Math.Min(length.Value, AnswerBytesMax) + whole.Length);
            whole.Write("\r\n"u8);
            await ReadBytesAsync(whole, (int)length.Value, cancellationToken);
        }
    }

    /// <summary>{123} at the end of a line; null when there is none.</summary>
    private static long? LiteralAtEnd(ReadOnlySpan<byte> line)
    {
        var open = line.Length > 0 && line[^1] == '}' ? line.LastIndexOf((byte)'{') : -1;
        return open >= 0 && long.TryParse(Encoding.ASCII.GetString(line[(open + 1)..^1]).TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
    }

    private async Task ReadLineAsync(MemoryStream target, CancellationToken cancellationToken)
    {
        while (true)
        {
            await said.FillAsync(cancellationToken);
            var rest = said.Rest;
            var end = rest.IndexOf((byte)'\n');
            target.Write(end < 0 ? rest : rest[..end]);
            said.Take(end < 0 ? rest.Length : end + 1);
            RequireRoom(target.Length);
            if (end >= 0)
            {
                if (target.Length > 0 && target.GetBuffer()[target.Length - 1] == '\r')
                {
                    target.SetLength(target.Length - 1);
                }

                return;
            }
        }
    }

    private async Task ReadBytesAsync(MemoryStream target, int length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            await said.FillAsync(cancellationToken);
            var taken = said.Rest[..Math.Min(length, said.Rest.Length)];
            target.Write(taken);
            length -= taken.Length;
            said.Take(taken.Length);
        }
    }

    private void RequireRoom(long length)
    {
        if (answered + length > AnswerBytesMax)
        {
            throw ImapErrors.Protocol(server, $"one answer of it is larger than {AnswerBytesMax / 1024 / 1024} MB");
        }
    }
}
