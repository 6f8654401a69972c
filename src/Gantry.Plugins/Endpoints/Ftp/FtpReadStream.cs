using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// A file while it is read. It ends only when the data connection ended, the server said that all was sent, and, where the number of bytes is not
/// the expected one, the server has no more of it. While nobody reads and others wait for a session, the rest is fetched and the session given back.
/// </summary>
internal sealed class FtpReadStream : ContentStream
{
    private const int SpillBytes = 128 * 1024;
    private static readonly TimeSpan idleMax = TimeSpan.FromSeconds(2);

    private readonly FtpEndpoint endpoint;
    private readonly FtpSessions sessions;
    private readonly FtpTransfer transfer;
    private readonly TimeProvider clock;
    private readonly string path;
    private readonly long offset;
    private readonly long? expected;
    private readonly long? lengthMax;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource leaving = new();
    private Task watching = Task.CompletedTask;
    private ReadOnlyMemory<byte> before;
    private FtpSpill? spill;
    private EndpointException? failure;
    private long received;
    private long readAt;
    private bool isReading;
    private bool hasSession = true;
    private bool isDisposed;

    public FtpReadStream(
        FtpEndpoint endpoint, FtpSessions sessions, FtpTransfer transfer, string path, long offset, long? expected, long? lengthMax, TimeProvider clock)
    {
        this.endpoint = endpoint;
        this.sessions = sessions;
        this.transfer = transfer;
        this.path = path;
        this.offset = offset;
        this.expected = expected;
        this.lengthMax = lengthMax;
        this.clock = clock;
        readAt = clock.GetTimestamp();
    }

    /// <summary>All of it came, and is told to be all.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>For a caller who reads at his own pace; the given bytes, which were read from it, come once more.</summary>
    public FtpReadStream StartingWith(ReadOnlyMemory<byte> content)
    {
        before = content;
        readAt = clock.GetTimestamp();
        watching = WatchAsync();
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (!before.IsEmpty)
        {
            var count = Math.Min(buffer.Length, before.Length);
            before[..count].CopyTo(buffer);
            before = before[count..];
            return count;
        }

        isReading = true;
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (spill is { IsEmpty: false })
            {
                return await spill.TakeAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            return await FetchAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
            readAt = clock.GetTimestamp();
            isReading = false;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override async ValueTask DisposeAsync()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            await leaving.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            await LeaveAsync().ConfigureAwait(false);
            if (spill is not null)
            {
                await spill.DisposeAsync().ConfigureAwait(false);
            }

            turn.Dispose();
            leaving.Dispose();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isDisposed)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FetchAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (failure is not null)
        {
            throw failure;
        }

        if (IsEnded)
        {
            return 0;
        }

        try
        {
            if (lengthMax is { } max && received == max)
            {
                // The rest of the file is not wanted.
                IsEnded = true;
                await LeaveAsync().ConfigureAwait(false);
                return 0;
            }

            var wanted = lengthMax is { } limit ? (int)Math.Min(buffer.Length, limit - received) : buffer.Length;
            var read = await transfer.Data.ReadAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
            received += read;
            if (read == 0)
            {
                await EndAsync(cancellationToken).ConfigureAwait(false);
                IsEnded = true;
            }

            return read;
        }
        catch (EndpointException exception)
        {
            failure = exception;
            throw;
        }
    }

    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        var isEndTold = transfer.Data.IsEndTold;
        var reply = await transfer.EndAsync(cancellationToken).ConfigureAwait(false);
        var isOver = transfer.Session.IsOver;
        GiveSession();
        if (isOver && !reply.IsDone)
        {
            throw new EndpointException(EndpointError.Disconnected, $"{transfer.Session.Name} ended the session while a file was read.", isTransient: true);
        }

        if (!reply.IsDone)
        {
            throw endpoint.ReadRefused(reply, path);
        }

        if (received != expected || !isEndTold)
        {
            await endpoint.CheckWholeAsync(path, offset, received, isEndTold, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask LeaveAsync()
    {
        if (hasSession)
        {
            await transfer.AbortAsync().ConfigureAwait(false);
            GiveSession();
        }
    }

    private void GiveSession()
    {
        if (hasSession)
        {
            hasSession = false;
            sessions.Give(transfer.Session);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            while (hasSession)
            {
                await sessions.Wanted.WaitAsync(leaving.Token).ConfigureAwait(false);
                var idle = isReading ? TimeSpan.Zero : clock.GetElapsedTime(readAt);
                if (idle < idleMax)
                {
                    await Task.Delay(idleMax - idle, clock, leaving.Token).ConfigureAwait(false);
                }
                else
                {
                    await FetchAheadAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or EndpointException)
        {
            // The stream is left, or whoever reads on is told.
        }
    }

    private async Task FetchAheadAsync()
    {
        await turn.WaitAsync(leaving.Token).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(SpillBytes);
        try
        {
            if (hasSession && !IsEnded)
            {
                spill ??= new FtpSpill();
                var read = await FetchAsync(buffer, leaving.Token).ConfigureAwait(false);
                await spill.AddAsync(buffer.AsMemory(0, read), leaving.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            turn.Release();
        }
    }
}
