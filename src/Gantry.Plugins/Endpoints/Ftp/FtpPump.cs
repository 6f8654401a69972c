using System.Runtime.CompilerServices;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Content on its way to a server, which may be slow in coming: it stops being given when it lets wait while others want the session.</summary>
internal sealed class FtpPump(FtpSessions sessions, TimeProvider clock, Stream content, Memory<byte> buffer, ReadOnlyMemory<byte> begin)
{
    private static readonly TimeSpan idleMax = TimeSpan.FromSeconds(2);

    private Task<int>? reading;

    /// <summary>All of it was given.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Nothing was given yet.</summary>
    public bool IsUntouched { get; private set; } = true;

    /// <summary>The buffer may still be written to.</summary>
    public bool IsReading => reading is { IsCompleted: false };

    /// <summary>The content until its end, or until it lets wait. A chunk stands until the next one is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IsUntouched)
        {
            IsUntouched = false;
            yield return begin;
        }

        while (true)
        {
            reading ??= content.ReadAsync(buffer, cancellationToken).AsTask();
            if (!reading.IsCompleted && !await IsComingAsync(reading, cancellationToken).ConfigureAwait(false))
            {
                yield break;
            }

            var read = await reading.ConfigureAwait(false);
            reading = null;
            if (read == 0)
            {
                IsEnded = true;
                yield break;
            }

            yield return buffer[..read];
        }
    }

    /// <summary>Waits, while it stopped, until there is more or nothing more comes.</summary>
    public async ValueTask WaitForMoreAsync(CancellationToken cancellationToken)
    {
        if (reading is not null)
        {
            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> IsComingAsync(Task<int> next, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await next.WaitAsync(idleMax, clock, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException) when (!next.IsFaulted)
            {
                if (sessions.Wanted.IsCompleted)
                {
                    return false;
                }
            }
        }
    }
}
