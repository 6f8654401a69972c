namespace Gantry.Engine.Endpoints.Limits;

/// <summary>
/// Lets so many bytes a second pass, for any number of streams together. Who waits is served by priority, then in order of arrival. When the rate changes,
/// those who wait feel it at once.
/// </summary>
/// <param name="clock">Measures and wakes.</param>
/// <param name="rateNow">Bytes a second that hold now; null means no bound. It may change by itself at full minutes.</param>
internal sealed class TokenBucket(TimeProvider clock, Func<long?> rateNow)
{
    // What an idle second saves up would otherwise come as a burst.
    private const double SavedSecondsMax = 0.25;

    private readonly Lock gate = new();
    private readonly PriorityQueue<Waiter, (int Rank, long Number)> waiting = new();
    private long? rate = rateNow();
    private long countedAt = clock.GetTimestamp();
    private double tokens;
    private long numbers;
    private ITimer? timer;

    /// <summary>Returns when the bytes may pass.</summary>
    public ValueTask PassAsync(int bytes, TransferPriority priority, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (gate)
        {
            Count();
            if (rate is null && waiting.Count == 0)
            {
                return ValueTask.CompletedTask;
            }

            if (waiting.Count == 0 && tokens >= bytes)
            {
                tokens -= bytes;
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(bytes);
            waiting.Enqueue(waiter, (-(int)priority, numbers++));
            SetTimer();
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>The rate is another one now.</summary>
    public void Update() => Serve();

    private async ValueTask WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Source.TrySetCanceled(token), waiter))
            {
                await waiter.Source.Task;
            }
        }
        catch (OperationCanceledException)
        {
            // Who stood behind is not to wait for its bytes.
            Serve();
            throw;
        }
    }

    private void Serve()
    {
        List<Waiter> served = [];
        lock (gate)
        {
            Count();
            while (waiting.TryPeek(out var next, out _) && (next.Source.Task.IsCompleted || rate is null || tokens >= next.Bytes))
            {
                waiting.Dequeue();
                if (!next.Source.Task.IsCompleted)
                {
                    tokens -= rate is null ? 0 : next.Bytes;
                    served.Add(next);
                }
            }

            SetTimer();
        }

        served.ForEach(waiter => waiter.Source.TrySetResult());
    }

    /// <summary>What came in since it was last counted, at the rate that held then.</summary>
    private void Count()
    {
        var now = clock.GetTimestamp();
        tokens += (rate ?? 0) * clock.GetElapsedTime(countedAt, now).TotalSeconds;
        countedAt = now;
        rate = rateNow();
        if (waiting.Count == 0)
        {
            tokens = Math.Min(tokens, (rate ?? 0) * SavedSecondsMax);
        }
    }

    private void SetTimer()
    {
        timer?.Dispose();
        timer = null;
        if (waiting.TryPeek(out var next, out _))
        {
            // The next full minute may bring another rate.
            var minute = 60_001 - (clock.GetUtcNow().ToUnixTimeMilliseconds() % 60_000);
            var milliseconds = rate is { } bytesPerSecond ? Math.Clamp(Math.Ceiling((next.Bytes - tokens) * 1000 / bytesPerSecond), 1, minute) : 1;
            timer = clock.CreateTimer(_ => Serve(), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Waiter(int bytes)
    {
        public int Bytes { get; } = bytes;

        public TaskCompletionSource Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
