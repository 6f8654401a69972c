using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Brings one step of one execution to its end: attempts, the waits between them, and what to make of attempts cut off earlier.</summary>
internal sealed class StepRunner(StepAt at, CompiledAction step, Flow flow)
{
    /// <summary>A step that kills its process each time must end some day.</summary>
    private const int CutOffsMax = 100;

    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromDays(1);

    private readonly List<StepAttempt> attempts = [.. at.Execution.TakeRecorded(at.Path)];

    /// <summary>Chance is asked once for each wait, so that what the log says is what is waited.</summary>
    private readonly Dictionary<int, TimeSpan> waits = [];
    private RetryPolicy policy = RetryPolicy.None;
    private MemoryShare? memory;

    private readonly TimeProvider clock = at.Execution.Clock;

    private IExecutionJournal Journal => at.Journal;

    /// <summary>How the step ended; null when that is left to another run.</summary>
    public async Task<StepAttempt?> RunAsync()
    {
        if (attempts.Find(attempt => attempt.Status is StepStatus.Succeeded or StepStatus.Skipped or StepStatus.Cancelled) is { } final)
        {
            return final;
        }

        var startedAt = attempts.Count > 0 ? attempts[0].StartedAt : clock.GetUtcNow();
        memory = at.Execution.Run.Memory?.Begin();
        try
        {
            return await RunAsync(startedAt);
        }
        finally
        {
            // A large output that does not rest yet holds on to it.
            if (attempts.LastOrDefault()?.Output is not { Memory: not null, Place: null })
            {
                memory?.Dispose();
            }
        }
    }

    private async Task<StepAttempt?> RunAsync(DateTimeOffset startedAt)
    {
        if (attempts.Count == 0 && flow.IsOver(clock))
        {
            return at.Cancelled(1, clock.GetUtcNow());
        }

        JsonElement parameters;
        ProviderError? problem;
        try
        {
            (parameters, problem) = await step.ResolveAsync(at, startedAt, memory, flow.End);
        }
        catch (OperationCanceledException) when (flow.End.IsCancellationRequested)
        {
            return at.Cancelled(attempts.Count == 0 ? 1 : attempts[^1].Attempt, clock.GetUtcNow());
        }

        policy = step.Step.Retry ?? (step.IsRepeatable(parameters) ? RetryPolicy.Default : RetryPolicy.None);
        var last = attempts.LastOrDefault();
        if (last?.Status == StepStatus.Failed && WaitAfter(last) is null)
        {
            return last;
        }

        if (last?.Status is StepStatus.Running or StepStatus.MayHaveRun && await JudgeCutOffAsync(last, parameters) is { } judged)
        {
            return judged;
        }

        if (problem is not null && !flow.IsOver(clock))
        {
            return await EndAsync(Begin() with { Status = StepStatus.Failed, Error = problem });
        }

        return await AttemptAsync(parameters);
    }

    private async Task<StepAttempt?> AttemptAsync(JsonElement parameters)
    {
        while (true)
        {
            if (!await WaitAsync())
            {
                return flow.IsOver(clock) ? at.Cancelled(attempts.Count == 0 ? 1 : attempts[^1].Attempt, clock.GetUtcNow()) : null;
            }

            var attempt = Begin();
            if (!step.IsPure)
            {
                await Journal.RecordAsync(attempt, Durability.Now, CancellationToken.None);
                at.Write(StepLogLevel.Info, attempt.Attempt, at.Frame.Prefix.Length == 0 ? step.StartMessage : $"{at.Name} starts.");
            }

            var called = await new AttemptCall(at, step, attempt, memory).RunAsync(parameters, flow.Cancel);
            var ended = await EndAsync(await FailedUses.NoteAsync(called, step, parameters, at.Execution.Run.Endpoints, flow.End));
            if (ended.Status != StepStatus.Failed || WaitAfter(ended) is null)
            {
                return ended;
            }
        }
    }

    /// <summary>Waits until the next attempt is due. False when it will not be made by this runner.</summary>
    private async Task<bool> WaitAsync()
    {
        if (flow.IsOver(clock) || at.Execution.Run.HandOver.IsCancellationRequested)
        {
            return false;
        }

        if (attempts.LastOrDefault() is not { Status: StepStatus.Failed, EndedAt: { } endedAt } failed
            || endedAt + WaitAfter(failed).GetValueOrDefault() is var due && due <= clock.GetUtcNow())
        {
            return true;
        }

        var wait = new StepWait { StepPath = at.Path, StepId = step.Step.Id, Kind = WaitKind.Retry, Since = endedAt, Until = due };
        return await at.Execution.Waits.WaitAsync(wait, flow) is { IsDue: true };
    }

