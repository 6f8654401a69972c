using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// One session that takes small files, on a thread that waits for the server itself. In one flight go the name of the last file, the next file
/// with its time, its mode and the question for its size, and the question where the data of the one after that goes.
/// </summary>
internal sealed class FtpQuickSession : IDisposable
{
    private const int ChunkBytes = 16 * 1024;
    private static readonly TimeSpan reasonPatience = TimeSpan.FromSeconds(5);

    private readonly FtpQuickWrites writes;
    private readonly FtpSession session;
    private readonly FtpControl control;
    private readonly FtpManners manners;
    private readonly FtpWait wait;
    private readonly ArrayBufferWriter<byte> lines = new(1024);
    private readonly ITimer watch;
    private Socket? data;
    private volatile bool isStalled;
    private int? port;

    /// <param name="writes">Gives the files.</param>
    /// <param name="session">Paused; the caller's.</param>
    /// <param name="port">Where the server waits for data.</param>
    public FtpQuickSession(FtpQuickWrites writes, FtpSession session, int port)
    {
        this.writes = writes;
        this.session = session;
        this.port = port;
        control = session.Control;
        manners = session.Manners;
        wait = new FtpWait(writes.Dialer.Clock, () => writes.IsClosed) { Limit = writes.Dialer.Timeout };
        watch = writes.Dialer.Clock.CreateTimer(_ => OnStalled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Until no file follows, or the session ends.</summary>
    public void Run()
    {
        FtpQuickFile? stored = null;
        FtpQuickFile? named = null;
        FtpQuickFile? file = null;
        control.UseOwnThread(wait);
        try
        {
            while ((file = writes.Next(waits: stored is null)) is not null || stored is not null)
            {
                (named, stored) = (stored, null);
                Send(named, file);
                var isSent = file is not null && TrySendData(file);
                var isNamed = named is not null && IsNamed();
                if (isNamed)
                {
                    Tell(ref named, WholeWriteEnd.Written);
                }

                if (file is not null)
                {
                    var isStored = IsStored(file, isSent) && !file.Wanted.IsCancellationRequested;
                    if (isStored)
                    {
                        (stored, file) = (file, null);
                    }
                    else
                    {
                        Remove(ref file);
                    }
                }

                if (named is not null)
                {
                    // A server that does not rename over a file would get each of them twice.
                    writes.IsOff = true;
                    Remove(ref named);
                }
            }

            session.Ahead = port is { } known ? new FtpPassivePort(known, writes.Dialer.Clock.GetTimestamp()) : null;
        }
        catch (Exception failed) when (failed is EndpointException or TimeoutException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            session.End(ReasonOf(failed), isInnocent: failed is EndpointException { IsTransient: true });
            Tell(ref named, WholeWriteEnd.Lost);
            Tell(ref stored, WholeWriteEnd.Lost);
            Tell(ref file, WholeWriteEnd.Lost);
        }
        finally
        {
            control.UseOwnThread(null);
        }
    }

    public void Dispose()
    {
        watch.Dispose();
        data?.Dispose();
    }

    private static void Tell(ref FtpQuickFile? file, WholeWriteEnd end)
    {
        var told = file;
        file = null;
        told?.Receiver.OnEnded(end);
    }

    private EndpointException ReasonOf(Exception failed) => failed as EndpointException ?? new EndpointException(
        failed is TimeoutException ? EndpointError.TimedOut : EndpointError.Disconnected,
        failed is TimeoutException
            ? $"{session.Name} said nothing within {Engine.Settings.Duration.Format(wait.Limit)}; the connection was given up."
            : $"{session.Name}: the session was given up: {failed.Message.TrimEnd('.')}.",
        isTransient: true);

    private void Send(FtpQuickFile? stored, FtpQuickFile? file)
    {
        lines.ResetWrittenCount();
        lines.Write(stored?.Naming ?? []);
        if (file is not null)
        {
            if (port is null)
            {
                Flush();
                AskPort();
            }

            lines.Write(file.Storing);
            lines.Write(PassiveLine);
        }

        Flush();
    }

    private ReadOnlySpan<byte> PassiveLine => manners.HasExtendedPassive ? "EPSV\r\n"u8 : "PASV\r\n"u8;

    private void Flush()
    {
        if (lines.WrittenCount > 0)
        {
            control.WriteAsync(lines.WrittenMemory, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            lines.ResetWrittenCount();
        }
    }

    /// <summary>False when the data connection broke; the server says why.</summary>
    private bool TrySendData(FtpQuickFile file)
    {
        var peer = control.Peer;
        isStalled = false;
        data = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Watch();
            data.Connect(new IPEndPoint(peer, port!.Value));
            for (var sent = 0; sent < file.Content.Length;)
            {
                Watch();
                sent += data.Send(file.Content.Span.Slice(sent, Math.Min(ChunkBytes, file.Content.Length - sent)));
            }

            data.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            return isStalled ? throw new TimeoutException() : false;
        }
        finally
        {
            watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            data.Dispose();
        }
    }

    private void Watch() => watch.Change(wait.Limit, Timeout.InfiniteTimeSpan);

    private void OnStalled()
    {
        // Whoever waits on it in the middle of a call is woken by this.
        isStalled = true;
        data?.Dispose();
    }

    private bool IsNamed()
    {
        var begun = Reply();
        var named = Reply();
        return begun.IsGood && named.IsDone;
    }

    /// <summary>Reads all that is said about a file, and whether it stands whole under its partial name.</summary>
    private bool IsStored(FtpQuickFile file, bool isSent)
    {
        if (!isSent)
        {
            wait.Limit = writes.Dialer.Timeout < reasonPatience ? writes.Dialer.Timeout : reasonPatience;
        }

        var stored = Reply();
        wait.Limit = writes.Dialer.Timeout;
        if (stored.Code is 200 or 213 or 227 or 229 or 350 or 253)
        {
            throw session.EndOutOfTurn(stored);
        }

        var time = file.SetsTime ? Reply() : null;
        var mode = file.SetsMode ? Reply() : null;
        var size = file.AsksSize ? Reply() : null;
        TakePort(Reply());
        if (!isSent || !stored.IsDone)
        {
            return false;
        }

        if (size is not null && (size.IsUnknown || FtpEndpoint.SizeIn(size) != file.Content.Length))
        {
            manners.HasSize = !size.IsUnknown;
            return false;
        }

        if (time is { IsDone: false } or { Code: 202 })
        {
            writes.Endpoint.OnTimeRefused();
        }

        if (mode is { IsDone: false } or { Code: 202 })
        {
            writes.Endpoint.OnModeRefused();
        }

        return true;
    }

    private void TakePort(FtpReply reply)
    {
        port = FtpPassivePort.PortIn(reply);
        if (port is null && reply.Code is < 400)
        {
            throw session.EndOutOfTurn(reply);
        }
    }

    private void AskPort()
    {
        lines.Write(PassiveLine);
        Flush();
        TakePort(Reply());
        if (port is null)
        {
            throw new EndpointException(EndpointError.Disconnected, $"{session.Name} opens no port for data any more.", isTransient: true);
        }
    }

    private void Remove(ref FtpQuickFile? file)
    {
        lines.Write(file!.Removing);
        Flush();
        _ = Reply();
        Tell(ref file, WholeWriteEnd.NotWritten);
    }

    /// <summary>The next last reply.</summary>
    private FtpReply Reply()
    {
        while (true)
        {
            var reply = control.ReadReplyAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            session.Touch();
            if (reply.Code == 421)
            {
                throw session.EndBy(reply);
            }

            if (!reply.IsPreliminary)
            {
                return reply;
            }
        }
    }
}
