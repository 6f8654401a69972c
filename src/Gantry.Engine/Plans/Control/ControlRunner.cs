using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Control;

/// <summary>
/// Brings one control step to its end. Its record begins before anything within it does, and says what was decided, so that whoever takes the execution up
/// again decides the same.
/// </summary>
internal abstract class ControlRunner(StepAt at, CompiledStep step, Flow flow)
{
    /// <summary>In the record of a control step within which a 'stop' was reached.</summary>
    private const string StoppedBy = "stopped_by";

    /// <summary>Why it is over when its own time limit ended it; null when that did not.</summary>
    private Func<ProviderError?> timeLimit = () => null;
    private Flow? limited;

    protected StepAt At => at;

    protected Execution Execution => at.Execution;

    /// <summary>Within its own time limit.</summary>
    protected Flow Flow => limited ?? flow;

    protected DateTimeOffset Now => Execution.Clock.GetUtcNow();

    public static bool IsStop(StepAttempt ended) => ended.Use == StopRunner.Use || ended.Metadata?.ContainsKey(StoppedBy) == true;

    /// <summary>The path of the stop step.</summary>
    public static string StopOf(StepAttempt ended) => ended.Metadata?.GetValueOrDefault(StoppedBy) ?? ended.StepPath;

    /// <summary>How it ended; null when that is left to another run.</summary>
    public async Task<StepAttempt?> RunAsync()
    {
        var recorded = Execution.TakeRecorded(at.Path).LastOrDefault();
        if (recorded is { Status: not (StepStatus.Running or StepStatus.Waiting) })
        {
            return recorded;
        }

        if (recorded is null && (flow.IsOver(Execution.Clock) is var isOver && isOver || Execution.Run.HandOver.IsCancellationRequested))
        {
            return isOver ? at.Cancelled(1, Now) : null;
        }

        var attempt = recorded ?? at.New(StepStatus.Running, 1, Now);
        try
        {
            return step.Step.Timeout is { } timeout ? await RunWithinAsync(attempt, recorded is not null, timeout) : await RunAsync(attempt, recorded is not null);
        }
        catch (ExpressionException wrong)
        {
            return await FailAsync(attempt, ProviderErrorKind.BadRequest, $"{at.Name} cannot run: {wrong.Message}");
        }
    }

    /// <summary>
    /// Does it. The attempt is not recorded yet, or was by an earlier runner. What cannot be evaluated is thrown.
    /// </summary>
    protected abstract Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded);

    protected async Task BeginAsync(StepAttempt attempt, bool isRecorded)
    {
        if (!isRecorded)
        {
            await at.Journal.RecordAsync(attempt, Durability.WithNext, CancellationToken.None);
        }
    }

    /// <summary>Ends as the list within did.</summary>
    protected async Task<StepAttempt?> EndAsAsync(StepAttempt attempt, ListEnd? end, Func<CancellationToken, ValueTask<StepOutput?>> outputAsync) => end switch
    {
        null => null,
        { Stop: { } stop } => await EndStoppedAsync(attempt, stop),
        { Status: StepStatus.Succeeded } => await EndAsync(attempt with { Status = StepStatus.Succeeded, Output = await outputAsync(CancellationToken.None) }),
        // What did not stop when its time was over failed since it was told to.
        { Failure: { Error.Kind: ProviderErrorKind.Cancelled } told } when timeLimit() is { } late => await FailAsync(attempt, told, late),
        { Failure: { } failure } => await FailAsync(attempt, failure, failure.Error),
        _ => await EndToldAsync(attempt),
    };

    protected Task<StepAttempt?> FailAsync(StepAttempt attempt, ProviderErrorKind kind, string message) =>
        EndAsync(attempt with { Status = StepStatus.Failed, Error = new ProviderError { Kind = kind, Message = message } });

    protected Task<StepAttempt?> FailAsync(StepAttempt attempt, Failure reason, ProviderError error)
    {
        var metadata = MetadataOf(attempt);
        reason.Note(metadata);
        return EndAsync(attempt with { Status = StepStatus.Failed, Error = error with { IsTransient = false }, Metadata = metadata });
    }

    /// <summary>It was told to end: by its own time limit, which is a failure, or by something around it.</summary>
    protected Task<StepAttempt?> EndToldAsync(StepAttempt attempt) => EndAsync(timeLimit() is { } late
        ? attempt with { Status = StepStatus.Failed, Error = late }
        : attempt with { Status = StepStatus.Cancelled, Error = new ProviderError { Kind = ProviderErrorKind.Cancelled, Message = $"{at.Name} was cancelled." } });

    protected async Task<StepAttempt?> EndAsync(StepAttempt attempt)
    {
        var ended = StepMessage.Shorten(attempt) with { EndedAt = Now, Wait = null };
        if (ended.Output is { Bytes: > StepOutput.BytesMax })
        {
            ended = TooLarge(ended);
        }

        WriteEnd(ended);
        await at.Journal.RecordAsync(ended, at.DurabilityOf(ended, isRepeatedWithoutHarm: true), CancellationToken.None);
        return ended;
    }

    protected static Dictionary<string, string> MetadataOf(StepAttempt attempt) =>
        attempt.Metadata is { } metadata ? new(metadata, StringComparer.Ordinal) : new(StringComparer.Ordinal);

    private Task<StepAttempt?> EndStoppedAsync(StepAttempt attempt, StepAttempt stop)
    {
        var metadata = MetadataOf(attempt);
        metadata[StoppedBy] = StopOf(stop);
        return EndAsync(attempt with { Status = stop.Status, Error = stop.Error, Output = stop.Output, Message = stop.Message, Metadata = metadata });
    }

    /// <summary>With a time limit of its own around all that it does, counted from its first beginning.</summary>
    private async Task<StepAttempt?> RunWithinAsync(StepAttempt attempt, bool isRecorded, TimeSpan timeout)
    {
        using var limit = new TimeLimit(flow, attempt.StartedAt + timeout, Execution.Clock);
        limited = limit.Flow;
        timeLimit = () => limit.IsReached && !flow.IsOver(Execution.Clock) ? TimedOut(timeout) : null;
        return await RunAsync(attempt, isRecorded);
    }

    private ProviderError TimedOut(TimeSpan timeout) => new()
    {
        Kind = ProviderErrorKind.TimedOut,
        Message = $"{at.Name} did not end within its timeout of {Duration.Format(timeout)}.",
    };

    private StepAttempt TooLarge(StepAttempt ended)
    {
        const string Note = "its output is more than the 16 MB that are kept";
        return !step.IsAskedFor ? ended with { Output = null, Message = $"{at.Name} was done; {Note}, and nobody refers to it." }
            : ended with
            {
                Status = StepStatus.Failed,
                Output = null,
                Error = new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"{at.Name} was done, but {Note}. Let the steps within answer less." },
            };
    }

    private void WriteEnd(StepAttempt ended)
    {
        var took = Duration.Format(ended.EndedAt.GetValueOrDefault() - ended.StartedAt);
        switch (ended.Status)
        {
            case StepStatus.Succeeded:
                at.Write(StepLogLevel.Info, 1, ended.Message is { } message ? $"{at.Name} succeeded in {took}: {message}" : $"{at.Name} succeeded in {took}.");
                break;
            case StepStatus.Cancelled:
                at.Write(StepLogLevel.Warning, 1, $"{at.Name} was cancelled after {took}.");
                break;
            default:
                at.Write(StepLogLevel.Error, 1, $"{at.Name} failed after {took}: {ended.Error?.Message}");
                break;
        }
    }
}
