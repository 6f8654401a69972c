namespace Gantry.Engine.Plans;

/// <summary>How a wait ended. All false: it did not, and is left to another run.</summary>
internal readonly record struct WaitEnd
{
    /// <summary>The time has come, or it is too late.</summary>
    public bool IsDue { get; init; }

    public Signal? Signal { get; init; }

    /// <summary>See <see cref="Flow.End"/>.</summary>
    public bool IsTold { get; init; }
}

/// <summary>
/// Where the branches of one execution wait, and where it is noticed that nothing else goes on in it: then the run ends, unless it stays.
/// </summary>
internal sealed class WaitRoom(PlanRun run, TimeProvider clock)
{
    /// <summary>Timers take no more than 49 days at once.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(20);

    private readonly Lock gate = new();
    private readonly List<(StepWait Wait, DateTimeOffset? WakeAt)> open = [];
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int active = 1;
    private int idleSpells;

    /// <summary>What was waited for when the run ended since nothing else went on; null when it did not.</summary>
    public IReadOnlyList<(StepWait Wait, DateTimeOffset? WakeAt)>? Left { get; private set; }

    /// <summary>So many more branches go on.</summary>
    public void Enter(int branches)
    {
        lock (gate)
        {
            active += branches;
        }
    }

    /// <summary>A branch is over, and others are not.</summary>
    public void Leave()
    {
        lock (gate)
        {
            active--;
            NoticeIdle();
        }
    }

    public async Task<WaitEnd> WaitAsync(StepWait wait, Flow flow)
    {
        if (EndOf(wait, flow) is { } already)
        {
            return already;
        }

        var place = (wait, Earlier(wait.Until, flow.Deadline));
        lock (gate)
        {
            if (Left is not null)
            {
                return default;
            }

            open.Add(place);
            active--;
            NoticeIdle();
        }

        var end = EndOf(wait, flow);
        while (end is null && !left.Task.IsCompleted && !run.HandOver.IsCancellationRequested)
        {
            await NewsAsync(wait, flow);
            end = EndOf(wait, flow);
        }

        lock (gate)
        {
            if (Left is not null)
            {
                // The next run finds what came just now.
                return default;
            }

            open.Remove(place);
            active++;
        }

        return end ?? default;
    }

    /// <summary>Null while there is nothing to end it.</summary>
    private WaitEnd? EndOf(StepWait wait, Flow flow)
    {
        if (IsSignalled(wait) && run.Signals.Find(wait.StepPath) is { } signal && signal.Kind == wait.Kind && !(signal.At > wait.ClosesAt))
        {
            return new WaitEnd { Signal = signal };
        }

        return flow.IsOver(clock) ? new WaitEnd { IsTold = true }
            : wait.Until <= clock.GetUtcNow() ? new WaitEnd { IsDue = true }
            : null;
    }

    private async Task NewsAsync(StepWait wait, Flow flow)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(flow.End, run.HandOver);
        List<Task> news = [left.Task, Task.Delay(DelayTo(wait.Until), clock, over.Token)];
        if (IsSignalled(wait) && run.Signals.NextAsync(wait.StepPath) is { IsCompleted: false } signal)
        {
            news.Add(signal);
        }

        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    private TimeSpan DelayTo(DateTimeOffset? time)
    {
        if (time is not { } until)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var rest = until - clock.GetUtcNow();
        return rest < TimeSpan.Zero ? TimeSpan.Zero : rest < TimerMax ? rest : TimerMax;
    }

    private void NoticeIdle()
    {
        if (active > 0 || run.Stays is not { } stays || open.Count == 0)
        {
            return;
        }

        var spell = ++idleSpells;
        if (open.Exists(place => MayEndWithin(place.Wait, stays)))
        {
            _ = LeaveLaterAsync(spell, stays);
            return;
        }

        EndRun();
    }

    private async Task LeaveLaterAsync(int spell, TimeSpan stays)
    {
        await Task.Delay(stays, clock, run.HandOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            if (active == 0 && spell == idleSpells && !run.HandOver.IsCancellationRequested)
            {
                EndRun();
            }
        }
    }

    private bool MayEndWithin(StepWait wait, TimeSpan time) => wait.Kind switch
    {
        WaitKind.Call or WaitKind.Event => time > TimeSpan.Zero,
        WaitKind.Approval => false,
        _ => wait.Until - clock.GetUtcNow() <= time,
    };

    private void EndRun()
    {
        Left ??= [.. open];
        left.TrySetResult();
    }

    private static bool IsSignalled(StepWait wait) => wait.Kind is WaitKind.Event or WaitKind.Approval or WaitKind.Call;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
