namespace Gantry.Engine.Plans.Control;

/// <summary>
/// Runs a list whose steps say what they need: each begins when all that it needs has ended, so that what can run at once does. When one fails, what needs it is
/// skipped, and the rest comes to its end.
/// </summary>
internal sealed class GraphRunner
{
    private readonly Lock gate = new();
    private readonly Execution execution;
    private readonly Frame frame;
    private readonly Flow flow;
    private readonly int[] missing;
    private readonly List<int>[] waiting;
    private readonly bool[] isBarred;
    private readonly CancellationTokenSource end;
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Failure> failures = [];
    private StepAttempt? stop;
    private Exception? broken;
    private bool isCancelled;
    private bool isLeft;
    private int running;

    public GraphRunner(Execution execution, Frame frame, Flow flow)
    {
        (this.execution, this.frame) = (execution, frame);
        end = CancellationTokenSource.CreateLinkedTokenSource(flow.End);
        this.flow = flow with { End = end.Token };
        var count = frame.List.Steps.Length;
        (missing, waiting, isBarred) = (new int[count], new List<int>[count], new bool[count]);
        for (var index = 0; index < count; index++)
        {
            waiting[index] = [];
        }

        for (var index = 0; index < count; index++)
        {
            foreach (var needed in frame.List.Names.NeededBy(index))
            {
                missing[index]++;
                waiting[needed].Add(index);
            }
        }
    }

    /// <summary>How it ended; null when that is left to another run.</summary>
    public async Task<ListEnd?> RunAsync()
    {
        using var ending = end;
        var first = Enumerable.Range(0, missing.Length).Where(index => missing[index] == 0).ToList();
        running = first.Count;
        execution.Waits.Enter(first.Count - 1);
        foreach (var index in first)
        {
            _ = RunAsync(index);
        }

        await over.Task;
        return Result();
    }

    private ListEnd? Result()
    {
        if (broken is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(broken);
        }

        return isLeft ? null
            : stop is not null ? new ListEnd(stop.Status, Stop: stop)
            : isCancelled ? ListEnd.Cancelled
            : failures.MinBy(failure => failure.At) is { } failure ? ListEnd.Failed(failure)
            : ListEnd.Succeeded;
    }

    private async Task RunAsync(int index)
    {
        // What needs this one begins from here: without this, a chain of steps that end at once would be as deep as it is long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var step = frame.List.Steps[index];
            var at = new StepAt(execution, step, frame);
            var ended = isBarred[index] ? await SkipAsync(at) : await step.RunAsync(at, flow);
            Settle(step, ended, null);
        }
        catch (Exception exception)
        {
            Settle(frame.List.Steps[index], null, exception);
        }
    }

    private async Task<StepAttempt?> SkipAsync(StepAt at)
    {
        if (execution.TakeRecorded(at.Path).LastOrDefault() is { } recorded)
        {
            return recorded;
        }

        var now = execution.Clock.GetUtcNow();
        var skipped = at.New(StepStatus.Skipped, 1, now) with { EndedAt = now, Message = $"{at.Name} was skipped, since a step that it needs failed." };
        at.Write(Providers.StepLogLevel.Warning, 1, skipped.Message);
        await at.Journal.RecordAsync(skipped, Durability.WithNext, CancellationToken.None);
        return skipped;
    }

    /// <summary>Begins what waited for the step. The branch that ends last goes on as the list's own.</summary>
    private void Settle(CompiledStep step, StepAttempt? ended, Exception? exception)
    {
        List<int> next = [];
        bool isOver;
        bool isToEnd;
        lock (gate)
        {
            Note(step, ended, exception);
            isToEnd = stop is not null || broken is not null;
            if (ended is not null && !isToEnd && !isCancelled)
            {
                foreach (var index in waiting[step.Index])
                {
                    isBarred[index] |= IsBarring(step, ended);
                    if (--missing[index] == 0)
                    {
                        next.Add(index);
                    }
                }
            }

            execution.Waits.Enter(next.Count);
            running += next.Count - 1;
            isOver = running == 0;
        }

        if (isToEnd)
        {
            end.Cancel();
        }

        next.ForEach(index => _ = RunAsync(index));
        if (isOver)
        {
            over.TrySetResult();
        }
        else
        {
            execution.Waits.Leave();
        }
    }

    private void Note(CompiledStep step, StepAttempt? ended, Exception? exception)
    {
        broken ??= exception;
        if (ended is null)
        {
            isLeft |= exception is null;
            return;
        }

        frame.Keep(step, ended);
        if (ListEnd.After(step, ended) is { } listEnd)
        {
            stop ??= listEnd.Stop;
            isCancelled |= listEnd.Status == StepStatus.Cancelled;
        }

        if (ended.Status is StepStatus.Failed or StepStatus.MayHaveRun && !ControlRunner.IsStop(ended))
        {
            failures.Add(Failure.Of(ended));
            frame.HasFailed = true;
        }

    }

    private static bool IsBarring(CompiledStep step, StepAttempt ended) =>
        ended.Status == StepStatus.Skipped || ListEnd.After(step, ended) is { Status: StepStatus.Failed };
}
