namespace Gantry.Engine.Plans;

/// <summary>
/// A time limit around a part of an execution. The clock says whether it is over, and a timer only ends what runs then: whoever takes the execution up later begins nothing more within it.
/// </summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource reached = new();
    private readonly CancellationTokenSource cancel;
    private readonly CancellationTokenSource end;
    private readonly ITimer? timer;
    private readonly DateTimeOffset deadline;
    private readonly TimeProvider clock;

    /// <param name="flow">What is around it.</param>
    /// <param name="deadline">When it is over, which may be past.</param>
    /// <param name="clock">By which it is.</param>
    public TimeLimit(Flow flow, DateTimeOffset deadline, TimeProvider clock)
    {
        (this.deadline, this.clock) = (deadline, clock);
        if (deadline - clock.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            timer = clock.CreateTimer(_ => reached.Cancel(), null, rest, Timeout.InfiniteTimeSpan);
        }
        else
        {
            reached.Cancel();
        }

        cancel = CancellationTokenSource.CreateLinkedTokenSource(flow.Cancel, reached.Token);
        end = CancellationTokenSource.CreateLinkedTokenSource(flow.End, reached.Token);
        Flow = new Flow(cancel.Token, end.Token, flow.Deadline < deadline ? flow.Deadline : deadline);
    }

    /// <summary>Within the limit.</summary>
    public Flow Flow { get; }

    public bool IsReached => reached.IsCancellationRequested || deadline <= clock.GetUtcNow();

    public void Dispose()
    {
        timer?.Dispose();
        cancel.Dispose();
        end.Dispose();
        reached.Dispose();
    }
}
