namespace Gantry.Plugins.Specs.Providers;

/// <summary>
/// A clock that stands, and leaps over the waits of one length: who waits for so long goes on at once, that much later. What is due at other times comes when
/// enough was leapt over, so that a limit is reached after so many waits, however slow the machine is.
/// </summary>
internal sealed class LeapingClock(TimeSpan leap) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Leaper> waiting = [];
    private DateTimeOffset now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Done at each leap, before whoever waited goes on.</summary>
    public Func<Task> Leaping { get; init; } = () => Task.CompletedTask;

    public int Leaps { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Leaper(this, () => callback(state));
        timer.Change(dueTime, period);
        if (dueTime == leap)
        {
            _ = Task.Run(LeapAsync);
        }

        return timer;
    }

    private async Task LeapAsync()
    {
        await Leaping();
        List<Leaper> due;
        lock (gate)
        {
            Leaps++;
            now += leap;
            due = [.. waiting.Where(timer => timer.DueAt <= now).OrderBy(timer => timer.DueAt)];
            waiting.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    private sealed class Leaper(LeapingClock clock, Action callback) : ITimer
    {
        public DateTimeOffset DueAt { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.waiting.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = clock.now + dueTime;
                    clock.waiting.Add(this);
                }

                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
