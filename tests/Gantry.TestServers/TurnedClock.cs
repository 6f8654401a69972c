namespace Gantry.TestServers;

/// <summary>The system's clock, which a test turns on: what is due by then happens at once.</summary>
public sealed class TurnedClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly HashSet<Timer> timers = [];
    private TimeSpan ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * System.TimestampFrequency);

    private TimeSpan Ahead
    {
        get
        {
            lock (gate)
            {
                return ahead;
            }
        }
    }

    /// <summary>What repeats itself in this time happens as often.</summary>
    public void Turn(TimeSpan by)
    {
        TimeSpan until;
        lock (gate)
        {
            until = ahead + by;
        }

        while (Next(until) is { } timer)
        {
            timer.Run();
        }
    }

    /// <summary>The one that is due first, at its time; null when none is until then, which it is now.</summary>
    private Timer? Next(TimeSpan until)
    {
        lock (gate)
        {
            var now = System.GetUtcNow();
            var next = timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > now + until)
            {
                ahead = until;
                return null;
            }

            ahead = next.Due - now > ahead ? next.Due - now : ahead;
            return next;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer : ITimer
    {
        private readonly TurnedClock clock;
        private readonly Action run;
        private readonly ITimer real;
        private TimeSpan period;

        public Timer(TurnedClock clock, Action run)
        {
            (this.clock, this.run) = (clock, run);
            real = System.CreateTimer(_ => Run(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public void Run()
        {
            lock (clock.gate)
            {
                if (!clock.timers.Contains(this) || Due > System.GetUtcNow() + clock.ahead)
                {
                    return;
                }

                Set(period);
            }

            run();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                Set(dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }

            real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                Due = DateTimeOffset.MaxValue;
                clock.timers.Remove(this);
            }
            else
            {
                Due = System.GetUtcNow() + clock.ahead + dueTime;
                clock.timers.Add(this);
            }

            real.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }
}
