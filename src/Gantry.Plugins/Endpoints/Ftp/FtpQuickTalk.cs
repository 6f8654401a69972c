using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One session whose small files are worked off on a thread that waits for the server itself.</summary>
internal abstract class FtpQuickTalk : IDisposable
{
    private static readonly TimeSpan reasonPatience = TimeSpan.FromSeconds(5);

    private readonly FtpSession session;
    private readonly FtpControl control;
    private readonly FtpDataDialer dialer;
    private readonly FtpWait wait;
    private readonly ITimer watch;
    private Socket? data;
    private volatile bool isStalled;
    private int? port;

    /// <param name="session">Paused; the caller's.</param>
    /// <param name="port">Where the server waits for data.</param>
    /// <param name="dialer">For its limits.</param>
    protected FtpQuickTalk(FtpSession session, int port, FtpDataDialer dialer)
    {
        this.session = session;
        this.port = port;
        this.dialer = dialer;
        control = session.Control;
        wait = new FtpWait(dialer.Clock, () => IsGivenUp) { Limit = dialer.Timeout };
        watch = dialer.Clock.CreateTimer(_ => OnStalled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nothing is waited for any longer.</summary>
    protected abstract bool IsGivenUp { get; }

    protected FtpManners Manners => session.Manners;

    /// <summary>What is sent by the next <see cref="Flush"/>.</summary>
    protected ArrayBufferWriter<byte> Lines { get; } = new(1024);

    protected bool HasStalled => isStalled;

    protected ReadOnlySpan<byte> PassiveLine => Manners.HasExtendedPassive ? "EPSV\r\n"u8 : "PASV\r\n"u8;

    /// <summary>Until no file follows, or the session ends.</summary>
    public abstract void Run();

    public void Dispose()
    {
        watch.Dispose();
        data?.Dispose();
    }

    protected static bool IsOfSession(Exception failed) =>
        failed is EndpointException or TimeoutException or OperationCanceledException or SocketException or ObjectDisposedException;

    protected void Begin() => control.UseOwnThread(wait);

    protected void End() => control.UseOwnThread(null);

    protected void EndSession(Exception failed) => session.End(ReasonOf(failed), isInnocent: failed is EndpointException { IsTransient: true });

    /// <summary>For whoever has the session next.</summary>
    protected void KeepPort() => session.Ahead = port is { } known ? new FtpPassivePort(known, dialer.Clock.GetTimestamp()) : null;

    protected void Flush()
    {
        if (Lines.WrittenCount > 0)
        {
            control.WriteAsync(Lines.WrittenMemory, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Lines.ResetWrittenCount();
        }
    }

    /// <summary>Where the next file's data goes is known after this; it is asked when it is not.</summary>
    protected void NeedPort()
    {
        if (port is null)
        {
            AskPort();
        }
    }

    /// <summary>To the port that was named; what is done with it is watched until <see cref="Disconnect"/>.</summary>
    protected Socket Connect()
    {
        var peer = control.Peer;
        isStalled = false;
        data = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Watch();
        data.Connect(new IPEndPoint(peer, port!.Value));
        return data;
    }

    protected void Disconnect()
    {
        watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        data?.Dispose();
    }

    protected void Watch() => watch.Change(wait.Limit, Timeout.InfiniteTimeSpan);

    /// <summary>The last reply to a transfer's command.</summary>
    /// <param name="isWhole">False when the data connection broke: the server is not waited for as long then.</param>
    protected FtpReply TransferReply(bool isWhole)
    {
        if (!isWhole)
        {
            wait.Limit = dialer.Timeout < reasonPatience ? dialer.Timeout : reasonPatience;
        }

        var reply = Reply();
        wait.Limit = dialer.Timeout;
        return InTurn(reply);
    }

    /// <summary>Whether the server has begun with a transfer; if not, the reply was its last.</summary>
    protected bool HasBegun() => InTurn(NextReply()).IsPreliminary;

    protected void TakePort(FtpReply reply)
    {
        port = FtpPassivePort.PortIn(reply);
        if (port is null && reply.Code is < 400)
        {
            throw session.EndOutOfTurn(reply);
        }
    }

    /// <summary>The next last reply.</summary>
    protected FtpReply Reply()
    {
        while (true)
        {
            var reply = NextReply();
            if (!reply.IsPreliminary)
            {
                return reply;
            }
        }
    }

    private void AskPort()
    {
        Lines.Write(PassiveLine);
        Flush();
        TakePort(Reply());
        if (port is null)
        {
            throw new EndpointException(EndpointError.Disconnected, $"{session.Name} opens no port for data any more.", isTransient: true);
        }
    }

    private EndpointException ReasonOf(Exception failed) => failed as EndpointException ?? new EndpointException(
        failed is TimeoutException ? EndpointError.TimedOut : EndpointError.Disconnected,
        failed is TimeoutException
            ? $"{session.Name} said nothing within {Engine.Settings.Duration.Format(wait.Limit)}; the connection was given up."
            : $"{session.Name}: the session was given up: {failed.Message.TrimEnd('.')}.",
        isTransient: true);

    private void OnStalled()
    {
        // Whoever waits on it in the middle of a call is woken by this.
        isStalled = true;
        data?.Dispose();
    }

    private FtpReply NextReply()
    {
        var reply = control.ReadReplyAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        session.Touch();
        return reply.Code == 421 ? throw session.EndBy(reply) : reply;
    }

    private FtpReply InTurn(FtpReply reply) => reply.Code is 200 or 213 or 227 or 229 or 350 or 253 ? throw session.EndOutOfTurn(reply) : reply;
}
