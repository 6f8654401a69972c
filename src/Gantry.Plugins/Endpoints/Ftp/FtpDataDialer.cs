using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Makes data connections: only to the machine of the control connection, whatever address the server names, and, where the server dials,
/// only from there.
/// </summary>
internal sealed record FtpDataDialer
{
    /// <summary>A port that was asked for longer ago than this may have been given up by the server.</summary>
    private static readonly TimeSpan aheadMax = TimeSpan.FromSeconds(8);

    /// <summary>The host as the settings name it, for the rules on where may be dialled.</summary>
    public required string Host { get; init; }

    public required EndpointContext Context { get; init; }

    /// <summary>The server dials back (PORT, EPRT).</summary>
    public bool IsActive { get; init; }

    public required TimeSpan Timeout { get; init; }

    public TimeProvider Clock => Context.Clock;

    /// <summary>What asks the server to wait for a data connection.</summary>
    public static FtpCommand PassiveCommand(FtpSession session) =>
        new(session.Manners.HasExtendedPassive ? "EPSV" : "PASV", kind: FtpCommandKind.Passive);

    /// <summary>Where the server waits, when it said so.</summary>
    public FtpPassivePort? PortOf(FtpReply reply) =>
        FtpPassivePort.PortIn(reply) is { } port ? new FtpPassivePort(port, Clock.GetTimestamp()) : null;

    /// <summary>Before the transfer's command: connects, or waits to be connected to.</summary>
    public async ValueTask<FtpData> OpenAsync(FtpSession session, CancellationToken cancellationToken)
    {
        if (IsActive)
        {
            return await ListenAsync(session, cancellationToken).ConfigureAwait(false);
        }

        var port = TakeAhead(session) ?? await AskPortAsync(session, cancellationToken).ConfigureAwait(false);
        return new FtpData(session, Clock, Timeout, await ConnectAsync(session, port, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The port that was asked for ahead; null when there is none, or when the server may have given it up.</summary>
    public int? TakeAhead(FtpSession session)
    {
        var ahead = session.Ahead;
        session.Ahead = null;
        return ahead is { } known && Clock.GetElapsedTime(known.AskedAt) < aheadMax ? known.Port : null;
    }

    /// <summary>Where the server waits now.</summary>
    public async ValueTask<int> AskPortAsync(FtpSession session, CancellationToken cancellationToken)
    {
        var reply = await session.AskAsync(PassiveCommand(session), cancellationToken).ConfigureAwait(false);
        if (session.Manners.HasExtendedPassive && FtpPassivePort.PortIn(reply) is null)
        {
            session.Manners.HasExtendedPassive = false;
            reply = await session.AskAsync(PassiveCommand(session), cancellationToken).ConfigureAwait(false);
        }

        return FtpPassivePort.PortIn(reply) ?? throw new EndpointException(
            reply.IsDone ? EndpointError.Protocol : EndpointError.NotSupported,
            $"{session.Name} opens no port for data: {session.Manners.Redact(reply.ToString())}. If it only dials back, choose the setting mode=active.",
            isTransient: reply.Code is >= 400 and < 500);
    }

    private async ValueTask<Socket> ConnectAsync(FtpSession session, int port, CancellationToken cancellationToken)
    {
        var peer = session.Control.Peer;
        await CheckAllowedAsync(session, peer, port, cancellationToken).ConfigureAwait(false);
        Socket socket = new(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(peer, port), cancellationToken).AsTask().WaitAsync(Timeout, Clock, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (Exception failed) when (failed is SocketException or TimeoutException)
        {
            socket.Dispose();
            throw new EndpointException(
                EndpointError.Disconnected,
                $"{session.Name} named port {port.ToString(CultureInfo.InvariantCulture)} for data, which could not be reached: {failed.Message.TrimEnd('.')}. Its firewall must let its passive ports through.",
                isTransient: true,
                failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The rules are asked for the host first, which they may know by its name, then for the very address.</summary>
    public async ValueTask CheckAllowedAsync(FtpSession session, IPAddress peer, int port, CancellationToken cancellationToken)
    {
        if (Context.AddressOf is not { } choose)
        {
            return;
        }

        if (!peer.Equals(await choose(Host, port, cancellationToken).ConfigureAwait(false))
            && !peer.Equals(await choose(peer.ToString(), port, cancellationToken).ConfigureAwait(false)))
        {
            throw new EndpointException(EndpointError.BadSetting, $"The data port {port} of {session.Name} may not be reached by the rules for requests out.");
        }
    }

    private async ValueTask<FtpData> ListenAsync(FtpSession session, CancellationToken cancellationToken)
    {
        var local = session.Control.Local;
        Socket listener = new(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(local, 0));
            listener.Listen(4);
            var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            var reply = await session.AskAsync(new FtpCommand(ActiveCommand(local, port)), cancellationToken).ConfigureAwait(false);
            return reply.IsDone
                ? new FtpData(session, Clock, Timeout, listener, isListening: true)
                : throw new EndpointException(
                    EndpointError.NotSupported, $"{session.Name} does not dial back: {session.Manners.Redact(reply.ToString())}. Choose the setting mode=passive.");
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static string ActiveCommand(IPAddress address, int port) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? $"EPRT |2|{address}|{port}|"
        : $"PORT {address.ToString().Replace('.', ',')},{port / 256},{port % 256}";
}
