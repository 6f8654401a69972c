namespace Gantry.Engine.Plans.Control;

/// <summary>
/// Branches of one execution that run beside each other: they are counted, so that it is noticed when all of them wait, and when one of them fails or stops the execution, the others are told to
/// begin nothing more. Make it with the number of branches, and run each of them once.
/// </summary>
internal sealed class Branches : IDisposable
{
    private readonly Lock gate = new();
    private readonly Execution execution;
    private readonly CancellationTokenSource end;
    private readonly Flow flow;
    private readonly List<Failure> failures = [];
    private StepAttempt? stop;
    private bool isLeft;
    private bool isCancelled;
    private int running;

    public Branches(Execution execution, Flow flow, int count)
    {
        this.execution = execution;
        end = CancellationTokenSource.CreateLinkedTokenSource(flow.End);
        this.flow = flow with { End = end.Token };
        running = count;
        if (count > 1)
        {
            execution.Waits.Enter(count - 1);
        }
    }

    /// <summary>Whether the branches are to begin nothing more.</summary>
    public bool IsEnding => end.IsCancellationRequested;

    /// <summary>How they ended all together, when they have; null when that is left to another run.</summary>
    public ListEnd? End => isLeft ? null
        : stop is not null ? new ListEnd(stop.Status, Stop: stop)
        : failures.MinBy(failure => failure.At) is { } failure ? ListEnd.Failed(failure)
        : isCancelled ? ListEnd.Cancelled
        : ListEnd.Succeeded;

    public async Task RunAsync(Func<Flow, Task<ListEnd?>> run)
    {
        try
        {
            Note(await run(flow));
        }
        catch
        {
            // The journal is lost, or broken: the others learn of it by themselves, and need not wait for it.
            await end.CancelAsync();
            throw;
        }
        finally
        {
            // The one that ends last goes on as the branch that they came from.
            if (Interlocked.Decrement(ref running) > 0)
            {
                execution.Waits.Leave();
            }
        }
    }

    public void Dispose() => end.Dispose();

    private void Note(ListEnd? ended)
    {
        lock (gate)
        {
            isLeft |= ended is null;
            isCancelled |= ended is { Status: StepStatus.Cancelled, Stop: null };
            stop ??= ended?.Stop;
            if (ended is { Failure: { } failure })
            {
                failures.Add(failure);
            }
        }

        if (ended is { Stop: not null } or { Failure: not null })
        {
            end.Cancel();
        }
    }
}
