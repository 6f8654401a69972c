using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>The connection on which small new files go up: made when the first one comes, and again when it was lost, a few times in a row.</summary>
/// <param name="describe">Where to, and as whom; null when this is not for it.</param>
/// <param name="clock">Measures and limits.</param>
internal sealed class SmbSmallFiles(Func<CancellationToken, ValueTask<SmbPlace?>> describe, TimeProvider clock) : IAsyncDisposable
{
    private const int ConnectionsMax = 4;

    private readonly Lock gate = new();
    private readonly CancellationTokenSource closing = new();
    private readonly List<SmbConnection> made = [];
    private List<SmbSmallFile> waiting = [];
    private SmbConnection? connection;
    private Task connecting = Task.CompletedTask;
    private int tries;
    private int written;
    private bool isOff;

    /// <summary>What one of them may have, as far as that is known.</summary>
    public int BytesMax => Volatile.Read(ref connection)?.WriteBytesMax ?? 64 * 1024;

    /// <summary>How many of them arrived.</summary>
    public int Written => Volatile.Read(ref written);

    /// <summary>False when it cannot go this way; nobody is told then.</summary>
    public bool TryAdd(SmbSmallFile file)
    {
        lock (gate)
        {
            if (isOff)
            {
                return false;
            }

            if (connection is { IsOver: false } standing)
            {
                return standing.TrySend(file);
            }

            if (connecting.IsCompleted)
            {
                if (++tries > ConnectionsMax)
                {
                    isOff = true;
                    return false;
                }

                connecting = Task.Run(ConnectAsync);
            }

            waiting.Add(file);
            return true;
        }
    }

    /// <summary>One more of them arrived.</summary>
    public void Count()
    {
        Interlocked.Increment(ref written);
        Volatile.Write(ref tries, 0);
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isOff = true;
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await connecting.ConfigureAwait(false);
        foreach (var one in made)
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }

        closing.Dispose();
    }

    private async Task ConnectAsync()
    {
        SmbConnection? opened = null;
        try
        {
            opened = await describe(closing.Token).ConfigureAwait(false) is { } place
                ? await SmbConnection.OpenAsync(place, clock, place.Timeout, closing.Token).ConfigureAwait(false)
                : null;
        }
        catch (Exception failed) when (failed is EndpointException or OperationCanceledException)
        {
            // The long way tells it.
        }
        finally
        {
            Begin(opened);
        }
    }

    private void Begin(SmbConnection? opened)
    {
        List<SmbSmallFile> first;
        lock (gate)
        {
            (first, waiting) = (waiting, []);
            if (opened is not null)
            {
                made.Add(opened);
            }

            // A login that was refused is not tried again: servers lock accounts.
            isOff |= opened is null;
            Volatile.Write(ref connection, opened);
        }

        foreach (var file in first)
        {
            if (opened?.TrySend(file) != true)
            {
                file.Refuse();
            }
        }
    }
}
