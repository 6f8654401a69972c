using System.Runtime.ExceptionServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// What came of a listing and is not used yet: it comes as fast as it is used, and little ahead of that. While it waits it holds a session. Once somebody
/// else waits for one, the rest is fetched and kept on disk, up to a limit; so is some of it now and then, since servers cut a data connection on which
/// nothing moves.
/// </summary>
internal sealed class FtpListedBytes(FtpSessions sessions, TimeProvider clock, Func<string> place) : IAsyncDisposable
{
    /// <summary>Some two million names and a half. Many a temporary folder lies in memory.</summary>
    private const long OnDiskMax = 256L * 1024 * 1024;

    private const int HeldMax = 1024 * 1024;

    // What a block takes beside its bytes: some servers send each line by itself.
    private const int BlockBytes = 64;
    private static readonly TimeSpan pauseMax = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Queue<byte[]> blocks = new();
    private readonly SemaphoreSlim diskTurn = new(1);
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> current;
    private FtpSpill? disk;
    private Exception? failure;
    private int held;
    private long onDisk;
    private int allowance;
    private int lineEnds;
    private bool isInLine;
    private bool isComplete;

    /// <summary>What was given cannot be taken back: from then on a listing is not begun anew.</summary>
    public bool HasAny { get; private set; }

    /// <summary>How many came, with a last one that has no end.</summary>
    public int Lines => lineEnds + (isInLine ? 1 : 0);

    private bool HasRoom => onDisk == 0 && held <= HeldMax / 2;

    /// <summary>Returns when more may come.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        HasAny = true;
        lineEnds += bytes.Span.Count((byte)'\n');
        isInLine = bytes.Span[^1] != '\n';
        while (!TryHold(bytes.Span))
        {
            if (allowance > 0 || await HasWaitedEnoughAsync(cancellationToken).ConfigureAwait(false))
            {
                await KeepOnDiskAsync(bytes, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    /// <summary>Nothing more comes. A failure is thrown when all that came is used.</summary>
    public void Complete(Exception? failed)
    {
        lock (gate)
        {
            isComplete = true;
            failure = failed;
            more.TrySetResult();
        }
    }

    /// <summary>The number of bytes; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (current.IsEmpty)
        {
            Task? coming = null;
            lock (gate)
            {
                if (blocks.TryDequeue(out var block))
                {
                    current = block;
                    held -= block.Length + BlockBytes;
                    TellRoom();
                }
                else if (onDisk == 0)
                {
                    if (isComplete)
                    {
                        break;
                    }

                    coming = Renewed(ref more);
                }
            }

            if (coming is not null)
            {
                await coming.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (current.IsEmpty)
            {
                return await TakeFromDiskAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
        }

        if (current.IsEmpty && failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        var count = Math.Min(buffer.Length, current.Length);
        current[..count].CopyTo(buffer);
        current = current[count..];
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        if (disk is not null)
        {
            await disk.DisposeAsync().ConfigureAwait(false);
        }

        diskTurn.Dispose();
    }

    private static Task Renewed(ref TaskCompletionSource source)
    {
        if (source.Task.IsCompleted)
        {
            source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return source.Task;
    }

    private bool TryHold(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            // What is on disk comes first.
            if (onDisk > 0 || held >= HeldMax)
            {
                return false;
            }

            blocks.Enqueue(bytes.ToArray());
            held += bytes.Length + BlockBytes;
            more.TrySetResult();
            return true;
        }
    }

    private void TellRoom()
    {
        if (HasRoom)
        {
            room.TrySetResult();
        }
    }

    /// <summary>False when there is room; true when the session is lacked elsewhere, or the server would tire.</summary>
    private async ValueTask<bool> HasWaitedEnoughAsync(CancellationToken cancellationToken)
    {
        Task free;
        lock (gate)
        {
            if (HasRoom)
            {
                return false;
            }

            free = Renewed(ref room);
        }

        var lacked = sessions.Lacked;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(pauseMax, clock, over.Token);
        await Task.WhenAny(free, lacked, pause).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (pause.IsCompletedSuccessfully)
        {
            // As much as moves the window of a connection for sure.
            allowance = HeldMax;
        }

        return lacked.IsCompleted || pause.IsCompletedSuccessfully;
    }

    private async ValueTask KeepOnDiskAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await diskTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            disk ??= new FtpSpill();
            if (disk.Length + bytes.Length > OnDiskMax)
            {
                throw new EndpointException(
                    EndpointError.Protocol,
                    $"The listing of '{place()}' goes on behind {OnDiskMax / (1024 * 1024)} MiB that nobody could use yet; it seems to have no end, and is not used.");
            }

            await disk.AddAsync(bytes, cancellationToken).ConfigureAwait(false);
            allowance -= bytes.Length;
            lock (gate)
            {
                onDisk += bytes.Length;
                more.TrySetResult();
            }
        }
        finally
        {
            diskTurn.Release();
        }
    }

    private async ValueTask<int> TakeFromDiskAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await diskTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var read = await disk!.TakeAsync(buffer, cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                onDisk -= read;
                TellRoom();
            }

            return read;
        }
        finally
        {
            diskTurn.Release();
        }
    }
}
