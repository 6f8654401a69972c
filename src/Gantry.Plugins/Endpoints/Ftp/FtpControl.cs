using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>The control connection: commands out, replies in, plain or over TLS.</summary>
internal sealed class FtpControl : IAsyncDisposable
{
    private const int LineBytesMax = 8 * 1024;
    private const int LinesMax = 1000;

    private readonly byte[] buffer = new byte[LineBytesMax];
    private Stream stream;
    private int start;
    private int end;

    private FtpControl(string name, Stream stream) => (Name, this.stream) = (name, stream);

    /// <summary>"host:21", for messages.</summary>
    public string Name { get; }

    public static async Task<FtpControl> ConnectAsync(string host, int port, EndpointContext context, CancellationToken cancellationToken)
    {
        var name = $"{EndpointPath.Printable(host)}:{port.ToString(CultureInfo.InvariantCulture)}";
        EndPoint target = context.AddressOf is { } choose ? new IPEndPoint(await choose(host, port, cancellationToken), port) : new DnsEndPoint(host, port);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return new(name, new NetworkStream(socket, ownsSocket: true));
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
    public async Task SecureAsync(string host, X509Certificate2Collection? authorities, CancellationToken cancellationToken)
    {
        if (start < end)
        {
            throw new EndpointException(EndpointError.Protocol, $"{Name} sent more than was asked for before TLS began; somebody may have put it there.");
        }

        SslStream secured = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(OptionsFor(host, authorities), cancellationToken);
            stream = secured;
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException)
        {
            await secured.DisposeAsync();
            throw new EndpointException(
                EndpointError.Disconnected,
                $"TLS with {Name} failed: {(failed.InnerException?.Message ?? failed.Message).TrimEnd('.')}. A certificate of one's own is trusted with --ca-file FILE; a server without TLS takes --tls none.",
                innerException: failed);
        }
    }

    /// <summary>Sends a command and reads its reply.</summary>
    public async Task<FtpReply> AskAsync(string command, string argument, CancellationToken cancellationToken)
    {
        CheckArgument($"argument of {command}", argument);
        var line = Encoding.UTF8.GetBytes($"{command} {argument}\r\n");
        try
        {
            await stream.WriteAsync(line, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException failed)
        {
            throw Lost(failed);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(line);
        }

        return await ReadReplyAsync(cancellationToken);
    }

    /// <summary>One reply, of one line or of several ("220-…" to "220 …").</summary>
    public async Task<FtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var first = await ReadLineAsync(cancellationToken);
        var code = CodeOf(first) ?? throw Broken(first);
        List<string> lines = [first.Length > 4 ? first[4..] : ""];
        for (var isMore = first.Length > 3 && first[3] == '-'; isMore;)
        {
            if (lines.Count == LinesMax)
            {
                throw new EndpointException(EndpointError.Protocol, $"{Name} sent a reply of more than {LinesMax} lines.");
            }

            // Only the same code and a space end it; lines in between may look like replies of their own.
            var line = await ReadLineAsync(cancellationToken);
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

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static int? CodeOf(string line) =>
        line.Length >= 3 && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2]) && line[0] is >= '1' and <= '5' && (line.Length == 3 || line[3] is ' ' or '-')
            ? int.Parse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture)
            : null;

    private static SslClientAuthenticationOptions OptionsFor(string host, X509Certificate2Collection? authorities)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = host };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private static string Describe(string name, string host, SocketException failed) => failed.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{name} refused the connection: nothing listens there, or a firewall says no.",
        SocketError.HostNotFound or SocketError.NoData => $"There is no host '{EndpointPath.Printable(host)}': its name has no address.",
        SocketError.TryAgain => $"The address of '{EndpointPath.Printable(host)}' cannot be looked up at the moment.",
        SocketError.TimedOut => $"{name} did not answer.",
        _ => $"{name} could not be reached: {failed.Message}",
    };

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.UTF8.GetString(buffer, start, length).TrimEnd('\r');
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
                throw new EndpointException(EndpointError.Protocol, $"{Name} sent a line of more than {LineBytesMax} bytes; it does not speak FTP.");
            }

            await FillAsync(cancellationToken);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            end += read > 0 ? read : throw new EndOfStreamException();
        }
        catch (IOException failed)
        {
            throw Lost(failed);
        }
    }

    private EndpointException Broken(string line) => new(
        EndpointError.Protocol, $"{Name} does not speak FTP: it sent '{EndpointPath.Printable(line.Length > 80 ? line[..80] + "…" : line)}'. Implicit TLS is chosen with --tls implicit.");

    private EndpointException Lost(Exception failed) =>
        new(EndpointError.Disconnected, $"{Name} closed the connection in the middle of the login.", isTransient: true, failed);
}
