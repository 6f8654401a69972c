namespace Gantry.Engine.Providers.Manifests.Connections;

/// <summary>How often a connection may still be asked; all steps with it draw on the same one, in the order they come.</summary>
internal sealed class RateBudget(ManifestLimits limits)
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim? places = limits.Concurrent is { } concurrent ? new SemaphoreSlim(concurrent, concurrent) : null;
    private readonly Bucket? second = limits.PerSecond is { } perSecond ? new Bucket(perSecond, TimeSpan.FromSeconds(1)) : null;
    private readonly Bucket? minute = limits.PerMinute is { } perMinute ? new Bucket(perMinute, TimeSpan.FromMinutes(1)) : null;
    private DateTimeOffset closedUntil;

    /// <summary>Waits for its turn. Dispose of the answer when the request is over.</summary>
    public async ValueTask<IDisposable?> EnterAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (places is not null)
        {
            await places.WaitAsync(cancellationToken);
        }

        try
        {
            while (Take(clock.GetUtcNow()) is { } wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }
        }
        catch
        {
            places?.Release();
            throw;
        }

        return places is null ? null : new Place(places);
    }

    /// <summary>The vendor wants to be left alone for a while: by everybody with this connection.</summary>
    public void CloseUntil(DateTimeOffset time)
    {
        lock (gate)
        {
            closedUntil = time > closedUntil ? time : closedUntil;
        }
    }

    /// <summary>Zero when it may go on, and was counted; else how long to wait before asking again.</summary>
    private TimeSpan? Take(DateTimeOffset now)
    {
        lock (gate)
        {
            if (closedUntil > now)
            {
                return closedUntil - now;
            }

            var wait = Longer(second?.WaitAt(now) ?? TimeSpan.Zero, minute?.WaitAt(now) ?? TimeSpan.Zero);
            if (wait <= TimeSpan.Zero)
            {
                second?.Take();
                minute?.Take();
            }

            return wait;
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDone, 1) == 0)
            {
                places.Release();
            }
        }
    }

    /// <summary>Fills evenly; holds what may be asked at once.</summary>
    private sealed class Bucket(double amount, TimeSpan span)
    {
        private readonly double capacity = Math.Max(1, amount);
        private double level = Math.Max(1, amount);
        private DateTimeOffset? filledAt;

        public TimeSpan WaitAt(DateTimeOffset now)
        {
            if (filledAt is { } before && now > before)
            {
                level = Math.Min(capacity, level + ((now - before) / span * amount));
            }

            filledAt = now;
            return level >= 1 ? TimeSpan.Zero : (1 - level) / amount * span + TimeSpan.FromMilliseconds(1);
        }

        public void Take() => level--;
    }
}