    /// <summary>
    /// An attempt is on record as begun and not as ended. Null when it may simply be made again; otherwise the step ends here, for a person to look at.
    /// </summary>
    private async Task<StepAttempt?> JudgeCutOffAsync(StepAttempt last, JsonElement parameters)
    {
        var cutOffs = attempts.Count(attempt => attempt.Status is StepStatus.Running or StepStatus.MayHaveRun);
        var isRepeatable = step.IsRepeatable(parameters);
        var message = (isRepeatable, cutOffs) switch
        {
            (true, < CutOffsMax) when flow.IsOver(clock) => $"{at.Name} was cut off in attempt {last.Attempt}. It is not made again, since what it is part of has ended.",
            (true, < CutOffsMax) => $"{at.Name} was cut off in attempt {last.Attempt}. Repeating it is safe, so it is made again.",
            (true, _) => $"{at.Name} was cut off {cutOffs} times. It is not made again: look for what stops the program while it runs.",
            _ => $"{at.Name} may have run: attempt {last.Attempt} was cut off, and nobody can tell whether its effects happened. Look at the other side; "
                + "then run the execution again from this step or from the next one. A step that may safely be done twice says 'repeatable: true'.",
        };
        var isOver = !isRepeatable || cutOffs >= CutOffsMax;
        var ended = last with
        {
            Status = StepStatus.MayHaveRun,
            EndedAt = last.EndedAt ?? clock.GetUtcNow(),
            Message = message,
            Error = isOver ? new ProviderError { Kind = ProviderErrorKind.Internal, Message = message } : null,
        };
        if (isOver || last.Status == StepStatus.Running)
        {
            attempts[^1] = ended;
            at.Write(isOver ? StepLogLevel.Error : StepLogLevel.Warning, last.Attempt, message);
            await Journal.RecordAsync(ended, Durability.Now, CancellationToken.None);
        }

        return isOver ? ended : null;
    }

    private StepAttempt Begin()
    {
        var attempt = at.New(StepStatus.Running, attempts.Count == 0 ? 1 : attempts[^1].Attempt + 1, clock.GetUtcNow());
        attempts.Add(attempt);
        return attempt;
    }

    private async Task<StepAttempt> EndAsync(StepAttempt attempt)
    {
        var ended = StepMessage.Shorten(attempt) with { EndedAt = clock.GetUtcNow() };
        attempts[^1] = ended;
        WriteEnd(ended);
        await Journal.RecordAsync(ended, at.DurabilityOf(ended, step.IsPure), CancellationToken.None);
        return ended;
    }

    /// <summary>How long to wait before the next attempt; null when there is none to be made.</summary>
    private TimeSpan? WaitAfter(StepAttempt failed)
    {
        var failures = attempts.Count(attempt => attempt.Status == StepStatus.Failed);
        if (failed.Error is not { IsTransient: true } error || failures >= policy.Attempts || error.RetryAfter > RetryAfterMax)
        {
            return null;
        }

        return waits.TryGetValue(failed.Attempt, out var wait)
            ? wait
            : waits[failed.Attempt] = policy.WaitAfter(failures, at.Execution.Chance?.Invoke() ?? ChanceOf(failed), error.RetryAfter);
    }

    /// <summary>By chance, but the same for whoever takes the step up again.</summary>
    private double ChanceOf(StepAttempt failed) =>
        uint.Parse(IdempotencyKey.For(at.Execution.Run.ExecutionId, $"{at.Path}#{failed.Attempt}").AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / (uint.MaxValue + 1.0);

    private void WriteEnd(StepAttempt ended)
    {
        var took = Duration.Format(ended.EndedAt.GetValueOrDefault() - ended.StartedAt);
        if (ended.Status == StepStatus.Succeeded)
        {
            at.Write(StepLogLevel.Info, ended.Attempt, ended.Message is { } message ? $"{at.Name} succeeded in {took}: {message}" : $"{at.Name} succeeded in {took}.");
        }
        else if (ended.Status == StepStatus.Cancelled)
        {
            at.Write(StepLogLevel.Warning, ended.Attempt, $"{at.Name} was cancelled after {took}.");
        }
        else if (WaitAfter(ended) is { } wait && ended.Status == StepStatus.Failed)
        {
            at.Write(StepLogLevel.Warning, ended.Attempt,
                $"{at.Name} failed after {took}: {ended.Error?.Message} The next attempt is due in {Duration.Format(wait)}.");
        }
        else
        {
            at.Write(StepLogLevel.Error, ended.Attempt, $"{at.Name} failed after {took}: {ended.Error?.Message}");
        }
    }
}
