using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Brings one step of one execution to its end: attempts, the waits between them, and what to make of attempts cut off earlier.</summary>
internal sealed class StepRunner(Execution execution, CompiledStep step, TimeProvider clock, Func<double> chance)
{
    /// <summary>A step that kills its process each time must end some day.</summary>
    private const int CutOffsMax = 100;

    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromDays(1);

    private readonly List<StepAttempt> attempts = [.. execution.RecordedFor(step)];

    /// <summary>Chance is asked once for each wait, so that what the log says is what is waited.</summary>
    private readonly Dictionary<int, TimeSpan> waits = [];
    private RetryPolicy policy = RetryPolicy.None;

    private IExecutionJournal Journal => execution.Journal;

    /// <summary>How the step ended; null when the execution is handed over before it did.</summary>
    public async Task<StepAttempt?> RunAsync(CancellationToken cancellationToken)
    {
        if (attempts.Find(attempt => attempt.Status is StepStatus.Succeeded or StepStatus.Skipped or StepStatus.Cancelled) is { } final)
        {
            return final;
        }

        var startedAt = attempts.Count > 0 ? attempts[0].StartedAt : clock.GetUtcNow();
        var parameters = step.Resolve(execution, startedAt, out var problem);
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

        if (problem is not null)
        {
            return await EndAsync(Begin() with { Status = StepStatus.Failed, Error = problem });
        }

        return await AttemptAsync(parameters, cancellationToken);
    }

    private async Task<StepAttempt?> AttemptAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await WaitAsync(cancellationToken))
            {
                return cancellationToken.IsCancellationRequested ? Cancelled() : null;
            }

            var attempt = Begin();
            if (!step.IsPure)
            {
                await Journal.RecordAsync(attempt, Durability.Now, CancellationToken.None);
                Write(StepLogLevel.Info, attempt.Attempt, step.StartMessage);
            }

            var ended = await EndAsync(await new AttemptCall(execution, step, attempt, clock).RunAsync(parameters, cancellationToken));
            if (ended.Status != StepStatus.Failed || WaitAfter(ended) is null)
            {
                return ended;
            }
        }
    }

    /// <summary>Waits until the next attempt is due. False when it will not be made by this runner.</summary>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var handOver = execution.Run.HandOver;
        if (cancellationToken.IsCancellationRequested || handOver.IsCancellationRequested)
        {
            return false;
        }

        var wait = attempts.LastOrDefault() is { Status: StepStatus.Failed, EndedAt: { } endedAt } failed
            ? endedAt + WaitAfter(failed).GetValueOrDefault() - clock.GetUtcNow()
            : TimeSpan.Zero;
        if (wait <= TimeSpan.Zero)
        {
            return true;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, handOver);
        await Task.Delay(wait, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
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
            (true, < CutOffsMax) => $"{step.Name} was cut off in attempt {last.Attempt}. Repeating it is safe, so it is made again.",
            (true, _) => $"{step.Name} was cut off {cutOffs} times. It is not made again: look for what stops the program while it runs.",
            _ => $"{step.Name} may have run: attempt {last.Attempt} was cut off, and nobody can tell whether its effects happened. Look at the other side; "
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
            Write(isOver ? StepLogLevel.Error : StepLogLevel.Warning, last.Attempt, message);
            await Journal.RecordAsync(ended, Durability.Now, CancellationToken.None);
        }

        return isOver ? ended : null;
    }

    private StepAttempt Begin()
    {
        var attempt = new StepAttempt
        {
            StepPath = step.Path,
            StepId = step.Step.Id,
            Use = step.Use,
            Attempt = attempts.Count == 0 ? 1 : attempts[^1].Attempt + 1,
            Status = StepStatus.Running,
            StartedAt = clock.GetUtcNow(),
        };
        attempts.Add(attempt);
        return attempt;
    }

    private async Task<StepAttempt> EndAsync(StepAttempt attempt)
    {
        var ended = attempt with { EndedAt = clock.GetUtcNow(), Message = attempt.Message ?? attempt.Error?.Message };
        attempts[^1] = ended;
        WriteEnd(ended);
        await Journal.RecordAsync(ended, DurabilityOf(ended), CancellationToken.None);
        return ended;
    }

    /// <summary>Whoever makes a pure step again after a crash does no harm; so the next step need not wait for it.</summary>
    private Durability DurabilityOf(StepAttempt ended) => ended.Status != StepStatus.Succeeded ? Durability.Now
        : step.IsLast ? Durability.WithEnd
        : step.IsPure ? Durability.WithNext
        : Durability.Now;

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
            : waits[failed.Attempt] = policy.WaitAfter(failures, chance(), error.RetryAfter);
    }

    private StepAttempt Cancelled()
    {
        var message = $"The execution was cancelled before {step.Name} ran.";
        return new()
        {
            StepPath = step.Path,
            StepId = step.Step.Id,
            Use = step.Use,
            Attempt = attempts.Count == 0 ? 1 : attempts[^1].Attempt,
            Status = StepStatus.Cancelled,
            StartedAt = clock.GetUtcNow(),
            Message = message,
            Error = new ProviderError { Kind = ProviderErrorKind.Cancelled, Message = message },
        };
    }

    private void WriteEnd(StepAttempt ended)
    {
        var took = Duration.Format(ended.EndedAt.GetValueOrDefault() - ended.StartedAt);
        if (ended.Status == StepStatus.Succeeded)
        {
            Write(StepLogLevel.Info, ended.Attempt, ended.Message is { } message ? $"{step.Name} succeeded in {took}: {message}" : $"{step.Name} succeeded in {took}.");
        }
        else if (ended.Status == StepStatus.Cancelled)
        {
            Write(StepLogLevel.Warning, ended.Attempt, $"{step.Name} was cancelled after {took}.");
        }
        else if (WaitAfter(ended) is { } wait && ended.Status == StepStatus.Failed)
        {
            Write(StepLogLevel.Warning, ended.Attempt,
                $"{step.Name} failed after {took}: {ended.Error?.Message} The next attempt is due in {Duration.Format(wait)}.");
        }
        else
        {
            Write(StepLogLevel.Error, ended.Attempt, $"{step.Name} failed after {took}: {ended.Error?.Message}");
        }
    }

    private void Write(StepLogLevel level, int attempt, string message) => Journal.Write(new ExecutionLogLine
    {
        Time = clock.GetUtcNow(),
        Level = level,
        StepPath = step.Path,
        Attempt = attempt,
        Message = message,
    });
}
