using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// One data connection. What it carries is whole only when it ended as it should and the control connection says so as well. It is aborted when nothing
/// moves for the session's limit.
/// </summary>
internal sealed class FtpData : IAsyncDisposable
{
    private readonly FtpSession session;
    private readonly TimeProvider clock;
    private readonly TimeSpan timeout;
    private readonly CancellationTokenSource stall;
    private Socket socket;
    private bool isListening;
    private EndWatch? watch;
    private Stream? stream;
    private bool isAborted;

    /// <param name="session">Whose control connection it belongs to.</param>
    /// <param name="clock">Measures the time in which nothing moves.</param>
    /// <param name="timeout">How long that may be.</param>
    /// <param name="socket">Connected, or listening for the server to connect.</param>
    /// <param name="isListening">The latter.</param>
    public FtpData(FtpSession session, TimeProvider clock, TimeSpan timeout, Socket socket, bool isListening = false)
    {
        this.session = session;
        this.clock = clock;
        this.timeout = timeout;
        this.socket = socket;
        this.isListening = isListening;
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    /// <summary>After a read that gave nothing: whether the sender said that this is the end. Without TLS nobody says that.</summary>
    public bool IsEndTold { get; private set; } = true;

    /// <summary>After the transfer's command was sent: lets the server in, and encrypts. False when the server refused the command meanwhile.</summary>
    public async ValueTask<bool> ReadyAsync(FtpCommand command, CancellationToken cancellationToken)
    {
        if (!isListening && session.Control.TlsOptions is null)
        {
            stream = new NetworkStream(socket, ownsSocket: true);
            return true;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var preparing = PrepareAsync(stopping.Token);
        try
        {
            await Task.WhenAny(preparing, command.Begun).WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
            if (command.Begun is { IsCompletedSuccessfully: true, Result: false } && !preparing.IsCompletedSuccessfully)
            {
                await GiveUpAsync(preparing, stopping).ConfigureAwait(false);
                return false;
            }

            await preparing.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (EndpointException cut) when (cut.IsTransient)
        {
            // One that refuses may hang up before its refusal is read.
            if (await session.BegunAsync(command, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return false;
        }
        catch (TimeoutException)
        {
            await GiveUpAsync(preparing, stopping).ConfigureAwait(false);
            throw Stalled();
        }
        catch (OperationCanceledException)
        {
            await GiveUpAsync(preparing, stopping).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The number of bytes; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stop = Arm(cancellationToken);
        try
        {
            var read = await stream!.ReadAsync(buffer, stop.Token).ConfigureAwait(false);
            session.Touch();
            if (read == 0)
            {
                // Some servers wait for this before they say that all was sent.
                IsEndTold = watch?.HasEnded != true;
                socket.Dispose();
            }

            return read;
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled();
        }
        catch (Exception failed) when (failed is IOException or ObjectDisposedException)
        {
            throw Broken(failed);
        }
        finally
        {
            Disarm();
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var stop = Arm(cancellationToken);
        try
        {
            await stream!.WriteAsync(bytes, stop.Token).ConfigureAwait(false);
            session.Touch();
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled();
        }
        catch (Exception failed) when (failed is IOException or ObjectDisposedException)
        {
            throw Broken(failed);
        }
        finally
        {
            Disarm();
        }
    }

    /// <summary>All is written: says so to the server, which may answer on the control connection now.</summary>
    public async ValueTask CompleteAsync()
    {
        try
        {
            if (stream is SslStream secured)
            {
                await secured.ShutdownAsync().WaitAsync(timeout, clock, CancellationToken.None).ConfigureAwait(false);
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException or TimeoutException)
        {
            throw Broken(failed);
        }
    }

    /// <summary>Cuts it, so that the other side learns that this is not the end.</summary>
    public void Abort()
    {
        if (!isAborted)
        {
            isAborted = true;
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is SslStream && !isAborted)
        {
            // Its own disposal would send a close_notify, which the server may not read any more.
            socket.Dispose();
        }

        if (stream is not null)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        socket.Dispose();
        stall.Dispose();
    }

    private static async Task GiveUpAsync(Task preparing, CancellationTokenSource stopping)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (isListening)
        {
            await AcceptAsync(cancellationToken).ConfigureAwait(false);
        }

        var plain = new NetworkStream(socket, ownsSocket: true);
        stream = plain;
        if (session.Control.TlsOptions is { } options)
        {
            watch = new EndWatch(plain);
            stream = watch;
            stream = await FtpTls.SecureAsync(watch, options, $"the data connection of {session.Name}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var listener = socket;
        while (isListening)
        {
            var accepted = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (FtpControl.Plain((IPEndPoint)accepted.RemoteEndPoint!).Equals(session.Control.Peer))
            {
                accepted.NoDelay = true;
                socket = accepted;
                isListening = false;
                listener.Dispose();
            }
            else
            {
                // Somebody else's bytes are nobody's file.
                accepted.Dispose();
            }
        }
    }

    private CancellationTokenSource Arm(CancellationToken cancellationToken)
    {
        stall.CancelAfter(timeout);
        return CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
    }

    private void Disarm()
    {
        if (!stall.IsCancellationRequested)
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private EndpointException Stalled()
    {
        EndpointException reason = new(
            EndpointError.TimedOut, $"Nothing moved on a data connection of {session.Name} for {Engine.Settings.Duration.Format(timeout)}; the connection was given up.", isTransient: true);
        Abort();
        session.End(reason);
        return reason;
    }

    private EndpointException Broken(Exception failed) =>
        new(EndpointError.Disconnected, $"A data connection of {session.Name} broke: {failed.Message.TrimEnd('.')}.", isTransient: true, failed);

    /// <summary>Notices whether the line itself ended: behind a proper end of TLS, nobody reads that far.</summary>
    private sealed class EndWatch(Stream inner) : Stream
    {
        public bool HasEnded { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            HasEnded |= read == 0 && buffer.Length > 0;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
