using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>
/// One call of a provider, within its time limit. A call that does not end within <see cref="Grace"/> after it was told to is left alone:
/// what it still does is not recorded.
/// </summary>
internal sealed class AttemptCall(StepAt at, CompiledAction step, StepAttempt attempt, MemoryShare? memory)
{
    private readonly Execution execution = at.Execution;
    private readonly TimeProvider clock = at.Execution.Clock;

    /// <summary>A cancelled step has stopped within 2 seconds.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1500);

    /// <summary>The attempt as it ended. Only what concerns the journal itself is thrown.</summary>
    public async Task<StepAttempt> RunAsync(JsonElement parameters, CancellationToken cancellationToken)
    {
        using var log = new StepLog(execution, attempt);
        var limit = step.Step.Timeout is { } timeout ? new CancellationTokenSource(timeout, clock) : null;
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, log.Lost, limit?.Token ?? CancellationToken.None);
        var ai = step.Action is { AsksAi: true } && execution.AiAccounts.Count > 0 ? new AiCall(execution.AiAccounts, at.Name, parameters) : null;
        if (ai is not null && await RefusalAsync(ai, stop.Token) is { } refusal)
        {
            return stop.IsCancellationRequested ? Stopped(cancellationToken, refusal) : Ended(refusal);
        }

        var call = Start(parameters, log, stop.Token);
        if (ai is not null)
        {
            call = SettledAsync(call, ai);
        }

        var isAbandoned = !await EndsAsync(call, stop.Token);
        log.ThrowIfLost();
        if (isAbandoned)
        {
            return Abandoned(cancellationToken, parameters);
        }

        var result = await ResultAsync(call, stop.Token);
        log.ThrowIfLost();
        var isStopped = stop.IsCancellationRequested;
        stop.Dispose();
        limit?.Dispose();
        return isStopped && !result.IsSuccess ? Stopped(cancellationToken, result) : Ended(result);
    }

    private Task<ProviderResult> Start(JsonElement parameters, StepLog log, CancellationToken stop)
    {
        var call = new ProviderCall
        {
            Action = step.Step.Action,
            Parameters = parameters,
            Secrets = execution.Secrets,
            Endpoints = execution.Run.Endpoints,
            IdempotencyKey = IdempotencyKey.For(execution.Run.ExecutionId, at.Path),
            Log = log,
            Clock = clock,
            EgressAllowed = execution.Run.EgressAllowed,
            ProgramsAllowed = execution.Run.ProgramsAllowed,
            ExecutionId = execution.Run.ExecutionId,
            AcceptedAt = ExecutionTime.Of(execution.Run.ExecutionId),
            StepPath = at.Path,
            Attempt = attempt.Attempt,
            Manifests = execution.Run.Manifests,
            Files = execution.Run.Files,
            Memory = memory,
            Tokens = execution.Run.Tokens,
        };
        var provider = step.Provider!;

        // A pure action ends at once; any other might block before its first await, and must not take the time limit with it.
        return step.IsPure && step.Step.Timeout is null
            ? RunPureAsync(provider, call, stop)
            : Task.Run(() => provider.RunAsync(call, stop), CancellationToken.None);
    }

    private static async Task<ProviderResult> RunPureAsync(IProvider provider, ProviderCall call, CancellationToken stop) =>
        await provider.RunAsync(call, stop);

    private async ValueTask<ProviderResult?> RefusalAsync(AiCall ai, CancellationToken stop)
    {
        try
        {
            return await ai.RefusalAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ProviderResult.Failure(CancelledError(""));
        }
    }

    /// <summary>What it used is counted when it ends, also when nobody waits for that any more.</summary>
    private static async Task<ProviderResult> SettledAsync(Task<ProviderResult> call, AiCall ai)
    {
        ProviderResult? result = null;
        try
        {
            return result = await call;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            result = ProviderResult.Failure(ProviderFailure.Describe(failure, isCancelled: false));
            throw;
        }
        finally
        {
            await ai.SettleAsync(result);
        }
    }

    /// <summary>False when it goes on although it was told to stop.</summary>
    private async Task<bool> EndsAsync(Task<ProviderResult> call, CancellationToken stop)
    {
        if (!call.IsCompleted)
        {
            await ((Task)call).WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!call.IsCompleted)
        {
            await ((Task)call).WaitAsync(Grace, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return call.IsCompleted;
    }

    private static async Task<ProviderResult> ResultAsync(Task<ProviderResult> call, CancellationToken stop)
    {
        try
        {
            return await call;
        }
        catch (Exception exception) when (exception is not JournalLostException)
        {
            return ProviderResult.Failure(ProviderFailure.Describe(exception, stop.IsCancellationRequested));
        }
    }

    private StepAttempt Ended(ProviderResult result)
    {
        var output = result.Output;
        if (output is { } value && JsonMarshal.GetRawUtf8Value(value).Length is var size and > StepOutput.BytesMax)
        {
            output = null;
            if (result.IsSuccess)
            {
                result = ProviderResult.Failure(TooMuch(size));
            }
        }

        var error = result.IsSuccess ? null : result.Error ?? ProviderFailure.WithoutReason;
        return attempt with
        {
            Status = result.IsSuccess ? StepStatus.Succeeded : StepStatus.Failed,
            Output = output is { } kept ? Held(execution.Redactor.Json(kept)) : null,
            Message = result.Message is { } message ? execution.Redactor.Text(message) : null,
            Metadata = result.Metadata.Count == 0
                ? null
                : result.Metadata.ToDictionary(pair => pair.Key, pair => StepMessage.Shorten(execution.Redactor.Text(pair.Value)), StringComparer.Ordinal),
            Error = error is null ? null : error with { Message = execution.Redactor.Text(error.Message) },
        };
    }

    /// <summary>A large output keeps its room until it rests, and no more than that.</summary>
    private StepOutput Held(JsonElement output)
    {
        var held = new StepOutput(output) { Memory = memory };
        if (held.Bytes <= StepOutput.AtHandBytesMax)
        {
            return new StepOutput(output);
        }

        memory?.Set(held.Bytes);
        return held;
    }

    private ProviderError TooMuch(int size) => new()
    {
        Kind = ProviderErrorKind.BadRequest,
        Message = $"{at.Name} was done, but its output of {size / 1024 / 1024.0:F1} MB is more than the 16 MB that are kept. "
            + "Ask for less of it, or move it as a file.",
    };

    private StepAttempt Stopped(CancellationToken cancellationToken, ProviderResult result) => cancellationToken.IsCancellationRequested
        ? Ended(result with { Error = CancelledError(""), Message = null }) with { Status = StepStatus.Cancelled }
        : Ended(result with { Error = TimedOutError(""), Message = null });

    private StepAttempt Abandoned(CancellationToken cancellationToken, JsonElement parameters)
    {
        const string Note = " It did not stop when told to, and may still be going on.";
        var error = cancellationToken.IsCancellationRequested ? CancelledError(Note) : TimedOutError(Note);
        var isRetried = !cancellationToken.IsCancellationRequested && step.IsRepeatable(parameters);
        return attempt with { Status = isRetried ? StepStatus.Failed : StepStatus.MayHaveRun, Error = error };
    }

    private ProviderError CancelledError(string note) =>
        new() { Kind = ProviderErrorKind.Cancelled, Message = $"{at.Name} was cancelled.{note}" };

    private ProviderError TimedOutError(string note) => new()
    {
        Kind = ProviderErrorKind.TimedOut,
        Message = $"{at.Name} did not end within its timeout of {Settings.Duration.Format(step.Step.Timeout.GetValueOrDefault())}.{note}",
        IsTransient = true,
    };
}
